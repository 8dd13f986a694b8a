/** Data that goes: the stream, its store, its end, a node's files. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { SeededRandom } from '../../src/simulation/random.ts';
import { connectTo } from '../../src/transport/connection.ts';
import { copyFolder, damage, replaceFolder } from './disks.ts';
import type { Fault } from './plan.ts';
import { nodes, type RealCluster, server } from './processes.ts';

type Loss = Extract<Fault, { kind: 'stream-deleted' | 'stream-cut' | 'store-wiped' | 'damage' }>;
type WhileDown = (ids: readonly string[], act: () => Promise<void> | void) => Promise<void>;

export class Losses {
  readonly #cluster: RealCluster;
  readonly #random: SeededRandom;

  constructor(cluster: RealCluster, random: SeededRandom) {
    this.#cluster = cluster;
    this.#random = random;
  }

  /** @returns what was done, for the record. */
  async lose(fault: Loss, node: string, whileDown: WhileDown): Promise<string> {
    switch (fault.kind) {
      case 'stream-deleted':
        return await this.#deleteStreams();
      case 'stream-cut':
        return await this.#cutStream(fault.agoMs, whileDown);
      case 'store-wiped':
        await whileDown(fault.whileNodes === 'run' ? [server] : [server, ...nodes], () =>
          rmSync(this.#store, { recursive: true, force: true }),
        );
        return 'the store is empty';
      case 'damage': {
        let done = '';
        await whileDown([node], () => {
          done = damage(join(this.#cluster.data, 'nodes', node), fault.how, this.#random);
        });
        return done;
      }
      default:
        return fault satisfies never;
    }
  }

  get #store(): string {
    return join(this.#cluster.data, 'nats');
  }

  async #deleteStreams(): Promise<string> {
    const { url, nodePassword } = this.#cluster;
    const connection = await connectTo({
      servers: [url],
      credentials: { user: 'node', pass: nodePassword },
      name: 'nemesis',
      patient: false,
    });
    try {
      const manager = await jetstreamManager(connection);
      const names: string[] = [];
      for await (const name of manager.streams.names()) names.push(name);
      for (const name of names) await manager.streams.delete(name);
      return `${names.join(' and ')} deleted`;
    } finally {
      await connection.close();
    }
  }

  /** What a kill of the server leaves at one moment is what it comes back with later. */
  async #cutStream(agoMs: number, whileDown: WhileDown): Promise<string> {
    const older = `${this.#store}.older`;
    this.#cluster.pause(server);
    try {
      copyFolder(this.#store, older);
    } finally {
      this.#cluster.resume(server);
    }
    await sleep(agoMs);
    await whileDown([server], () => replaceFolder(this.#store, older));
    return `the store is that of ${agoMs} ms before`;
  }
}
