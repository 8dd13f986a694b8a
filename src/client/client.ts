/**
 * The client SDK: what every front end uses to reach Verbatim. A guest can register and log in; a user does the rest.
 */
import { newId } from '../events/ids.ts';
import { limits } from '../events/limits.ts';
import { hashToken } from '../events/tokens.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, every, within } from '../ports/clock.ts';
import type { Answer } from '../protocol/answers.ts';
import type { QueryAnswer, QueryRequest } from '../protocol/queries.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import {
  type ItemView,
  type MessageView,
  type Push,
  pushSchema,
  type SessionView,
  type UserView,
} from '../protocol/views.ts';
import { Conversations } from './conversations.ts';
import { Deliveries, type Delivers } from './deliveries.ts';
import { Refused, Unanswered } from './errors.ts';
import { type ClientOptions, GuestClient, type Identity, noted, timing } from './guest.ts';
import { Line, type LineState } from './line.ts';
import { Matches } from './matches.ts';
import { openToInspectors } from './open-to-inspectors.ts';
import { isSameName } from './rules.ts';

export type { Answer, ItemView, LineState, MessageView, SessionView, UserView };
export { type ClientOptions, GuestClient, type Identity };

const pageSize = 200;
/** Well within the 10 s after which the leader counts a silent client as gone. */
const pingMs = 3_000;
const goodByeMs = 2_000;

export class UserClient {
  readonly line: Line;
  readonly conversations: Conversations;
  readonly matches: Matches;
  readonly #clock: Clock;
  readonly #user: string;
  readonly #tokenHash: string;
  readonly #stops: { stop(): void }[] = [];
  #deliveries: Deliveries | undefined;
  #isAttached = false;

  constructor(
    { clock, random, link, slowedDown = noted }: ClientOptions,
    { user, token, position, cluster }: Identity,
  ) {
    const introduction = { as: 'user', user, position, cluster } as const;
    this.#clock = clock;
    this.#user = user;
    this.#tokenHash = hashToken(token);
    const client = newId('c-', random);
    const dial = () => link(introduction, token);
    const linked = (bus: Bus) => openToInspectors({ bus, clock, user, client, actor: this.line.actor });
    this.line = new Line({ introduction, client, clock, random, link: dial, slowedDown, linked });
    this.conversations = new Conversations(this.line, clock, user);
    this.matches = new Matches(this.line, user, client, this.conversations);
  }

  /**
   * Resolves when the message is committed. Without `timeoutMs` it is tried for ever.
   * @param to a user's name, or a session of one's own: a group, or any of a pair's.
   */
  async send(
    to: string | { readonly session: string },
    text: string,
    options: { id?: string; timeoutMs?: number } = {},
  ): Promise<Answer> {
    if (Buffer.byteLength(text) > limits.textBytesMax) {
      throw new Refused('too-large', `A message has at most ${limits.textBytesMax} bytes.`);
    }
    const addressee = typeof to === 'string' ? { to } : { session: to.session };
    return await this.line.command({ type: 'PostMessage', ...addressee, text }, options);
  }

