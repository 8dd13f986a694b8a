/** What a leader does for the chat: the desk, and around it who is there, what is pushed and what is put away. */

import type { MatchCommand } from '../actors/match/decide.ts';
import { ActorRegistry } from '../actors/registry.ts';
import type { SessionState } from '../actors/session/state.ts';
import { clientId } from '../events/commands.ts';
import type { DomainEvent, Fact } from '../events/domain.ts';
import type { Random } from '../events/ids.ts';
import { refusal } from '../events/refusals.ts';
import type { Bus, BusMessage, Subscription } from '../ports/bus.ts';
import { type Clock, every } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { type Metrics, noMetrics } from '../ports/metrics.ts';
import type { Passwords } from '../ports/passwords.ts';
import { mailboxes, online, sessions, users } from '../projections/tables.ts';
import type { Reply } from '../protocol/answers.ts';
import { clientSubjects, parseSubject } from '../protocol/subjects.ts';
import type { HeldFrame } from '../replication/held-frames.ts';
import type { LeaderService, Leadership } from '../replication/leadership.ts';
import type { Replica } from '../replication/replica.ts';
import { Attempts } from './attempts.ts';
import { Decider, type Sender } from './decider.ts';
import { Desk } from './desk.ts';
import { Frames } from './frames.ts';
import { commandLimits, Intake } from './intake.ts';
import { Notices } from './notices.ts';
import { passwordsInTurns } from './paced-passwords.ts';
import { Courts } from './pong/courts.ts';
import type { HeardPlay } from './pong/heard-play.ts';
import { Presence } from './presence.ts';
import { pushItems } from './pusher.ts';
import { Buckets, type SendRate } from './send-rate.ts';
import { Unexpected } from './unexpected.ts';

export interface ChatOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly passwords: Passwords;
  readonly sessionGapMs: number;
  /** How long a log-in lasts. */
  readonly logInMs: number;
  readonly sendRate: SendRate;
  readonly journal: Journal;
  readonly metrics?: Metrics;
  /** What this node heard of matches before it led; without it they go on from the log. */
  readonly heard?: HeardPlay | undefined;
  /** Somebody asks for more than any client needs. */
  banish?(speaker: string): void;
}

const sweepMs = 1_000;
const idleActorMs = 5 * 60_000;
const quietAfterMs = 5 * 60_000;
const sessionsPerSweep = 500;

/** The store was closed under a look at its rows: this leader is being stopped. */
const ignoreEnd = () => undefined;

export class ChatLeader implements LeaderService {
  readonly #options: ChatOptions;
  readonly #leadership: Leadership;
  readonly #replica: Replica;
  readonly #registry: ActorRegistry;
  readonly #decider: Decider;
  readonly #desk: Desk;
  readonly #buckets: Buckets;
  readonly #presence: Presence;
  readonly #notices: Notices;
  readonly #intake: Intake;
  readonly #courts: Courts;
  readonly #commands: Subscription;
  readonly #sweeping: Subscription;
  /** Key of the session row that the sweep for quiet ones looked at last. */
  #sweptUpTo = '';
  #stopped = false;

