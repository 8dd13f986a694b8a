/** The composition root of one replica: the only place where ports meet their implementations. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Strategy } from './actors/replica/decide.ts';
import { readSecrets } from './cluster/secrets.ts';
import { JetStreamLogs } from './log/jetstream.ts';
import { LevelPlace } from './log/level-place.ts';
import { openGate } from './node/gate.ts';
import { NodeSeenByInspectors } from './node/seen-by-inspectors.ts';
import { Watch } from './node/watch.ts';
import type { Subscription } from './ports/bus.ts';
import type { Journal } from './ports/journal.ts';
import { Replica } from './replication/replica.ts';
import { Banishment } from './service/banishment.ts';
import { ChatLeader } from './service/chat-leader.ts';
import { Frames } from './service/frames.ts';
import { answerOperators, type OpenCopy } from './service/operator.ts';
import { tellPassedFrames } from './service/passed-frames.ts';
import { Pasts } from './service/pasts.ts';
import { ReadService } from './service/read-service.ts';
import { Reader } from './service/reader.ts';
import { RecentMarks } from './service/recent-marks.ts';
import { scrub } from './service/scrub.ts';
import { Typing } from './service/typing.ts';
import { Positions } from './service/waiting.ts';
import { Argon2Passwords } from './system/argon2.ts';
import { bootId } from './system/boot.ts';
import { systemClock as clock } from './system/clock.ts';
import { lineJournal } from './system/journal.ts';
import { systemRandom as random } from './system/random.ts';
import { connectTo } from './transport/connection.ts';
import { NatsBus } from './transport/nats-bus.ts';
import type { Security } from './transport/security.ts';
import { refuseOldServer } from './transport/server-version.ts';

export interface NodeOptions {
  readonly id: string;
  /** The cluster's data folder; this node's own lies in it under `nodes/`. */
  readonly data: string;
  readonly servers: readonly string[];
  readonly security: Security;
  /** Of a cluster that is founded now; later the log says. */
  readonly members: readonly string[];
  readonly copies: number;
  readonly minCopies: number;
  readonly strategy: Strategy;
  readonly fsync: 'stream' | 'nodes';
  readonly sessionGapMs: number;
  readonly logInMs: number;
  /** Commands in a second that one user may send; 0: as many as they like. */
  readonly sendsPerSecond: number;
  /** Where it is watched, on this machine; 0: any port that is free. */
  readonly httpPort: number;
  /** How its lines for operators are written, and whether details are among them. */
  readonly log: 'text' | 'json';
  readonly isVerbose: boolean;
  /** Whether an inspector may look. */
  readonly isInspectable: boolean;
}

export interface RunningNode {
  stop(): Promise<void>;
}

/** @throws {StoreUnusable | DataFolderUnusable | ServerTooOld} in one sentence. */
export async function runNode(options: NodeOptions): Promise<RunningNode> {
  const { id, data, servers, security, members, copies, minCopies, strategy, fsync, sessionGapMs, logInMs } =
    options;
  const watch = await Watch.open({ id, port: options.httpPort, nowMs: clock.monotonicMs });
  const journal = await journalFor(options, watch);
  const { metrics } = watch;
  const secrets = await readSecrets(data);
  const folder = join(data, 'nodes', id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const sync = fsync === 'nodes';
  const nameNow = () => new Date(clock.wallMs()).toISOString().replaceAll(':', '-');
  const place = await LevelPlace.at(folder, { boot: await bootId(), sync }, nameNow);
  const credentials = { user: 'node', pass: secrets.nodePassword };
  const reach = (name: string) => connectTo({ servers, security, credentials, name, patient: true });
  const connection = await patiently(reach(`${id} node`), servers, journal);
  refuseOldServer(connection);
  const bus = new NatsBus(connection);
  const line = bus.onStatus((connected) =>
    journal.notice(connected ? 'reached a nats-server again' : 'lost nats-server; trying to reach one'),
  );
  // What clients send never stands before what nodes say: a flood would, until the flooder is cut off.
  const toClients = await reach(`${id} clients`);
  const clientBus = new NatsBus(toClients);
  const { authPassword, wardenPassword, gatewayPassword, calloutSeed: seed } = secrets;
  const border = { servers, security, node: id, authPassword, wardenPassword, gatewayPassword, seed };
  const inspected = options.isInspectable ? new NodeSeenByInspectors(id, bus, clock) : undefined;
  const passwords = new Argon2Passwords();
  /** What answers from this node's rows. */
  const answering: Subscription[] = [];
  const banishment = new Banishment(bus, clock, journal);
  const banish = (speaker: string) => banishment.banish(speaker);
  let open: OpenCopy | undefined;
  let chat: ChatLeader | undefined;
  const clients = () => (replica.role === 'leader' ? (chat?.clients ?? 0) : 0);

  const replica = new Replica({
    id,
    founding: { members, copies, minCopies },
    strategy,
    place,
    sync,
    bus,
    clock,
    random,
    journal,
    metrics: inspected?.overhear(metrics) ?? metrics,
    logs: new JetStreamLogs(connection),
    serve: (leadership, self) => {
      const limits = { sessionGapMs, logInMs, sendRate: { perSecond: options.sendsPerSecond } };
      const world = { bus: clientBus, clock, random, passwords, metrics, journal, banish };
      chat = new ChatLeader(leadership, self, { ...world, ...limits });
      return chat;
    },
    opened: ({ copy, stamps }) => {
      const frames = new Frames(copy.store);
      const positions = new Positions(copy, clock);
      open = { copy, frames, marks: new RecentMarks(copy), pasts: new Pasts() };
      tellPassedFrames(copy, metrics);
      inspected?.opened(copy);
      answering.push(scrub(copy, clock, journal, place.wasClosed));
      answering.push(
        new ReadService(copy, new Reader(copy, frames, clock), positions, { clock, journal, banish }).start(
          clientBus,
        ),
        new Typing({ clock, rows: () => copy.rows, banish }).start(clientBus),
        openGate(open, positions, {
          ...border,
          clock,
          banishment,
          stamps,
          others: () => replica.company,
          takesPart: () => replica.state === 'following' || replica.state === 'leading',
        }),
      );
    },
    closed: () => {
      open = undefined;
      inspected?.closed();
      for (const part of answering.splice(0)) part.stop();
    },
  });
  watch.show({ replica, bus, clients });
  const operators = answerOperators(bus, {
    replica,
    open: () => open,
    uptimeMs: () => watch.uptimeMs(),
    clients,
    pid: process.pid,
    http: watch.url,
  });
  replica.start();
  const inspection = inspected?.start(replica.actor);
  return {
    stop: async () => {
      inspection?.stop();
      for (const part of [line, operators, ...answering]) part.stop();
      await replica.stop();
      await Promise.all([connection.drain(), toClients.drain(), watch.stop()]);
    },
  };
}

const soonMs = 1_000;

/** Whoever started it learns what it waits for. */
async function patiently<T>(reached: Promise<T>, servers: readonly string[], journal: Journal): Promise<T> {
  const tell = () => journal.notice(`no nats-server answers at ${servers.join(', ')}; waiting for one`);
  const timer = clock.setTimeout(tell, soonMs);
  return await reached.finally(() => clock.clearTimeout(timer));
}

async function journalFor({ id, log, isVerbose }: NodeOptions, watch: Watch): Promise<Journal> {
  if (log === 'text') return lineJournal(id, isVerbose);
  const { jsonJournal } = await import('./observability/journal.ts');
  return jsonJournal({ node: id, isVerbose, epoch: () => watch.epoch });
}
