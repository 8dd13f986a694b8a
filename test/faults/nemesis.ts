/**
 * Does to a cluster of real processes what the plan says.
 *
 * Not every combination is promised to be survived: the end of the stream and the one node that holds it, both lost at
 * once, are gone. So what takes data away waits its turn: one loss at a time, and the next one only when the cluster has
 * mended the one before. While the stream goes back in time all nodes must be there, so nothing else happens to them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/simulation/random.ts';
import type { SmallDisk } from './disks.ts';
import { Losses } from './losses.ts';
import type { Seat } from './people.ts';
import { describe, type Fault, type Target } from './plan.ts';
import { nodes, type RealCluster, server } from './processes.ts';
import type { Watching } from './watching.ts';

export interface Victims {
  readonly cluster: RealCluster;
  readonly watching: Watching;
  readonly seats: readonly Seat[];
  /** The node that has a disk of its own, and that disk; undefined where this machine allows none. */
  readonly smallDisk: { readonly node: string; readonly disk: SmallDisk } | undefined;
}

const settleMsMax = 45_000;
const electionMsMax = 3_000;

export class Nemesis {
  readonly #victims: Victims;
  readonly #random: SeededRandom;
  readonly #losses: Losses;
  readonly #log: (line: string) => void;
  /** Faults that are under way and will be undone. */
  readonly #underWay = new Set<Promise<void>>();
  /** How many faults keep nodes from being there. */
  #absences = 0;
  #isLosing = false;
  #areNodesSpared = false;
  #isOver = false;
  /** How often each kind of fault was done, and how often it was left out. */
  readonly done = new Map<string, number>();
  readonly spared = new Map<string, number>();

