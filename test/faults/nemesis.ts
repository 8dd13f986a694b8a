/**
 * Does to a cluster of real processes what the plan says.
 *
 * Not every combination is promised to be survived: the end of the stream and the one node that holds it, both lost at
 * once, are gone. So what takes data away waits its turn: one loss at a time, and the next one only when the cluster has
 * mended the one before. While the stream may go back in time all nodes must be there, so nothing else happens to them:
 * so it is when its end is cut off, and when one of three servers comes back empty, whose word counts among the three.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/simulation/random.ts';
import type { Broker } from './broker.ts';
import { type ClientFault, hitClient } from './client-faults.ts';
import type { SmallDisk } from './disks.ts';
import { type Loss, Losses } from './losses.ts';
import { type NodeFault, NodeFaults } from './node-faults.ts';
import type { Seat } from './people.ts';
import { describe, type Fault } from './plan.ts';
import type { RealCluster } from './processes.ts';
import { type ServerFault, ServerFaults } from './server-faults.ts';
import type { Watching } from './watching.ts';

export interface Victims {
  readonly cluster: RealCluster;
  readonly watching: Watching;
  readonly broker: Broker;
  readonly seats: readonly Seat[];
  /** The node that has a disk of its own, and that disk; undefined where this machine allows none. */
  readonly smallDisk: { readonly node: string; readonly disk: SmallDisk } | undefined;
}

const settleMsMax = 45_000;
const underWayMsMax = 12_000;

export class Nemesis {
  readonly #victims: Victims;
  readonly #random: SeededRandom;
  readonly #nodes: NodeFaults;
  readonly #servers: ServerFaults;
  readonly #losses: Losses;
  readonly #log: (line: string) => void;
  /** Faults that are under way and will be undone. */
  readonly #underWay = new Set<Promise<void>>();
  /** How many faults keep nodes from being there. */
  #absences = 0;
  #isLosing = false;
  #areNodesSpared = false;
  #areServersSpared = false;
  /** One of three nats-servers is gone or paused, or has not caught up yet. */
  #isServerHit = false;
  #isOver = false;
  /** How often each kind of fault was done, and how often it was left out. */
  readonly done = new Map<string, number>();
  readonly spared = new Map<string, number>();

  constructor(victims: Victims, random: SeededRandom, log: (line: string) => void) {
    const { cluster, watching, broker } = victims;
    this.#victims = victims;
    this.#random = random;
    this.#nodes = new NodeFaults(cluster, watching, broker, random);
    this.#servers = new ServerFaults(cluster, broker, random);
    this.#losses = new Losses(cluster, broker, random);
    this.#log = log;
  }

