/** The composition root of one replica: the only place where ports meet their implementations. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatsConnection } from 'nats';
import type { Strategy } from './actors/replica/decide.ts';
import { readSecrets } from './cluster/secrets.ts';
import { hashToken } from './events/tokens.ts';
import { JetStreamLog } from './log/jetstream.ts';
import { LevelStore } from './log/level.ts';
import type { Subscription } from './ports/bus.ts';
import type { Journal } from './ports/journal.ts';
import { tokens } from './projections/tables.ts';
import { Replica } from './replication/replica.ts';
import { ChatLeader } from './service/chat-leader.ts';
import { Frames } from './service/frames.ts';
import { answerOperators } from './service/operator.ts';
import { ReadService } from './service/read-service.ts';
import { Reader } from './service/reader.ts';
import { Positions } from './service/waiting.ts';
import { Argon2Passwords } from './system/argon2.ts';
import { systemClock as clock } from './system/clock.ts';
import { systemRandom as random } from './system/random.ts';
import { answerCallouts, type Judge } from './transport/auth-callout.ts';
import { connectTo } from './transport/connection.ts';
import { NatsBus } from './transport/nats-bus.ts';
import { refuseOldServer } from './transport/server-version.ts';

export { lineJournal } from './system/journal.ts';

export interface NodeOptions {
  readonly id: string;
  /** The cluster's data folder; this node's own lies in it under `nodes/`. */
  readonly data: string;
  readonly servers: readonly string[];
  /** Of a cluster that is founded now; later the log says. */
  readonly members: readonly string[];
  readonly copies: number;
  readonly strategy: Strategy;
  readonly fsync: 'stream' | 'nodes';
  readonly sessionGapMs: number;
  readonly journal: Journal;
}

export interface RunningNode {
  stop(): Promise<void>;
}

const judgePatienceMs = 1_500;

/** @throws {StoreUnusable | DataFolderUnusable | ServerTooOld} in one sentence. */
export async function runNode(options: NodeOptions): Promise<RunningNode> {
  const { id, data, servers, members, copies, strategy, fsync, sessionGapMs, journal } = options;
  const startedMs = clock.monotonicMs();
  const secrets = await readSecrets(data);
  const folder = join(data, 'nodes', id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const store = await LevelStore.open(folder);
  const connect = (user: string, pass: string) =>
    connectTo({ servers, credentials: { user, pass }, name: `${id} ${user}`, patient: true });
  const connection = await connect('node', secrets.nodePassword);
  refuseOldServer(connection);
  const authConnection = await connect('auth', secrets.authPassword);
  const bus = new NatsBus(connection);
  const passwords = new Argon2Passwords();
  /** What answers from this node's rows. */
  const answering: Subscription[] = [];
  const stops: Subscription[] = [];
  let chat: ChatLeader | undefined;

  const replica = new Replica({
    id,
    founding: { members, copies },
    strategy,
    store,
    sync: fsync === 'nodes',
    bus,
    clock,
    random,
    journal,
    openLog: (generation, create) => openLog(connection, generation, create),
    serve: (leadership, self) => {
      chat = new ChatLeader(leadership, self, { bus, clock, random, passwords, sessionGapMs });
      return chat;
    },
    opened: ({ copy }) => {
      const frames = new Frames(store);
      const positions = new Positions(copy, clock);
      const uptimeMs = () => clock.monotonicMs() - startedMs;
      const clients = () => (replica.role === 'leader' ? (chat?.clients ?? 0) : 0);
      stops.push(answerOperators(bus, { replica, frames, uptimeMs, clients, pid: process.pid }));
      answering.push(
        new ReadService(copy, new Reader(copy, frames), positions).start(bus),
        answerCallouts(authConnection, secrets.calloutSeed, judge(replica, positions)),
      );
    },
    frozen: () => {
      for (const part of answering.splice(0)) part.stop();
    },
  });
  replica.start();
  return {
    stop: async () => {
      for (const part of [...answering, ...stops]) part.stop();
      await replica.stop();
      await Promise.all([connection.drain(), authConnection.close()]);
    },
  };
}

async function openLog(connection: NatsConnection, generation: number, create: boolean) {
  const place = { stream: `VERBATIM_${generation}`, subject: `verbatim.log.${generation}` };
  return await JetStreamLog.open(connection, place, create);
}

/** Anybody may come as a guest. A token is judged by what is committed at least as far as its bearer has read. */
function judge({ copy }: Replica, positions: Positions): Judge {
  return async (introduction, secret) => {
    if (introduction.as === 'guest') return true;
    if (!(await positions.reached(introduction.position, judgePatienceMs))) return undefined;
    return tokens.get(copy.rows, hashToken(secret)) === introduction.user;
  };
}
