import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JetStreamLog, type StreamPlace } from '../../src/log/jetstream.ts';
import { OutcomeUnknown } from '../../src/log/port.ts';
import { connectTo } from '../../src/transport/connection.ts';
import { NatsServer, natsServerPath } from '../support/nats-server.ts';
import { logContract } from './log-contract.ts';
import { orderedLogContract, replaceableLogContract, servedLogContract } from './ordered-log-contract.ts';

if (natsServerPath()) describe('JetStream', jetStreamTests);
else describe.skip('JetStream: there is no nats-server here; run `npm run setup`', jetStreamTests);

function jetStreamTests() {
  let server: NatsServer;
  let opened = 0;

  beforeAll(async () => {
    server = await NatsServer.start();
  });

  afterAll(() => server.kill());

  function connect(): Promise<NatsConnection> {
    const credentials = { user: 'test', pass: 'test' };
    return connectTo({ servers: [server.url], credentials, name: 'contract', patient: false });
  }

  function nextPlace(): StreamPlace {
    opened += 1;
    return { stream: `CONTRACT_${opened}`, subject: `contract.${opened}` };
  }

  async function openLog() {
    const place = nextPlace();
    const connections = [await connect(), await connect()] as const;
    const [log, second] = await Promise.all(
      connections.map(async (connection) => (await JetStreamLog.open(connection, place, true))!),
    );
    const replace = async (entries: readonly Uint8Array[]) => {
      const manager = await jetstreamManager(connections[1]);
      await manager.streams.delete(place.stream);
      const anew = await JetStreamLog.open(connections[1], place, true);
      for (const [index, bytes] of entries.entries()) await anew!.append(bytes, index + 1);
    };
    const close = async () => {
      await Promise.all(connections.map((connection) => connection.close()));
    };
    return { log: log!, second: second!, server, replace, close };
  }

  logContract('JetStream', openLog);
  orderedLogContract('JetStream', openLog);
  servedLogContract('JetStream', openLog);
  replaceableLogContract('JetStream', openLog);

  describe('a stream', () => {
    let connection: NatsConnection;
    let place: StreamPlace;

    beforeEach(async () => {
      connection = await connect();
      place = nextPlace();
    });

    afterEach(() => connection.close());

    it('is not opened where there is none, unless it shall be created', async () => {
      expect(await JetStreamLog.open(connection, place, false)).toBeUndefined();
      expect(await JetStreamLog.open(connection, place, true)).toBeInstanceOf(JetStreamLog);
      expect(await JetStreamLog.open(connection, place, false)).toBeInstanceOf(JetStreamLog);
    });

    it('is created once, and opened with what it holds by whoever comes later', async () => {
      const log = await JetStreamLog.open(connection, place, true);
      await log!.append(Buffer.from('a'), 1);
      const again = await JetStreamLog.open(connection, place, true);
      expect(await again!.last()).toBe(1);
    });

    it('goes on to bring entries when the server has forgotten who follows (P2)', async () => {
      const log = (await JetStreamLog.open(connection, place, true))!;
      const manager = await jetstreamManager(connection);
      const numbers: number[] = [];
      let arrived: (() => void) | undefined;
      const following = log.follow(0, {
        entry: ({ number }) => {
          numbers.push(number);
          arrived?.();
        },
        lost: () => undefined,
      });
      const arrival = () =>
        new Promise<void>((resolve) => {
          arrived = resolve;
        });
      const first = arrival();
      await log.append(Buffer.from('a'), 1);
      await first;
      for await (const { name } of manager.consumers.list(place.stream)) {
        await manager.consumers.delete(place.stream, name);
      }
      const second = arrival();
      await log.append(Buffer.from('b'), 2);
      await second;
      following.stop();
      expect(numbers).toEqual([1, 2]);
    });

    it('does not take every refusal of the server for a conflict (P6)', async () => {
      const log = (await JetStreamLog.open(connection, place, true))!;
      const manager = await jetstreamManager(connection);
      await manager.streams.update(place.stream, { max_msg_size: 10 });
      await expect(log.append(Buffer.alloc(100), 1)).rejects.toThrow(OutcomeUnknown);
    });

    it('keeps everything for ever: nothing can be deleted, purged, dropped for room or read from the past (P1)', async () => {
      const log = await JetStreamLog.open(connection, place, true);
      await log!.append(Buffer.from('a'), 1);
      const manager = await jetstreamManager(connection);
      const { config } = await manager.streams.info(place.stream);
      expect(config).toMatchObject({
        storage: 'file',
        retention: 'limits',
        discard: 'new',
        allow_direct: false,
        deny_delete: true,
        deny_purge: true,
      });
      expect([config.max_msgs, config.max_bytes, config.max_age]).toEqual([-1, -1, 0]);
      await expect(manager.streams.deleteMessage(place.stream, 1)).rejects.toThrow('not permitted');
      await expect(manager.streams.purge(place.stream)).rejects.toThrow('not permitted');
    });
  });
}
