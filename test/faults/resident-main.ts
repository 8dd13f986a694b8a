/**
 * A program that lives on a host: somebody who writes to the others and is shown what they write, and an operator who asks
 * how things are. It writes into the history that all residents share, and answers its parent's questions.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { JetStreamLogs } from '../../src/log/jetstream.ts';
import { connectTo } from '../../src/transport/connection.ts';
import { plainText } from './plain-text.ts';
import { nodes } from './processes.ts';
import { RecordedGuest, RecordedUser } from './recorded.ts';
import { nowMs, Recorder } from './recorder.ts';
import type { Asked, Home, Notice, Question } from './residents.ts';
import { saboteur } from './saboteur.ts';
import { Watching } from './watching.ts';

type Way = { readonly urls: readonly string[]; close(): void };

/** How many letters it has on the way before it waits for answers. */
const atOnce = 3;
const everyMs = 40;
const patienceMs = 5_000;
const inSyncMsMax = 40_000;
const password = 'correct horse battery';

class Resident {
  readonly #home: Home;
  readonly #recorder: Recorder;
  readonly #watching: Watching;
  readonly #way: Way;
  #user: RecordedUser<Way> | undefined;
  #isTalking = true;
  #talking: Promise<void>[] = [];
  #written = 0;
  /** The last one in which something of its own was acknowledged, and where. */
  #last: { readonly session: string; readonly position: number } | undefined;

  constructor(home: Home) {
    this.#home = home;
    this.#recorder = new Recorder(home.history);
    this.#way = { urls: home.urls, close: () => undefined };
    this.#watching = new Watching({ urls: home.urls, operatorPassword: home.operatorPassword });
  }

  readonly answers: { readonly [Q in Question]: () => Promise<unknown> } = {
    register: () => this.#register(),
    begin: async () => this.#begin(),
    finish: () => this.#finish(),
    statuses: () => this.#watching.statuses(),
    inSync: () => this.#watching.inSync(inSyncMsMax),
    isReady: () => isReady(this.#home.watchPort),
    hashes: async () => nodes.map((node) => [node, this.#watching.hashesOf(node)]),
    moveStream: () => this.#askServers((connection) => moveStream(connection, this.#home.server)),
  };

  async #register(): Promise<void> {
    const { name } = this.#home;
    const guest = new RecordedGuest(this.#recorder, `guest-${name}`, this.#way);
    await guest.ready();
    await guest.register(name, password, `r-${name}`, patienceMs);
    const login = await guest.logIn(name, password, `t-${name}`, patienceMs);
    await guest.close();
    if (!login) throw new Error(`${name} cannot log in`);
    this.#user = new RecordedUser(this.#recorder, `${name}-1`, login, this.#way);
    await this.#user.follow();
    this.#user.watchState((state) => tell({ is: 'state', state, at_ms: nowMs() }));
  }

  #begin(): void {
    this.#watching.start();
    this.#talking = [...Array.from({ length: atOnce }, () => this.#write()), this.#read()];
  }

  /** Resolves when everything was answered and everything was shown. */
  async #finish(): Promise<void> {
    this.#isTalking = false;
    await Promise.all(this.#talking);
    while (!(await this.#user!.isCaughtUp())) await pause(everyMs);
  }

  /** One letter after the other, each under an id of its own and for as long as it takes. */
  async #write(): Promise<void> {
    const { name, others } = this.#home;
    while (this.#isTalking) {
      const number = ++this.#written;
      const invoked_ms = nowMs();
      const to = others[number % others.length]!;
      const sent = await this.#user!.send(to, `${name} ${number}`, `m-${name}-${number}`);
      if (sent.is !== 'ok') throw new Error(`what ${name} sent was ${sent.is}`);
      const { session = '', position = 0 } = sent.result;
      this.#last = { session, position };
      tell({ is: 'acknowledged', invoked_ms, at_ms: nowMs() });
      await pause(everyMs);
    }
  }

  async #read(): Promise<void> {
    while (this.#isTalking) {
      if (this.#last) await this.#user!.read(this.#last.session, this.#last.position - 1, patienceMs);
      await pause(5 * everyMs);
    }
  }

  async #askServers(ask: (connection: NatsConnection) => Promise<void>): Promise<void> {
    const { urls: servers } = this.#home;
    const connection = await connectTo({
      servers,
      credentials: saboteur,
      name: 'test',
      patient: false,
      security: plainText,
    });
    try {
      await ask(connection);
    } finally {
      await connection.close();
    }
  }
}

async function isReady(port: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
}

async function streamName(connection: NatsConnection): Promise<string> {
  return `VERBATIM_${await new JetStreamLogs(connection).newest()}`;
}

/** @returns the server that leads the stream, empty where none does. */
async function streamLeader(connection: NatsConnection): Promise<string> {
  const manager = await jetstreamManager(connection, { timeout: 1_000, checkAPI: false });
  const { cluster } = await manager.streams.info(await streamName(connection));
  return cluster?.leader ?? '';
}

async function moveStream(connection: NatsConnection, server: string): Promise<void> {
  const subject = `$JS.API.STREAM.LEADER.STEPDOWN.${await streamName(connection)}`;
  const wish = JSON.stringify({ placement: { preferred: server } });
  while ((await streamLeader(connection).catch(() => '')) !== server) {
    await connection.request(subject, wish, { timeout: 1_000 }).catch(() => undefined);
    await pause(everyMs);
  }
}

function tell(notice: Notice): void {
  process.send?.({ notice });
}

const resident = new Resident(JSON.parse(process.env.RESIDENT_HOME ?? '') as Home);
process.on('message', ({ id, question }: Asked) => {
  resident.answers[question]().then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, failed: String((error as Error).stack ?? error) }),
  );
});
process.on('disconnect', () => process.exit(0));
