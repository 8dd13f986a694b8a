/** The nats-servers and the stream, as somebody sees them who may do everything. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import type { DomainEvent } from '../../src/events/domain.ts';
import { Frame } from '../../src/events/frame.ts';
import { connectTo } from '../../src/transport/connection.ts';
import type { RealCluster } from './processes.ts';
import { saboteur } from './saboteur.ts';

const questionMsMax = 1_000;

export class Broker {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection;
    this.#manager = manager;
  }

  static async connect({ urls }: RealCluster): Promise<Broker> {
    const connection = await connectTo({
      servers: urls,
      credentials: saboteur,
      name: 'nemesis',
      patient: true,
    });
    const options = { timeout: questionMsMax, checkAPI: false };
    return new Broker(connection, await jetstreamManager(connection, options));
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Undefined where nobody can say, and where there is one server. */
  async streamLeader(): Promise<string | undefined> {
    const stream = await this.#newest().catch(() => undefined);
    return stream?.cluster?.leader;
  }

  /** Whether all servers hold the stream as far as it goes, so that the next one may fail. */
  async inStep(servers: number, timeoutMs: number): Promise<boolean> {
    const untilMs = performance.now() + timeoutMs;
    for (; performance.now() < untilMs; await sleep(200)) {
      const stream = await this.#newest().catch(() => undefined);
      const current = stream?.cluster?.replicas?.filter((replica) => replica.current) ?? [];
      if (stream && current.length === servers - 1) return true;
    }
    return false;
  }

  /**
   * The node whose `LeaderElected` is the next one to come, told when it is on its way to the stream: as early as
   * anybody but the node itself can know. Undefined after a time.
   * @param begin what makes them elect; from then on it is listened for
   */
  async nextElected(timeoutMs: number, begin: () => void): Promise<string | undefined> {
    const ended = new AbortController();
    const elected = new Promise<string>((resolve) => {
      const subscription = this.#connection.subscribe('verbatim.log.>', {
        callback: (_, { data }) => {
          const node = electedIn(data);
          if (node !== undefined) resolve(node);
        },
      });
      ended.signal.addEventListener('abort', () => subscription.unsubscribe());
    });
    try {
      await this.#connection.flush();
      begin();
      return await Promise.race([elected, sleep(timeoutMs, undefined, { ref: false })]);
    } finally {
      ended.abort();
    }
  }

  /** @returns their names. */
  async deleteStreams(): Promise<string[]> {
    const names = await this.#names();
    for (const name of names) await this.#manager.streams.delete(name);
    return names;
  }

  async #newest() {
    const generations = (await this.#names()).map((name) => Number(name.replace(/^\D+/, '')));
    return await this.#manager.streams.info(`VERBATIM_${Math.max(...generations)}`);
  }

  async #names(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of this.#manager.streams.names()) names.push(name);
    return names;
  }
}

function electedIn(data: Uint8Array): string | undefined {
  if (!Buffer.from(data).includes('LeaderElected')) return undefined;
  const isElection = (event: DomainEvent) => event.type === 'LeaderElected';
  return Frame.decode(data).events().find(isElection)?.data.node;
}
