/**
 * nats-servers that die or freeze. Where there are three, any one of them may: the next one waits until the one before
 * has caught up, but for all at once, which lose nothing either.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/simulation/random.ts';
import type { Broker } from './broker.ts';
import type { Fault, ServerTarget } from './plan.ts';
import type { RealCluster } from './processes.ts';

export type ServerFault = Extract<Fault, { kind: 'kill-server' | 'pause-server' }>;

/** The servers' own elections take up to 9 s, and then they catch up. */
const inStepMsMax = 30_000;

export class ServerFaults {
  readonly #cluster: RealCluster;
  readonly #broker: Broker;
  readonly #random: SeededRandom;

  constructor(cluster: RealCluster, broker: Broker, random: SeededRandom) {
    this.#cluster = cluster;
    this.#broker = broker;
    this.#random = random;
  }

  async find(which: ServerTarget): Promise<readonly string[]> {
    const { servers } = this.#cluster;
    if (which === 'all' || servers.length === 1) return servers;
    const leader = which === 'stream-leader' ? await this.#broker.streamLeader() : undefined;
    return [leader ?? this.#random.pick(servers as [string])];
  }

  async hit(fault: ServerFault, hit: readonly string[]): Promise<void> {
    const cluster = this.#cluster;
    if (fault.kind === 'kill-server') {
      for (const server of hit) cluster.kill(server);
      return;
    }
    for (const server of hit) cluster.pause(server);
    await sleep(fault.forMs);
    for (const server of hit) cluster.resume(server);
  }

  /** @returns when the next of three may be hit. */
  async whenInStep(): Promise<boolean> {
    const { servers } = this.#cluster;
    return servers.length === 1 || (await this.#broker.inStep(servers.length, inStepMsMax));
  }
}