  constructor(victims: Victims, random: SeededRandom, log: (line: string) => void) {
    this.#victims = victims;
    this.#random = random;
    this.#losses = new Losses(victims.cluster, random);
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
    await Promise.race([Promise.all(this.#underWay), sleep(12_000)]);
    const { cluster, seats, smallDisk } = this.#victims;
    smallDisk?.disk.readOnly(false);
    smallDisk?.disk.empty();
    cluster.healProcesses();
    for (const { client } of seats) client?.proxy.heal();
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
      case 'down':
      case 'pause':
      case 'handover':
        return await this.#strikeNodes(fault);
      case 'kill-server':
        return this.#do(fault, () => void this.#victims.cluster.kill(server));
      case 'pause-server':
        return this.#do(fault, () => this.#pause(server, fault.forMs));
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

  async #strikeNodes(
    fault: Extract<Fault, { kind: 'kill' | 'kill-two' | 'kill-all' | 'down' | 'pause' | 'handover' }>,
  ): Promise<boolean> {
    if (this.#areNodesSpared) return false;
    this.#absences += 1;
    try {
      return await this.#do(fault, () => this.#hit(fault));
    } finally {
      this.#absences -= 1;
    }
  }

  async #hit(
    fault: Extract<Fault, { kind: 'kill' | 'kill-two' | 'kill-all' | 'down' | 'pause' | 'handover' }>,
  ): Promise<void> {
    const { cluster } = this.#victims;
    switch (fault.kind) {
      case 'kill':
        cluster.kill(await this.#find(fault.target));
        return;
      case 'handover':
        cluster.kill(await this.#find('leader'), 'SIGTERM');
        return;
      case 'kill-two':
        return await this.#killTwo(fault.afterMs, fault.inElection);
      case 'kill-all':
        return await this.#whileDown(nodes, () => sleep(fault.forMs));
      case 'down':
        return await this.#whileDown([await this.#find(fault.target)], () => sleep(fault.forMs));
      case 'pause':
        return await this.#pause(await this.#find(fault.target), fault.forMs);
      default:
        return fault satisfies never;
    }
  }

  /** The leader, and then somebody else: whoever campaigns first, where that is asked. */
  async #killTwo(afterMs: number, inElection: boolean): Promise<void> {
    const { cluster } = this.#victims;
    const first = await this.#find('leader');
    const from = cluster.said.length;
    cluster.kill(first);
    const line = inElection
      ? await cluster.saying(new RegExp(`(?!${first})n\\d: .*electing`), electionMsMax, from)
      : undefined;
    await sleep(inElection ? afterMs / 2 : afterMs);
    const candidate = /\b(n\d): /.exec(line ?? '')?.[1];
    const others = nodes.filter((node) => node !== first);
    cluster.kill(candidate ?? this.#random.pick(others as [string]));
  }

  async #lose(
    fault: Extract<Fault, { kind: 'stream-deleted' | 'stream-cut' | 'store-wiped' | 'damage' }>,
  ): Promise<boolean> {
    const { watching, cluster } = this.#victims;
    const isCut = fault.kind === 'stream-cut';
    if (this.#isLosing || (isCut && this.#absences > 0)) return false;
    this.#isLosing = true;
    this.#areNodesSpared = isCut;
    try {
      if (!(await watching.inSync(isCut ? 2_000 : 10_000)) || cluster.isHeld) return false;
      const target = fault.kind === 'damage' ? await this.#find(fault.target) : '';
      if (target === this.#victims.smallDisk?.node) return false; // where it lies nothing can be set aside
      this.#log(`${describe(fault)} ${target}`);
      this.#log(`  ${await this.#losses.lose(fault, target, (ids, act) => this.#whileDown(ids, act))}`);
      await sleep(500);
      if (!(await watching.inSync(settleMsMax))) this.#log('  not in sync again so far');
      return true;
    } finally {
      this.#isLosing = false;
      this.#areNodesSpared = false;
    }
  }

  /** A disk that is full takes nothing away, but whoever lives on it may have to begin anew. */
  async #strikeDisk(fault: Extract<Fault, { kind: 'disk-full' | 'disk-read-only' }>): Promise<boolean> {
    const { smallDisk, watching } = this.#victims;
    if (!smallDisk || this.#isLosing || this.#areNodesSpared) return false;
    const { node, disk } = smallDisk;
    this.#isLosing = true;
    this.#absences += 1;
    try {
      return await this.#do(fault, async () => {
        if (fault.kind === 'disk-full') {
          disk.fill();
          await sleep(fault.forMs);
          disk.empty();
        } else {
          await this.#whileDown([node], async () => void disk.readOnly(true));
          await sleep(fault.forMs);
          disk.readOnly(false);
        }
        await watching.inSync(settleMsMax);
      });
    } finally {
      this.#isLosing = false;
      this.#absences -= 1;
    }
  }

  async #strikeClient(fault: Extract<Fault, { kind: `client-${string}` }>): Promise<boolean> {
    const seat = this.#random.pick(this.#victims.seats as [Seat]);
    const { client } = seat;
    if (!client) return false;
    const { proxy } = client;
    this.#log(`${describe(fault)} ${client.name}`);
    switch (fault.kind) {
      case 'client-killed':
        seat.kill();
        return true;
      case 'client-cut':
        proxy.cut();
        return true;
      case 'client-half-open':
        proxy.halfOpen();
        return true;
      case 'client-stalled':
        proxy.stall(true);
        await sleep(fault.forMs);
        proxy.stall(false);
        return true;
      case 'client-delayed':
        proxy.delay(fault.byMs);
        await sleep(fault.forMs);
        proxy.delay(0);
        return true;
      case 'client-stops-reading':
        proxy.stopReading(true);
        await sleep(fault.forMs);
        proxy.stopReading(false);
        return true;
      case 'client-shows-slowly':
        client.showMs = fault.showMs;
        await sleep(fault.forMs);
        client.showMs = 0;
        return true;
      default:
        return fault satisfies never;
    }
  }

  async #do(fault: Fault, act: () => Promise<void> | void): Promise<boolean> {
    this.#log(describe(fault));
    await act();
    return true;
  }

  async #pause(id: string, forMs: number): Promise<void> {
    const { cluster } = this.#victims;
    cluster.pause(id);
    await sleep(forMs);
    cluster.resume(id);
  }

  /** The supervisor would start them again at once: it is held for so long. */
  async #whileDown(ids: readonly string[], act: () => Promise<void> | void): Promise<void> {
    const { cluster } = this.#victims;
    cluster.hold();
    try {
      for (const id of ids) cluster.kill(id);
      await act();
    } finally {
      cluster.release();
    }
  }

  async #find(target: Target): Promise<string> {
    const leader = await this.#victims.watching.leader();
    if (target === 'leader' && leader) return leader;
    const others = nodes.filter((node) => node !== leader);
    return this.#random.pick((target === 'follower' ? others : nodes) as [string]);
  }
}
