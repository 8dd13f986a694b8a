/** The SDK's clients, with everything that they are asked, told and shown written down. */
import type { MessageRead, Result } from '../checkers/history.ts';
import type { Answer, GuestClient, Identity, ItemView, MessageView, UserClient } from '../client/client.ts';
import type { Request } from '../client/line.ts';
import type { Random } from '../events/ids.ts';
import { hashToken, newRecoveryCode, newToken } from '../events/tokens.ts';
import type { Asked, Outcome, Scribe } from './scribe.ts';

const pageSizeMax = 200;

/** A log-in: who one is by it, and what names it in histories, where no token may stand. */
export interface Login {
  readonly identity: Identity;
  readonly label: string;
}

/** Somebody who is not logged in. */
export class RecordedGuest {
  readonly #client: GuestClient;
  readonly #scribe: Scribe;
  readonly #random: Random;
  /** By id: the same registration must be the same to the last bit when it is asked again. */
  readonly #recoveryHashes = new Map<string, string>();

  constructor(client: GuestClient, scribe: Scribe, random: Random) {
    this.#client = client;
    this.#scribe = scribe;
    this.#random = random;
  }

  async ready(timeoutMs: number): Promise<void> {
    await this.#client.line.ready(timeoutMs);
  }

  /** Under an id of the caller's making, so that it can be asked again. */
  async register(name: string, password: string, id: string, timeoutMs: number): Promise<Outcome> {
    const recoveryHash = this.#recoveryHashes.get(id) ?? hashToken(newRecoveryCode(this.#random));
    this.#recoveryHashes.set(id, recoveryHash);
    const asked: Asked = { op: 'register', name, id, args: { password } };
    return await this.#scribe.call(asked, async () =>
      resultOf(await this.#give({ type: 'Register', name, password, recoveryHash }, id, timeoutMs)),
    );
  }

  /** @returns undefined where the answer was no, or none. @param label unlike every other log-in's. */
  async logIn(name: string, password: string, label: string, timeoutMs: number): Promise<Login | undefined> {
    const token = newToken(this.#random);
    let identity: Identity | undefined;
    const asked: Asked = { op: 'login', name, id: `l-${label}`, args: { password, token: label } };
    await this.#scribe.call(asked, async () => {
      const request = { type: 'LogIn', name, password, tokenHash: hashToken(token) } as const;
      const answer = await this.#give(request, `l-${label}`, timeoutMs);
      identity = { user: answer.user ?? '', name, token, position: this.#client.line.position };
      return resultOf(answer);
    });
    return identity && { identity, label };
  }

  async close(): Promise<void> {
    await this.#client.close();
    this.#scribe.end();
  }

  #give(request: Request, id: string, timeoutMs: number): Promise<Answer> {
    return this.#client.line.command(request, { id, timeoutMs });
  }
}

/** One run of one client of a user. */
export class RecordedUser {
  readonly login: Login;
  readonly #client: UserClient;
  readonly #scribe: Scribe;
  #shown = 0;
  #order = 0;

