import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JetStreamLog, JetStreamLogs, type StreamPlace } from '../../src/log/jetstream.ts';
import { OutcomeUnknown } from '../../src/log/port.ts';
import { connectTo } from '../../src/transport/connection.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { NatsServer, natsServerPath } from '../support/nats-server.ts';
import { logContract } from './log-contract.ts';
import { orderedLogContract, replaceableLogContract, servedLogContract } from './ordered-log-contract.ts';
import { orderedLogsContract } from './ordered-logs-contract.ts';

/** What keeps the streams: one server, or three of which one may die. */
interface Broker {
  readonly urls: readonly string[];
  /** Of every stream. */
  readonly replicas: number;
  /** The one that is to die when a stream shall miss it. */
  serverOf(stream: string, connection: NatsConnection): Promise<NatsServer>;
  stop(): Promise<void>;
}

const brokers: [name: string, start: () => Promise<Broker>][] = [
  ['JetStream', startServer],
  ['JetStream on three servers', startCluster],
];

describe.each(brokers)('%s', (name, start) => {
  if (natsServerPath()) jetStreamTests(name, start);
  else it.skip('there is no nats-server here; run `npm run setup`', () => undefined);
});

async function startServer(): Promise<Broker> {
  const server = await NatsServer.start();
  return { urls: [server.url], replicas: 1, serverOf: async () => server, stop: () => server.kill() };
}

async function startCluster(): Promise<Broker> {
  const cluster = await NatsCluster.start();
  return {
    urls: cluster.urls,
    replicas: 3,
    serverOf: (stream, connection) => cluster.leaderOf(stream, connection),
    stop: () => cluster.kill(),
  };
}

/** Tries again, as replicas do: three servers make no stream while they elect. */
async function openPatiently(connection: NatsConnection, place: StreamPlace): Promise<JetStreamLog> {
  for (;;) {
    const log = await JetStreamLog.open(connection, place, true).catch(() => undefined);
    if (log) return log;
  }
}

function jetStreamTests(name: string, start: () => Promise<Broker>) {
  let broker: Broker;
  let opened = 0;

  beforeAll(async () => {
    broker = await start();
  });

  afterAll(() => broker.stop());

  function connect(): Promise<NatsConnection> {
    const credentials = { user: 'test', pass: 'test' };
    return connectTo({ servers: broker.urls, credentials, name: 'contract', patient: false });
  }

  function nextPlace(): StreamPlace {
    opened += 1;
    return { stream: `CONTRACT_${opened}`, subject: `contract.${opened}` };
  }

  async function openLog() {
    const place = nextPlace();
    const connections = [await connect(), await connect()] as const;
    const [log, second] = await Promise.all(
      connections.map((connection) => openPatiently(connection, place)),
    );
    const replace = async (entries: readonly Uint8Array[]) => {
      const manager = await jetstreamManager(connections[1]);
      await manager.streams.delete(place.stream);
      const anew = await openPatiently(connections[1], place);
      for (const [index, bytes] of entries.entries()) await anew.append(bytes, index + 1);
    };
    const close = async () => {
      await Promise.all(connections.map((connection) => connection.close()));
    };
    let victim: NatsServer | undefined;
    const server = {
      kill: async () => {
        victim = await broker.serverOf(place.stream, connections[1]);
        await victim.kill();
      },
      respawn: async () => await victim?.respawn(),
    };
    return { log: log!, second: second!, server, replace, close };
  }

  logContract(name, openLog);
  orderedLogContract(name, openLog);
  replaceableLogContract(name, openLog);

  orderedLogsContract(`the streams in ${name}`, async () => {
    const connection = await connect();
    const manager = await jetstreamManager(connection);
    const lose = async () => {
      const names: string[] = [];
      for await (const name of manager.streams.names('verbatim.log.*')) names.push(name);
      for (const name of names) await manager.streams.delete(name);
    };
    return { logs: new JetStreamLogs(connection), lose, close: () => connection.close() };
  });

  it('does not take a stream of another name for a generation', async () => {
    const connection = await connect();
    const manager = await jetstreamManager(connection);
    for (const [name, subject] of [
      ['VERBATIM_x', 'verbatim.log.x'],
      ['OTHER_9', 'verbatim.log.9'],
      ['VERBATIM_8', 'something.else'],
    ] as const)
      await manager.streams.add({ name, subjects: [subject] });
    expect(await new JetStreamLogs(connection).newest()).toBe(0);
    for (const name of ['VERBATIM_x', 'OTHER_9', 'VERBATIM_8']) await manager.streams.delete(name);
    await connection.close();
  });

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
        num_replicas: broker.replicas,
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

  servedLogContract(name, openLog); // behind the others: three servers elect for some seconds after each death

  it('goes by what it saw last while nobody can say which streams there are', async () => {
    const connection = await connect();
    const [opener, asker, stranger] = [1, 2, 3].map(() => new JetStreamLogs(connection)) as [
      JetStreamLogs,
      JetStreamLogs,
      JetStreamLogs,
    ];
    while (!(await opener.open(4, true).catch(() => undefined)));
    expect(await asker.newest()).toBe(4);
    await broker.stop();
    for (const logs of [opener, asker]) expect(await logs.newest()).toBe(4);
    await expect(stranger.newest()).rejects.toThrow('the stream does not answer');
    await connection.close();
  });
}
