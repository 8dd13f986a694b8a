/** Three real nats-servers of a test's own, which keep streams together: any one of them may be killed. */
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { freePort } from './free-port.ts';
import { NatsServer } from './nats-server.ts';

export class NatsCluster {
  readonly #servers: ReadonlyMap<string, NatsServer>;

  private constructor(servers: ReadonlyMap<string, NatsServer>) {
    this.#servers = servers;
  }

  static async start(): Promise<NatsCluster> {
    const first = await freePort(3);
    const ports = [first, first + 1, first + 2];
    const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(', ');
    const started = ports.map(async (port): Promise<[string, NatsServer]> => {
      const name = `s${port}`;
      const cluster = `cluster { name: test, host: "127.0.0.1", port: ${port}, routes: [${routes}] }`;
      return [name, await NatsServer.start(`server_name: ${name}\n${cluster}`)];
    });
    return new NatsCluster(new Map(await Promise.all(started)));
  }

  get urls(): string[] {
    return [...this.#servers.values()].map(({ url }) => url);
  }

  /** The server that leads the stream, which is the one whose death is felt. */
  async leaderOf(stream: string, connection: NatsConnection): Promise<NatsServer> {
    const { cluster } = await (await jetstreamManager(connection)).streams.info(stream);
    return this.#servers.get(cluster?.leader ?? '')!;
  }

  async kill(): Promise<void> {
    for (const server of this.#servers.values()) await server.kill();
  }
}
