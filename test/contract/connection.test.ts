/** What is relied on of connections, on a real server. */
import type { NatsConnection } from 'nats';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectTo } from '../../src/transport/connection.ts';
import { NatsServer, natsServerPath } from '../support/nats-server.ts';

const hourMs = 3_600_000;

describe.skipIf(!natsServerPath())('a connection (needs nats-server; run `npm run setup`)', () => {
  let server: NatsServer;
  let connection: NatsConnection;

  afterEach(async () => {
    vi.restoreAllMocks();
    await connection.close();
    await server.kill();
  });

  async function connectAlone(): Promise<void> {
    server = await NatsServer.start();
    const credentials = { user: 'any', pass: 'any' };
    connection = await connectTo({ servers: [server.url], credentials, name: 'test', patient: false });
  }

  async function until(type: string): Promise<void> {
    for await (const status of connection.status()) if (status.type === type) return;
  }

  function setWallClock(offByMs: number): void {
    const { now } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + offByMs);
  }

  it.each([
    ['back', -hourMs],
    ['ahead', hourMs],
  ])(
    'is made again when the server is back, although the wall clock was set %s by an hour',
    async (_, by) => {
      await connectAlone();
      const isTrying = until('reconnecting');
      await server.kill();
      await isTrying;
      setWallClock(by);
      const isBack = until('reconnect');
      await server.respawn();
      await isBack;
      expect(await connection.rtt()).toBeGreaterThanOrEqual(0);
    },
  );

  it('is not tried more than some twenty times a second while nobody is there', async () => {
    await connectAlone();
    const tries: number[] = [];
    const trying = (async () => {
      for await (const { type } of connection.status()) {
        if (type === 'reconnecting' && tries.push(performance.now()) === 11) return;
      }
    })();
    await server.kill();
    await trying;
    expect(tries.at(-1)! - tries[0]!).toBeGreaterThanOrEqual(10 * 49);
  });
});
