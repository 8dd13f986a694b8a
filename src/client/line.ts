/**
 * The line: one client's connection, kept up for it.
 *
 * It is bound to the client machine, which knows whether commands can be given now. It follows the leader by what the
 * nodes announce, sends again what has no answer, and carries the highest position seen, so that no read ever shows an
 * older state (P7).
 */
import { type ActorRefFrom, createActor } from 'xstate';
import { type ClientEvent, clientMachine } from '../actors/client/machine.ts';
import { codecError, parseJson } from '../events/codec.ts';
import { type ClientCommand, commandId } from '../events/commands.ts';
import { newId, type Random } from '../events/ids.ts';
import { LamportClock } from '../events/lamport.ts';
import { NobodyThere, type Subscription } from '../ports/bus.ts';
import { type Clock, delay, machineClock } from '../ports/clock.ts';
import { type Answer, type Reply, replySchema } from '../protocol/answers.ts';
import type { QueryAnswer, QueryName, QueryRequest } from '../protocol/queries.ts';
import { clientSubjects, type Introduction, leaderNoticeSchema } from '../protocol/subjects.ts';
import { Refused, Unanswered } from './errors.ts';
import type { Link } from './link.ts';
import { Outbox } from './outbox.ts';
import { Questions } from './questions.ts';

export interface LineOptions {
  readonly introduction: Introduction;
  /** Tells this client from others of the same user. */
  readonly client: string;
  /** @throws {Refused} when the border refuses this client. @throws when no server can be reached. */
  link(): Promise<Link>;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of each connection; stopped before that ends. */
  linked?(link: Link): Subscription;
  /** Told when the leader asks for patience: everything without an answer is sent again after so long, by itself. */
  slowedDown(retryAfterMs: number): void;
}

export type LineState = 'connecting' | 'disconnected' | 'authenticating' | 'leaderless' | 'ready' | 'closed';

/** A command without its id, which the line gives. */
export type Request = ClientCommand extends infer C
  ? C extends ClientCommand
    ? Omit<C, 'id'>
    : never
  : never;

const findLeaderMs = 100;
const pingTimeoutMs = 1_000;
const whyNobodyAnswers: Readonly<Partial<Record<LineState, string>>> = {
  connecting: 'nobody answers',
  disconnected: 'no server answers',
  authenticating: 'no node answers',
  leaderless: 'there is no leader at present',
};

export class Line {
  readonly #options: LineOptions;
  readonly #actor: ActorRefFrom<typeof clientMachine>;
  readonly #lamport = new LamportClock();
  readonly #subject: string;
  readonly #questions: Questions;
  #link: Link | undefined;
  #linked: Subscription | undefined;
  #outbox: Outbox | undefined;
  #position: number;
  #lagMs: number | undefined;

