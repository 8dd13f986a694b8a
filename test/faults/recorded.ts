/** The real clients of the SDK, each behind proxies of its own, with everything written down. */
import { collect } from '../../cli/collect.ts';
import { originalPace } from '../../cli/commands/replay.ts';
import { cuesOf } from '../../cli/playback.ts';
import type { HistoryEvent, Result } from '../../src/checkers/history.ts';
import {
  type Answer,
  GuestClient,
  type Identity,
  type ItemView,
  UserClient,
} from '../../src/client/client.ts';
import type { LineState, Request } from '../../src/client/line.ts';
import { natsLink } from '../../src/client/nats-link.ts';
import { hashToken, newRecoveryCode, newToken } from '../../src/events/tokens.ts';
import { systemClock as clock } from '../../src/system/clock.ts';
import { systemRandom as random } from '../../src/system/random.ts';
import type { Doors } from './doors.ts';
import type { Asked, Outcome, Recorder } from './recorder.ts';
import { Scribe } from './recorder.ts';

/** How a client reaches the servers. */
interface Way {
  readonly urls: readonly string[];
  close(): void;
}

const connectMsMax = 10_000;
const pageSize = 200;

function optionsFor(doors: Way) {
  return { clock, random, link: natsLink(doors.urls) };
}

/** Somebody who is not logged in. */
export class RecordedGuest {
  readonly #scribe: Scribe;
  readonly #client: GuestClient;
  readonly #doors: Way;

  constructor(recorder: Recorder, name: string, doors: Way) {
    this.#scribe = new Scribe(recorder, name, null);
    this.#doors = doors;
    this.#client = new GuestClient(optionsFor(doors));
  }

  async ready(): Promise<void> {
    await this.#client.line.ready(connectMsMax);
  }

  /** Under an id of the caller's making, so that it can be asked again. */
  async register(name: string, password: string, id: string, timeoutMs: number): Promise<Outcome> {
    const recoveryHash = hashToken(newRecoveryCodeFor(id));
    const asked: Asked = { op: 'register', name, id, args: { password } };
    return await this.#scribe.call(asked, async () =>
      resultOf(await this.#give({ type: 'Register', name, password, recoveryHash }, id, timeoutMs)),
    );
  }

  async logIn(
    name: string,
    password: string,
    label: string,
    timeoutMs: number,
  ): Promise<{ outcome: Outcome; identity: Identity | undefined }> {
    const token = newToken(random);
    let identity: Identity | undefined;
    const asked: Asked = { op: 'login', name, id: `l-${label}`, args: { password, token: label } };
    const outcome = await this.#scribe.call(asked, async () => {
      const request = { type: 'LogIn', name, password, tokenHash: hashToken(token) } as const;
      const answer = await this.#give(request, `l-${label}`, timeoutMs);
      identity = { user: answer.user ?? '', name, token, position: this.#client.line.position };
      return resultOf(answer);
    });
    return { outcome, identity };
  }

  async close(): Promise<void> {
    await this.#client.close();
    this.#doors.close();
    this.#scribe.end();
  }

  #give(request: Request, id: string, timeoutMs: number): Promise<Answer> {
    return this.#client.line.command(request, { id, timeoutMs });
  }
}

/** The same registration must be the same to the last bit when it is asked again. */
const recoveryCodes = new Map<string, string>();
function newRecoveryCodeFor(id: string): string {
  const code = recoveryCodes.get(id) ?? newRecoveryCode(random);
  recoveryCodes.set(id, code);
  return code;
}

/** One run of one client of a user. */
export class RecordedUser<W extends Way = Doors> {
  readonly doors: W;
  readonly identity: Identity;
  readonly label: string;
  readonly #scribe: Scribe;
  readonly #client: UserClient;
  /** How long showing an item takes. */
  showMs = 0;
  #shown = 0;
  #order = 0;

  /** @param label names the log-in by which it is there. */
  constructor(recorder: Recorder, name: string, identity: Identity, label: string, doors: W) {
    this.identity = identity;
    this.label = label;
    this.doors = doors;
    this.#scribe = new Scribe(recorder, name, identity.user);
    this.#client = new UserClient(optionsFor(doors), identity);
  }

  get name(): string {
    return this.#scribe.client;
  }

  get position(): number {
    return this.#client.line.position;
  }

  /** Nothing can be asked any more: it was killed, or the border refused it. */
  get isOver(): boolean {
    return this.#scribe.isOver || this.#client.line.state === 'closed';
  }

  /** What the client says of its connection, now and at every change. */
  watchState(listener: (state: LineState) => void): void {
    const { line } = this.#client;
    line.watch(() => listener(line.state));
    listener(line.state);
  }

  /** As far as it was shown its queue. */
  get shown(): number {
    return this.#shown;
  }

  async follow(): Promise<void> {
    await this.#client.line.ready(connectMsMax);
    const { user, name } = this.identity;
    const whose = { client: this.name, user, name };
    this.#scribe.write({ type: 'follow', ...whose, delivers: true, followed_ms: this.#scribe.nowMs });
    await this.#client.follow((item) => this.#show(item));
  }

