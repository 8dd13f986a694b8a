/** Nodes that die, freeze, hand over, cannot write, or have the wrong time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/simulation/random.ts';
import type { Broker } from './broker.ts';
import type { Fault, Target } from './plan.ts';
import { nodes, type RealCluster } from './processes.ts';
import type { Watching } from './watching.ts';

type Kinds =
  | 'kill'
  | 'kill-two'
  | 'kill-all'
  | 'kill-elected'
  | 'elected-disk-fails'
  | 'down'
  | 'pause'
  | 'handover'
  | 'clock-jump';
export type NodeFault = Extract<Fault, { kind: Kinds }>;

const electionMsMax = 3_000;
/** Three servers elect the stream's leader first. */
const electionOfServersMsMax = 15_000;

export class NodeFaults {
  readonly #cluster: RealCluster;
  readonly #watching: Watching;
  readonly #broker: Broker;
  readonly #random: SeededRandom;

  constructor(cluster: RealCluster, watching: Watching, broker: Broker, random: SeededRandom) {
    this.#cluster = cluster;
    this.#watching = watching;
    this.#broker = broker;
    this.#random = random;
  }

  /** @returns whom it hit, for the record. */
  async hit(fault: NodeFault): Promise<string> {
    const cluster = this.#cluster;
    switch (fault.kind) {
      case 'kill-two':
        return await this.#killTwo(fault.afterMs, fault.inElection);
      case 'kill-elected':
        return await this.#atElection((node) => void cluster.kill(node));
      case 'elected-disk-fails':
        return await this.#atElection((node) => this.#refuseWrites(node, fault.forMs));
      case 'kill-all':
        await this.whileDown(nodes, () => sleep(fault.forMs));
        return '';
      case 'handover': {
        const leader = await this.find('leader');
        cluster.kill(leader, 'SIGTERM');
        return leader;
      }
      default: {
        const node = await this.find(fault.target);
        await this.#hitOne(fault, node);
        return node;
      }
    }
  }

  /** The supervisor would start them again at once: it is held for so long. */
  async whileDown(ids: readonly string[], act: () => Promise<void> | void): Promise<void> {
    const cluster = this.#cluster;
    cluster.hold();
    try {
      for (const id of ids) cluster.kill(id);
      await act();
    } finally {
      cluster.release();
    }
  }

  async find(target: Target): Promise<string> {
    const leader = await this.#watching.leader();
    if (target === 'leader' && leader) return leader;
    const others = nodes.filter((node) => node !== leader);
    return this.#random.pick((target === 'follower' ? others : nodes) as [string]);
  }

  async #hitOne(
    fault: Extract<NodeFault, { kind: 'kill' | 'down' | 'pause' | 'clock-jump' }>,
    node: string,
  ): Promise<void> {
    const cluster = this.#cluster;
    switch (fault.kind) {
      case 'kill':
        return void cluster.kill(node);
      case 'down':
        return await this.whileDown([node], () => sleep(fault.forMs));
      case 'pause':
        cluster.pause(node);
        await sleep(fault.forMs);
        return cluster.resume(node);
      case 'clock-jump':
        return cluster.setClock(node, fault.offByMs);
      default:
        return fault satisfies never;
    }
  }

  /** The leader, and then somebody else: whoever campaigns first, where that is asked. */
  async #killTwo(afterMs: number, inElection: boolean): Promise<string> {
    const cluster = this.#cluster;
    const first = await this.find('leader');
    const from = cluster.said.length;
    cluster.kill(first);
    const line = inElection
      ? await cluster.saying(new RegExp(`(?!${first})n\\d: .*electing`), electionMsMax, from)
      : undefined;
    await sleep(inElection ? afterMs / 2 : afterMs);
    const candidate = /\b(n\d): /.exec(line ?? '')?.[1];
    const others = nodes.filter((node) => node !== first);
    const second = candidate ?? this.#random.pick(others as [string]);
    cluster.kill(second);
    return `${first} ${second}`;
  }

  /** The leader dies, and something happens to who has won but does not serve yet. */
  async #atElection(act: (node: string) => Promise<void> | void): Promise<string> {
    const leader = await this.find('leader');
    const timeoutMs = this.#cluster.servers.length > 1 ? electionOfServersMsMax : electionMsMax;
    const elected = await this.#broker.nextElected(timeoutMs, () => void this.#cluster.kill(leader));
    if (elected === undefined) return `${leader}, and nobody was elected in time`;
    await act(elected);
    return `${leader} ${elected}`;
  }

  async #refuseWrites(node: string, forMs: number): Promise<void> {
    const isRefusing = this.#cluster.mayWrite(node, false);
    if (!isRefusing) throw new Error(`${node} is gone, or prlimit is not there`);
    await sleep(forMs);
    this.#cluster.mayWrite(node, true);
  }
}