  async changePassword(password: string, newPassword: string, timeoutMs?: number): Promise<void> {
    const request = { type: 'ChangePassword', password, newPassword, tokenHash: this.#tokenHash } as const;
    await this.line.command(request, timing(timeoutMs));
  }

  async logOut(timeoutMs?: number): Promise<void> {
    await this.line.command({ type: 'LogOut', tokenHash: this.#tokenHash }, timing(timeoutMs));
  }

  /** Ends every log-in of the account, this one included. */
  async logOutEverywhere(timeoutMs?: number): Promise<void> {
    await this.line.command({ type: 'LogOutEverywhere', tokenHash: this.#tokenHash }, timing(timeoutMs));
  }

  async deleteAccount(timeoutMs?: number): Promise<void> {
    await this.line.command({ type: 'DeleteAccount', tokenHash: this.#tokenHash }, timing(timeoutMs));
  }

  async whoAmI(timeoutMs?: number): Promise<QueryAnswer<'whoami'>> {
    return await this.line.query('whoami', {}, timeoutMs);
  }

  /** Whoever has that name, in any spelling. */
  async user(name: string, timeoutMs?: number): Promise<UserView | undefined> {
    const request = { prefix: name, after: null, limit: 1 };
    const [first] = (await this.line.query('users', request, timeoutMs)).users; // by name, so the shortest comes first
    return first && isSameName(first.name, name) ? first : undefined;
  }

  /** @throws {Refused} `unknown-user`. */
  async whois(name: string, timeoutMs?: number): Promise<QueryAnswer<'whois'>> {
    return await this.line.query('whois', { name }, timeoutMs);
  }

  /** Everybody whose name begins with `prefix`, by name. */
  async *users(prefix: string, timeoutMs?: number): AsyncGenerator<UserView> {
    let after: string | null = null;
    for (;;) {
      const page: QueryAnswer<'users'> = await this.line.query(
        'users',
        { prefix, after, limit: pageSize },
        timeoutMs,
      );
      yield* page.users;
      after = page.users.at(-1)?.name ?? null;
      if (!page.more || after === null) return;
    }
  }

  /** The user's own sessions, or those with one other user, oldest first. */
  async *sessions(other: string | null, timeoutMs?: number): AsyncGenerator<SessionView> {
    let after: number | null = 0;
    while (after !== null) {
      const request: QueryRequest<'sessions'> = { with: other, after, limit: pageSize };
      const page: QueryAnswer<'sessions'> = await this.line.query('sessions', request, timeoutMs);
      yield* page.sessions;
      after = page.next;
    }
  }

  /** What was said in a session, oldest first, after a position. */
  async *transcript(
    session: string,
    timeoutMs?: number,
    from = 0,
    mayAsk: () => Promise<boolean> = async () => true,
  ): AsyncGenerator<MessageView> {
    let after: number | null = from;
    while (after !== null && (await mayAsk())) {
      const request: QueryRequest<'transcript'> = { session, after, limit: pageSize };
      const page: QueryAnswer<'transcript'> = await this.line.query('transcript', request, timeoutMs);
      yield* page.messages;
      after = page.next;
    }
  }

  /**
   * Comes online and shows the queue, item by item, and whatever is added to it, until the client is closed.
   * @param delivers `taken`: an item counts as delivered when `taken` says so, by whoever passes it on.
   */
  async follow(
    show: (item: ItemView) => Promise<void> | void,
    delivers: 'shown' | 'taken' = 'shown',
  ): Promise<void> {
    const { shown } = await this.line.query('whoami', {});
    const deliveries = this.#newDeliveries(shown, show, delivers);
    this.#deliveries = deliveries;
    let epochBefore: number | undefined = this.line.leader.epoch;
    this.#stops.push(
      this.line.link.subscribe(clientSubjects.push(this.#user), ({ data }) => this.#heardPush(data)),
      this.line.watch(() => {
        const epoch = this.line.state === 'ready' ? this.line.leader.epoch : undefined;
        if (epoch !== undefined && epoch !== epochBefore) deliveries.catchUp(); // pushes may have been missed meanwhile
        epochBefore = epoch;
      }),
    );
    await this.attend();
    deliveries.catchUp();
  }

  /** Comes online until the client is closed; what waits in the queue is left there. */
  async attend(): Promise<void> {
    this.#isAttached = true;
    this.#stops.push(every(this.#clock, pingMs, () => void this.#ping()));
    await this.#comeOnline();
  }

  /** Items up to that place in the queue arrived where they were passed on to. */
  taken(upTo: number): void {
    this.#deliveries?.taken(upTo);
  }

  /** Shows what the queue holds now, once; with `peek` nothing counts as delivered. */
  async showInbox(show: (item: ItemView) => Promise<void> | void, peek: boolean): Promise<void> {
    const { shown } = await this.line.query('whoami', {});
    const deliveries = this.#newDeliveries(shown, show, peek ? 'nothing' : 'shown');
    this.#deliveries = deliveries;
    deliveries.catchUp();
    await deliveries.settled();
  }

  /** Acknowledges what was shown, says good-bye, ends. Commands without an answer are given up. */
  async close(): Promise<void> {
    for (const part of this.#stops.splice(0)) part.stop();
    if (this.#isAttached) await within(this.#clock, goodByeMs, this.#sayGoodBye()).catch(() => undefined);
    this.#deliveries?.stop();
    await this.line.close();
  }

  /** Worth waiting for the next leader: what is not acknowledged is shown once more. */
  async #sayGoodBye(): Promise<void> {
    this.#isAttached = false;
    await this.line.ready();
    await this.#deliveries?.settled();
    await this.line.command({ type: 'GoOffline' });
  }

  #newDeliveries(
    shown: number,
    show: (item: ItemView) => Promise<void> | void,
    delivers: Delivers,
  ): Deliveries {
    return new Deliveries({
      clock: this.#clock,
      shown,
      show,
      delivers,
      read: (after) => this.#readQueue(after),
      markShown: (upTo) => this.#markShown(upTo),
    });
  }

  /** A page of whole items: what came back after a deletion is one item, however much it is. */
  async #readQueue(after: number): Promise<ItemView[]> {
    const views: ItemView[] = [];
    for (;;) {
      const { items, cut } = await this.line.query('inbox', { after, skip: views.length, limit: pageSize });
      views.push(...items);
      if (!cut) return views;
    }
  }

  /** Another client of the same user may have marked it already: then it is done as well. */
  async #markShown(upTo: number): Promise<void> {
    await this.line.command({ type: 'MarkShown', upTo }).catch((error: unknown) => {
      if (error instanceof Unanswered) throw error;
    });
  }

  #heardPush(data: Uint8Array): void {
    const push = pushSchema.safeParse(JSON.parse(Buffer.from(data).toString()));
    if (push.success) this.#pushed(push.data);
    else this.#deliveries?.catchUp();
  }

  #pushed(push: Push): void {
    this.line.saw(push.last);
    this.#deliveries?.pushed(push);
  }

  /**
   * A leader that does not count this client as online was not told, or gave it up while it was silent. A queue that
   * reaches further than what was shown means that a push was lost: on the way, or with the leader before.
   */
  async #ping(): Promise<void> {
    const reply = await this.line.ping();
    this.#pushed({ items: [], last: reply?.queue ?? 0 });
    if (reply?.attached === false) await this.#comeOnline();
  }

  async #comeOnline(): Promise<void> {
    await this.line.command({ type: 'ComeOnline' }, { timeoutMs: pingMs }).catch(() => undefined);
  }
}
