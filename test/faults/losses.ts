/** Data that goes: the stream, its store, its end, a node's files. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../src/simulation/random.ts';
import type { Broker } from './broker.ts';
import { copyFolder, damage, replaceFolder } from './disks.ts';
import type { Fault } from './plan.ts';
import { nodes, type RealCluster } from './processes.ts';

export type Loss = Extract<Fault, { kind: 'stream-deleted' | 'stream-cut' | 'store-wiped' | 'damage' }>;
type WhileDown = (ids: readonly string[], act: () => Promise<void> | void) => Promise<void>;

export class Losses {
  readonly #cluster: RealCluster;
  readonly #broker: Broker;
  readonly #random: SeededRandom;

  constructor(cluster: RealCluster, broker: Broker, random: SeededRandom) {
    this.#cluster = cluster;
    this.#broker = broker;
    this.#random = random;
  }

  /** @param hit a node, or servers. @returns what was done, for the record. */
  async lose(fault: Loss, hit: readonly string[], whileDown: WhileDown): Promise<string> {
    switch (fault.kind) {
      case 'stream-deleted':
        return `${(await this.#broker.deleteStreams()).join(' and ')} deleted`;
      case 'stream-cut':
        return await this.#cutStream(fault.agoMs, whileDown);
      case 'store-wiped':
        await whileDown(fault.whileNodes === 'run' ? hit : [...hit, ...nodes], () => this.#wipe(hit));
        return 'the store is empty';
      case 'damage': {
        let done = '';
        await whileDown(hit, () => {
          done = damage(join(this.#cluster.data, 'nodes', hit.join()), fault.how, this.#random);
        });
        return done;
      }
      default:
        return fault satisfies never;
    }
  }

  /** Of one server or of three. */
  get #store(): string {
    return join(this.#cluster.data, 'nats');
  }

  #wipe(servers: readonly string[]): void {
    const isOnly = this.#cluster.servers.length === 1;
    for (const server of servers) {
      const store = isOnly ? this.#store : join(this.#store, server);
      rmSync(store, { recursive: true, force: true });
    }
  }

  /** What a kill of the servers leaves at one moment is what they come back with later. */
  async #cutStream(agoMs: number, whileDown: WhileDown): Promise<string> {
    const cluster = this.#cluster;
    const older = `${this.#store}.older`;
    for (const server of cluster.servers) cluster.pause(server);
    try {
      copyFolder(this.#store, older);
    } finally {
      for (const server of cluster.servers) cluster.resume(server);
    }
    await sleep(agoMs);
    await whileDown(cluster.servers, () => replaceFolder(this.#store, older));
    return `the store is that of ${agoMs} ms before`;
  }
}