  /** Without a time-out it is tried for ever. */
  async send(to: string, text: string, id: string, timeoutMs?: number): Promise<Outcome> {
    const asked: Asked = { op: 'send', name: this.identity.name, id, args: { to, text } };
    const timing = timeoutMs === undefined ? {} : { timeoutMs };
    return await this.#scribe.call(asked, async () =>
      resultOf(await this.#client.send(to, text, { id, ...timing })),
    );
  }

  async changePassword(
    password: string,
    new_password: string,
    id: string,
    timeoutMs: number,
  ): Promise<Outcome> {
    const { name, token } = this.identity;
    const asked: Asked = { op: 'passwd', name, id, args: { password, new_password, token: this.label } };
    const tokenHash = hashToken(token);
    const request = { type: 'ChangePassword', password, newPassword: new_password, tokenHash } as const;
    return await this.#scribe.call(asked, async () =>
      resultOf(await this.#client.line.command(request, { id, timeoutMs })),
    );
  }

  async logOut(id: string, timeoutMs: number): Promise<Outcome> {
    const { name, token } = this.identity;
    const request = { type: 'LogOut', tokenHash: hashToken(token) } as const;
    return await this.#scribe.call({ op: 'logout', name, id, args: { token: this.label } }, async () =>
      resultOf(await this.#client.line.command(request, { id, timeoutMs })),
    );
  }

  async deleteAccount(id: string, timeoutMs: number): Promise<Outcome> {
    const { name } = this.identity;
    return await this.#scribe.call({ op: 'delete', name, id, args: { token: this.label } }, async () =>
      resultOf(await this.#client.line.command({ type: 'DeleteAccount' }, { id, timeoutMs })),
    );
  }

  /** A page of what was said in a session. */
  async read(session: string, after: number, timeoutMs: number): Promise<Outcome> {
    const asked: Asked = {
      op: 'read',
      name: this.identity.name,
      args: { what: 'transcript', session, after },
    };
    return await this.#scribe.call(asked, async () => {
      const request = { session, after, limit: pageSize };
      const { messages, next } = await this.#client.line.query('transcript', request, timeoutMs);
      return { messages, more: next !== null, position: this.position };
    });
  }

  /**
   * Every session of its user's, one after the other, as `verbatim replay` does. For when all is over.
   * @returns how many there were.
   */
  async playBack(timeoutMs: number): Promise<number> {
    const { name } = this.identity;
    const sessions = await collect(this.#client.sessions(null, timeoutMs));
    for (const { session } of sessions) {
      const asked: Asked = { op: 'read', name, args: { what: 'replay', session } };
      await this.#scribe.call(asked, async () => {
        const cues = cuesOf(await collect(this.#client.transcript(session, timeoutMs)), originalPace);
        const messages = cues.map(({ message, offsetMs }) => ({ ...message, offset_ms: offsetMs }));
        return { messages, position: this.position };
      });
    }
    return sessions.length;
  }

  async whoAmI(timeoutMs: number): Promise<Outcome> {
    const asked: Asked = { op: 'read', name: this.identity.name, args: { what: 'whoami' } };
    return await this.#scribe.call(asked, async () => {
      await this.#client.line.query('whoami', {}, timeoutMs);
      return { position: this.position };
    });
  }

  /** Whether there is nothing more to show. */
  async isCaughtUp(): Promise<boolean> {
    const { line } = this.#client;
    // Who was shown nothing may have come when all had been shown to others.
    const after = this.#shown || (await line.query('whoami', {}, connectMsMax)).shown;
    const { items } = await line.query('inbox', { after, limit: 1 }, connectMsMax);
    return items.length === 0;
  }

  /** As a user does who leaves. */
  async close(): Promise<void> {
    await this.#client.close();
    this.kill();
  }

  /** As `kill -9`: nothing is said to anybody, and nothing that comes is heard. */
  kill(): void {
    this.#scribe.end();
    this.doors.close();
    void this.#client.line.close().catch(() => undefined);
    void this.#client.close().catch(() => undefined);
  }

  async #show(item: ItemView): Promise<void> {
    if (this.showMs > 0) await new Promise((resolve) => setTimeout(resolve, this.showMs));
    if (this.#scribe.isOver) return;
    const { prev: _, ...shown } = item;
    const { user, name } = this.identity;
    this.#shown = item.item;
    this.#order += 1;
    const what = { client: this.name, user, name, order: this.#order, ...shown };
    this.#scribe.write({ type: 'deliver', ...what, delivered_ms: this.#scribe.nowMs } satisfies HistoryEvent);
  }
}

function resultOf({ position, session, user, duplicate }: Answer): Result {
  return {
    ...(position === undefined ? {} : { position }),
    ...(session === undefined ? {} : { session }),
    ...(user === undefined ? {} : { user }),
    ...(duplicate === undefined ? {} : { duplicate }),
  };
}