  constructor(leadership: Leadership, replica: Replica, options: ChatOptions) {
    const { bus, clock, random, sessionGapMs, logInMs } = options;
    const rows = () => leadership.appender.rows;
    const nowMs = () => clock.monotonicMs();
    this.#options = options;
    this.#leadership = leadership;
    this.#replica = replica;
    this.#registry = new ActorRegistry(rows, nowMs);
    const banish = (speaker: string) => options.banish?.(speaker);
    const frames = new Frames(leadership.copy.store);
    this.#courts = new Courts({
      leadership,
      registry: this.#registry,
      frames,
      heard: options.heard,
      bus,
      clock,
      journal: options.journal,
      metrics: options.metrics ?? noMetrics,
      record: (decisions) => this.#recordMatches(decisions),
      banish,
    });
    const given = { courts: this.#courts, sessionGapMs, logInMs };
    this.#decider = new Decider({ registry: this.#registry, rows, random, ...given });
    this.#presence = new Presence(clock);
    this.#notices = new Notices({ bus, clock, copy: leadership.copy, presence: this.#presence });
    this.#intake = new Intake({ clock, limits: commandLimits, banish });
    this.#buckets = new Buckets(options.sendRate, nowMs);
    this.#desk = new Desk({
      leadership,
      decider: this.#decider,
      ...passwordsInTurns(options.passwords, nowMs),
      stamps: replica.stamps,
      frames,
      attempts: new Attempts(nowMs),
      buckets: this.#buckets,
      unexpected: new Unexpected(options.journal),
    });
    this.#knowWhoIsOnline().catch(ignoreEnd);
    this.#courts.begin();
    this.#commands = bus.subscribe(clientSubjects.allCommands, (message) => this.#receive(message));
    this.#sweeping = every(clock, sweepMs, () => void this.#sweep().catch(ignoreEnd));
  }

  /** Attached clients. */
  get clients(): number {
    return this.#presence.clients;
  }

  committed(frames: readonly HeldFrame[]): void {
    for (const { layer } of frames) {
      for (const key of layer.changed.keys())
        if (key.startsWith(users.key(''))) this.#presence.know(layer, users.rest(key));
    }
    pushItems(frames, this.#presence, this.#options.bus);
    this.#notices.committed(frames);
    this.#courts.committed(frames);
    this.#desk.committed(this.#leadership.committed);
  }

  resign(): void {
    this.#courts.resign();
    this.#commands.stop();
    this.#sweeping.stop();
  }

  stop(): void {
    this.#stopped = true;
    this.resign();
    this.#desk.stop();
    this.#intake.stop();
    this.#notices.stop();
    this.#courts.stop();
    this.#registry.putAway(0);
  }

  #receive(message: BusMessage): void {
    const { speaker: id, last: client } = parseSubject(message.subject);
    const outcome = this.#intake.offer(id, message.data.length, () => this.#take({ id, client }, message));
    if (outcome === 'ignored') return; // before anything else is done for it
    this.#presence.heard(id, client);
    if (outcome === 'put-off') this.#respond({ id, client }, message, { refused: refusal('not-now') });
  }

  /** @returns how many commands it held. */
  #take(sender: Sender, message: BusMessage): number {
    if (!clientId.safeParse(sender.client).success) return 1; // the SDK never names itself so, and nothing is kept under such a name
    const respond = (reply: Omit<Reply, 'clock'>) => this.#respond(sender, message, reply);
    const { clock, commands } = this.#desk.handle(sender, message.data, respond);
    this.#replica.lamport.receive(clock);
    return commands;
  }

  #respond({ id, client }: Sender, message: BusMessage, reply: Omit<Reply, 'clock'>): void {
    count(reply, this.#options.metrics ?? noMetrics);
    if (!message.expectsAnswer) return;
    const attached = this.#presence.isAttached(id, client);
    const queue = mailboxes.get(this.#leadership.copy.rows, id)?.last[0] ?? 0;
    const clock = this.#replica.lamport.value;
    message.respond(JSON.stringify({ clock, attached, queue, ...reply } satisfies Reply));
  }

  async #knowWhoIsOnline(): Promise<void> {
    const { store, rows } = this.#leadership.copy;
    const found = await store.rangeRows({ from: online.key(''), to: online.key('~') });
    for (const [key] of found) {
      const user = online.rest(key);
      this.#notices.know(user);
      if (!this.#presence.isOnline(user)) this.#presence.know(rows, user);
    }
  }

  async #sweep(): Promise<void> {
    const at = this.#replica.stamps.now();
    for (const { user, client } of this.#presence.silent()) {
      this.#record(this.#decider.decide({ id: user, client }, { type: 'GoOffline', id: '' }, at), at);
    }
    this.#registry.putAway(idleActorMs);
    this.#buckets.sweep();
    this.#intake.sweep();
    this.#courts.sweep(at);
    await this.#quietSessions();
  }

  /** Looks through some sessions in each turn; nobody minds whether one falls quiet a little later. */
  async #quietSessions(): Promise<void> {
    const range = {
      from: this.#sweptUpTo || sessions.key(''),
      to: sessions.key('~'),
      limit: sessionsPerSweep,
    };
    const found = await this.#leadership.copy.store.rangeRows(range);
    if (this.#stopped) return;
    this.#sweptUpTo = found.length < sessionsPerSweep ? '' : (found.at(-1)?.[0] ?? '');
    const at = this.#replica.stamps.now();
    for (const [key, text] of found) {
      const session = JSON.parse(text) as SessionState; // a row of that table
      if (session.state !== 'active' || at - session.lastAt < quietAfterMs) continue;
      const newest = this.#registry.session(sessions.rest(key)).getSnapshot().context;
      if (at - newest.lastAt < quietAfterMs) continue;
      this.#record(this.#decider.decideSession(newest.id, { type: 'QuietSession' }, at), at);
    }
  }

  /** All in one frame. */
  #recordMatches(commands: readonly (readonly [match: string, command: MatchCommand])[]): number | undefined {
    if (this.#stopped) return undefined;
    const at = this.#replica.stamps.now();
    const facts = commands.flatMap(([match, command]) => {
      const decision = this.#decider.decideMatch(match, command, at);
      return 'facts' in decision ? decision.facts : [];
    });
    return facts.length > 0
      ? this.#desk.record(facts.map((fact): DomainEvent => ({ ...fact, at })))
      : undefined;
  }

  /** The leader's own doing is recorded without a cause: nobody waits for an answer. */
  #record(decision: ReturnType<Decider['decide']>, at: number): void {
    if (this.#stopped || !('facts' in decision)) return;
    this.#desk.record(decision.facts.map((fact: Fact): DomainEvent => ({ ...fact, at })));
  }
}

function count({ answers = [], refused }: Omit<Reply, 'clock'>, metrics: Metrics): void {
  if (refused) metrics.refused(refused.code);
  if (answers.length > 0) metrics.answered(answers.length);
  for (const answer of answers) if (answer.refused) metrics.refused(answer.refused.code);
}