  constructor(options: LineOptions) {
    const { clock, introduction, client } = options;
    const isUser = introduction.as === 'user';
    this.#options = options;
    this.#questions = new Questions({
      clock,
      bus: () => this.link,
      position: () => this.#position,
      saw: (position) => this.saw(position),
      whyClosed: () => (this.state === 'closed' ? this.#whyClosed() : undefined),
      tooLate: () => this.#tooLate(),
    });
    this.#position = isUser ? introduction.position : 0;
    this.#subject = clientSubjects.commands(isUser ? introduction.user : introduction.guest, client);
    const work = {
      connect: () => this.#connect(),
      authenticate: () => this.#authenticate(),
      findLeader: (signal: AbortSignal) => this.#findLeader(signal),
    };
    this.#actor = createActor(clientMachine, { clock: machineClock(clock), input: work });
    let before = this.state;
    this.#actor.subscribe(() => {
      if (this.state === 'ready' && before !== 'ready') this.#outbox?.resend();
      before = this.state;
    });
    this.#actor.subscribe({ complete: () => void this.#hangUp() });
    this.#actor.start();
  }

  get state(): LineState {
    return this.#actor.getSnapshot().value;
  }

  get leader(): { readonly id: string | null; readonly epoch: number } {
    const { leader, epoch } = this.#actor.getSnapshot().context;
    return { id: leader, epoch };
  }

  /** The machine as it runs, for those who only look. */
  get actor(): ActorRefFrom<typeof clientMachine> {
    return this.#actor;
  }

  /** The highest position seen: to be given to the next client of the same user. */
  get position(): number {
    return this.#position;
  }

  /** The link, for subscriptions. @throws {Unanswered} before there is one. */
  get link(): Link {
    if (!this.#link) throw new Unanswered('not-sent', 'not connected');
    return this.#link;
  }

  /** The address of the server in use. */
  get server(): string | undefined {
    return this.#link?.server?.();
  }

  /** How long the leader's last sign of life took; undefined before there was one. */
  get lagMs(): number | undefined {
    return this.#lagMs;
  }

  /** Why the line closed by itself. */
  get problem(): Error | undefined {
    return this.#actor.getSnapshot().context.problem;
  }

  /** Told of every change of state or leader. */
  watch(listener: () => void): { stop(): void } {
    const subscription = this.#actor.subscribe(listener);
    return { stop: () => subscription.unsubscribe() };
  }

  /**
   * Resolves when commands can be given; without `timeoutMs` it waits for ever.
   * @throws {Refused} at the border, {Unanswered} after `timeoutMs`.
   */
  async ready(timeoutMs?: number): Promise<void> {
    await this.#until((state) => state === 'ready', timeoutMs);
  }

  /** Resolves when questions can be asked, which any node answers. Otherwise as `ready`. */
  async connected(timeoutMs?: number): Promise<void> {
    await this.#until((state) => state === 'leaderless' || state === 'ready', timeoutMs);
  }

  /**
   * Has a command decided, once and for ever, under `id`.
   * @throws {Refused} as the log says, {Unanswered} when nobody answered within `timeoutMs` (if given).
   */
  async command(request: Request, options: { id?: string; timeoutMs?: number } = {}): Promise<Answer> {
    const id = options.id ?? newId('m-', this.#options.random);
    const { error } = commandId.safeParse(id);
    // The next batch would name it as the one before, and be refused for it.
    if (error) throw new Refused('malformed', codecError(error).message);
    if (!this.#outbox || this.state === 'closed') throw new Unanswered('not-sent', 'not connected');
    try {
      const answer = await this.#outbox.give({ ...request, id } as ClientCommand, options.timeoutMs);
      this.saw(answer.position ?? 0);
      return answer;
    } catch (error) {
      if (error instanceof Refused) this.saw(error.position ?? 0);
      throw error;
    }
  }

  /** @throws {Refused}, {Unanswered}. */
  async query<Q extends QueryName>(
    name: Q,
    request: QueryRequest<Q>,
    timeoutMs = 10_000,
  ): Promise<QueryAnswer<Q>> {
    const { introduction } = this.#options;
    if (introduction.as !== 'user') throw new Refused('not-logged-in', 'Guests cannot ask for that.');
    return await this.#questions.ask(introduction.user, name, request, timeoutMs);
  }

  /** Asks the leader for a sign of life, and tells it of this client's. @returns undefined when nobody answered. */
  async ping(): Promise<Reply | undefined> {
    const payload = JSON.stringify({ after: null, clock: this.#lamport.tick(), commands: [] });
    const { clock } = this.#options;
    const askedMs = clock.monotonicMs();
    try {
      const data = await this.link.request(this.#subject, payload, pingTimeoutMs);
      this.#lagMs = clock.monotonicMs() - askedMs;
      return replySchema.parse(parseJson(Buffer.from(data).toString()));
    } catch (error) {
      if (error instanceof NobodyThere) this.#send({ type: 'LEADER_LOST' });
      return undefined;
    }
  }

  saw(position: number): void {
    this.#position = Math.max(this.#position, position);
  }

  async close(): Promise<void> {
    this.#send({ type: 'CLOSE' });
    await this.#hangUp();
  }

  /** However the line was closed: nobody goes on waiting for it. */
  async #hangUp(): Promise<void> {
    this.#outbox?.close(this.problem?.message ?? 'the client was closed');
    this.#linked?.stop();
    await this.#link?.close();
  }

  /** What is heard after the end changes nothing. */
  #send(event: ClientEvent): void {
    if (this.state !== 'closed') this.#actor.send(event);
  }

  async #connect(): Promise<void> {
    const { clock, link: dial } = this.#options;
    const link = await dial();
    if (this.state === 'closed') return await link.close();
    this.#link = link;
    this.#outbox = new Outbox({
      bus: link,
      clock,
      lamport: this.#lamport,
      subject: this.#subject,
      isReady: () => this.state === 'ready',
      leaderLost: () => this.#send({ type: 'LEADER_LOST' }),
      slowedDown: (retryAfterMs) => this.#options.slowedDown(retryAfterMs),
    });
    link.onStatus((connected) => this.#send({ type: connected ? 'CONNECTED' : 'DISCONNECTED' }));
    link.onRefused?.((problem) => this.#send({ type: 'REFUSED', problem }));
    link.subscribe(clientSubjects.leader, ({ data }) => this.#heardOfLeader(data));
    this.#linked = this.#options.linked?.(link);
  }

  async #authenticate(): Promise<void> {
    if (this.#options.introduction.as === 'user') await this.query('whoami', {}, Number.POSITIVE_INFINITY);
  }

  async #findLeader(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await this.ping())?.answers) await delay(this.#options.clock, findLeaderMs);
  }

  #heardOfLeader(data: Uint8Array): void {
    const notice = leaderNoticeSchema.safeParse(JSON.parse(Buffer.from(data).toString())).data;
    if (!notice) return;
    if (notice.leader === null) {
      if (notice.epoch >= this.leader.epoch) this.#send({ type: 'LEADER_LOST' }); // else of a node that lags behind
      return;
    }
    const isNew = notice.epoch > this.leader.epoch;
    this.#send({ type: 'LEADER_FOUND', leader: notice.leader, epoch: notice.epoch });
    if (isNew) this.#outbox?.resend(); // whatever the old leader was given and did not answer
  }

  async #until(isReached: (state: LineState) => boolean, timeoutMs: number | undefined): Promise<void> {
    const { clock } = this.#options;
    let stop = () => {};
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (this.state === 'closed') reject(this.#whyClosed());
        else if (isReached(this.state)) resolve();
      };
      const tooLate = () => reject(this.#tooLate());
      const timer = timeoutMs === undefined ? undefined : clock.setTimeout(tooLate, timeoutMs);
      const watch = this.#actor.subscribe({ next: look, complete: look });
      stop = () => {
        clock.clearTimeout(timer);
        watch.unsubscribe();
      };
      look();
    }).finally(() => stop());
  }

  #whyClosed(): Error {
    return this.problem ?? new Unanswered('not-sent', 'the client was closed');
  }

  #tooLate(): Unanswered {
    return new Unanswered('not-sent', whyNobodyAnswers[this.state] ?? 'nobody answered in time');
  }
}