  constructor(client: UserClient, scribe: Scribe, login: Login) {
    this.login = login;
    this.#client = client;
    this.#scribe = scribe;
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

  /** As far as it was shown its queue. */
  get shown(): number {
    return this.#shown;
  }

  /** @param show what counts as shown once it has happened. @throws {Unanswered} {Refused} */
  async follow(timeoutMs: number, show: (item: ItemView) => Promise<void> | void): Promise<void> {
    await this.#client.line.ready(timeoutMs);
    this.#scribe.write({
      type: 'follow',
      ...this.#whose(),
      delivers: true,
      followed_ms: this.#scribe.nowMs,
    });
    await this.#client.follow(async (item) => {
      await show(item);
      this.#noteShown(item);
    });
  }

  /** Without a time-out it is tried for ever. */
  async send(
    to: string | { readonly session: string },
    text: string,
    id: string,
    timeoutMs?: number,
  ): Promise<Outcome> {
    const timing = timeoutMs === undefined ? {} : { timeoutMs };
    const args = typeof to === 'string' ? { to, text } : { session: to.session, text };
    return await this.#scribe.call({ op: 'send', ...this.#about(id), args }, async () =>
      resultOf(await this.#client.send(to, text, { id, ...timing })),
    );
  }

  async openGroup(
    members: readonly string[],
    topic: string,
    id: string,
    timeoutMs: number,
  ): Promise<Outcome> {
    return await this.#command(
      { op: 'group', ...this.#about(id), args: { what: 'open', members: [...members], topic } },
      { type: 'OpenGroup', members: [...members], topic },
      { id, timeoutMs },
    );
  }

  async invite(session: string, name: string, id: string, timeoutMs: number): Promise<Outcome> {
    return await this.#command(
      { op: 'group', ...this.#about(id), args: { what: 'invite', session, members: [name] } },
      { type: 'Invite', session, name },
      { id, timeoutMs },
    );
  }

  async leave(session: string, id: string, timeoutMs: number): Promise<Outcome> {
    return await this.#command(
      { op: 'group', ...this.#about(id), args: { what: 'leave', session } },
      { type: 'LeaveGroup', session },
      { id, timeoutMs },
    );
  }

  async changePassword(
    password: string,
    newPassword: string,
    id: string,
    timeoutMs: number,
  ): Promise<Outcome> {
    const args = { password, new_password: newPassword, token: this.login.label };
    const tokenHash = hashToken(this.login.identity.token);
    return await this.#command(
      { op: 'passwd', ...this.#about(id), args },
      { type: 'ChangePassword', password, newPassword, tokenHash },
      { id, timeoutMs },
    );
  }

  async logOut(id: string, timeoutMs: number): Promise<Outcome> {
    const tokenHash = hashToken(this.login.identity.token);
    return await this.#command(
      { op: 'logout', ...this.#about(id), args: { token: this.login.label } },
      { type: 'LogOut', tokenHash },
      { id, timeoutMs },
    );
  }

  async deleteAccount(id: string, timeoutMs: number): Promise<Outcome> {
    const tokenHash = hashToken(this.login.identity.token);
    return await this.#command(
      { op: 'delete', ...this.#about(id), args: { token: this.login.label } },
      { type: 'DeleteAccount', tokenHash },
      { id, timeoutMs },
    );
  }

  /** A page of what was said in a session. */
  async read(session: string, after: number, timeoutMs: number, limit = pageSizeMax): Promise<Outcome> {
    const { name } = this.login.identity;
    const asked: Asked = { op: 'read', name, args: { what: 'transcript', session, after } };
    return await this.#scribe.call(asked, async () => {
      const page = await this.#client.line.query('transcript', { session, after, limit }, timeoutMs);
      return { messages: readsOf(page.messages), more: page.next !== null, position: this.position };
    });
  }

  /** Who one is, and up to where one's queue was shown. */
  async whoAmI(timeoutMs: number): Promise<Outcome> {
    const { name } = this.login.identity;
    return await this.#scribe.call({ op: 'read', name, args: { what: 'whoami' } }, async () => {
      const { shown } = await this.#client.line.query('whoami', {}, timeoutMs);
      return { shown, position: this.position };
    });
  }

  /** Where the queue ends. */
  async lookIntoInbox(timeoutMs: number): Promise<Outcome> {
    const { name } = this.login.identity;
    return await this.#scribe.call({ op: 'read', name, args: { what: 'inbox' } }, async () => {
      const { last } = await this.#client.line.query('inbox', { after: null, limit: 1 }, timeoutMs);
      return { last, position: this.position };
    });
  }

  /** Whether there is nothing more to show. */
  async isCaughtUp(timeoutMs: number): Promise<boolean> {
    const { line } = this.#client;
    // Who was shown nothing may have come when all had been shown to others.
    const after = this.#shown || (await line.query('whoami', {}, timeoutMs)).shown;
    const { items } = await line.query('inbox', { after, limit: 1 }, timeoutMs);
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
    void this.#client.line.close().catch(() => undefined);
    void this.#client.close().catch(() => undefined);
  }

  async #command(
    asked: Asked,
    request: Request,
    options: { id: string; timeoutMs: number },
  ): Promise<Outcome> {
    return await this.#scribe.call(asked, async () =>
      resultOf(await this.#client.line.command(request, options)),
    );
  }

  #about(id: string) {
    return { name: this.login.identity.name, id };
  }

  #whose() {
    const { user, name } = this.login.identity;
    return { client: this.name, user, name };
  }

  #noteShown({ prev: _, conversation: __, members: ___, ...shown }: ItemView): void {
    if (this.#scribe.isOver) return;
    this.#shown = shown.item;
    this.#order += 1;
    const what = { ...this.#whose(), order: this.#order, ...shown };
    this.#scribe.write({ type: 'deliver', ...what, delivered_ms: this.#scribe.nowMs });
  }
}

/** As the checkers compare it: what was said, without who came and went. */
export function readsOf(entries: readonly MessageView[]): MessageRead[] {
  return entries
    .filter(({ kind }) => kind === 'message')
    .map(({ id, session, from, text, at, position }) => ({ id, session, from, text, at, position }));
}

function resultOf({ position, session, user, duplicate }: Answer): Result {
  return {
    ...(position === undefined ? {} : { position }),
    ...(session === undefined ? {} : { session }),
    ...(user === undefined ? {} : { user }),
    ...(duplicate === undefined ? {} : { duplicate }),
  };
}