  async run(plan: readonly Fault[]): Promise<void> {
    const begunMs = performance.now();
    for (const fault of plan) {
      await sleep(Math.max(0, begunMs + fault.atMs - performance.now()));
      if (this.#isOver) return;
      const doing = this.#strike(fault)
        .then((isDone) => this.#note(fault, isDone))
        .catch((error: Error) => this.#log(`cannot: ${describe(fault)}: ${error.message}`))
        .finally(() => this.#underWay.delete(doing));
      this.#underWay.add(doing);
    }
  }

  /** Lets what is under way come to its end, and undoes everything else. */
  async heal(): Promise<void> {
    this.#isOver = true;
    await Promise.race([Promise.all(this.#underWay), sleep(underWayMsMax)]);
    const { cluster, seats, smallDisk } = this.#victims;
    smallDisk?.disk.readOnly(false);
    smallDisk?.disk.empty();
    cluster.healProcesses();
    for (const { client } of seats) client?.doors.heal();
  }

  #note(fault: Fault, isDone: boolean): void {
    const counts = isDone ? this.done : this.spared;
    counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
    if (!isDone) this.#log(`spared: ${describe(fault)}`);
  }

  /** @returns false where it was not to be. */
  async #strike(fault: Fault): Promise<boolean> {
    switch (fault.kind) {
      case 'kill':
      case 'kill-two':
      case 'kill-all':
      case 'kill-elected':
      case 'elected-disk-fails':
      case 'down':
      case 'pause':
      case 'handover':
      case 'clock-jump':
        return await this.#strikeNodes(fault);
      case 'kill-server':
      case 'pause-server':
        return await this.#strikeServers(fault);
      case 'stream-deleted':
      case 'stream-cut':
      case 'store-wiped':
      case 'damage':
        return await this.#lose(fault);
      case 'disk-full':
      case 'disk-read-only':
        return await this.#strikeDisk(fault);
      default:
        return await this.#strikeClient(fault);
    }
  }

  async #strikeNodes(fault: NodeFault): Promise<boolean> {
    if (this.#areNodesSpared) return false;
    this.#absences += 1;
    try {
      this.#log(describe(fault));
      this.#log(`  ${fault.kind}: ${await this.#nodes.hit(fault)}`);
      return true;
    } finally {
      this.#absences -= 1;
    }
  }

  async #strikeServers(fault: ServerFault): Promise<boolean> {
    const isOneOfSeveral = this.#victims.cluster.servers.length > 1;
    if (this.#areServersSpared || (isOneOfSeveral && this.#isServerHit)) return false;
    this.#isServerHit = true;
    try {
      const hit = await this.#servers.find(fault.which);
      this.#log(`${describe(fault)} ${hit.join(' ')}`);
      await this.#servers.hit(fault, hit);
      if (!(await this.#servers.whenInStep())) this.#log('  the servers are not in step again so far');
      return true;
    } finally {
      this.#isServerHit = false;
    }
  }

  async #lose(fault: Loss): Promise<boolean> {
    const { watching, cluster } = this.#victims;
    const isOneOfSeveral = cluster.servers.length > 1;
    const mayGoBack =
      fault.kind === 'stream-cut' ||
      (fault.kind === 'store-wiped' && fault.which !== 'all' && isOneOfSeveral);
    if (this.#isLosing || (mayGoBack && this.#absences > 0)) return false;
    if (isOneOfSeveral && this.#isServerHit) return false;
    this.#isLosing = true;
    this.#areNodesSpared = mayGoBack;
    this.#areServersSpared = isOneOfSeveral;
    try {
      if (!(await watching.inSync(mayGoBack ? 2_000 : 10_000)) || cluster.isHeld) return false;
      const hit = await this.#losersOf(fault);
      if (hit.includes(this.#victims.smallDisk?.node ?? '')) return false; // where it lies nothing can be set aside
      this.#log(`${describe(fault)} ${hit.join(' ')}`);
      this.#log(`  ${await this.#losses.lose(fault, hit, (ids, act) => this.#nodes.whileDown(ids, act))}`);
      await sleep(500);
      if (!(await this.#servers.whenInStep())) this.#log('  the servers are not in step again so far');
      if (!(await watching.inSync(settleMsMax))) this.#log('  not in sync again so far');
      return true;
    } finally {
      this.#isLosing = false;
      this.#areNodesSpared = false;
      this.#areServersSpared = false;
    }
  }

  async #losersOf(fault: Loss): Promise<readonly string[]> {
    if (fault.kind === 'damage') return [await this.#nodes.find(fault.target)];
    return await this.#servers.find(fault.kind === 'store-wiped' ? fault.which : 'all');
  }

  /** A disk that is full takes nothing away, but whoever lives on it may have to begin anew. */
  async #strikeDisk(fault: Extract<Fault, { kind: 'disk-full' | 'disk-read-only' }>): Promise<boolean> {
    const { smallDisk, watching } = this.#victims;
    if (!smallDisk || this.#isLosing || this.#areNodesSpared) return false;
    const { node, disk } = smallDisk;
    this.#isLosing = true;
    this.#absences += 1;
    try {
      this.#log(describe(fault));
      if (fault.kind === 'disk-full') {
        disk.fill();
        await sleep(fault.forMs);
        disk.empty();
      } else {
        await this.#nodes.whileDown([node], async () => void disk.readOnly(true));
        await sleep(fault.forMs);
        disk.readOnly(false);
      }
      await watching.inSync(settleMsMax);
      return true;
    } finally {
      this.#isLosing = false;
      this.#absences -= 1;
    }
  }

  async #strikeClient(fault: ClientFault): Promise<boolean> {
    const seat = this.#random.pick(this.#victims.seats as [Seat]);
    const { client } = seat;
    if (!client) return false;
    this.#log(`${describe(fault)} ${client.name}`);
    await hitClient(fault, seat, client);
    return true;
  }
}
