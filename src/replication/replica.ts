/**
 * One node's part in replication: the replica machine, bound to its ports.
 *
 * The machine says in which order things happen; this module does them.
 */
import { type ActorRefFrom, createActor, fromPromise } from 'xstate';
import { headStartMs, type Strategy, seedHeadStartMs } from '../actors/replica/decide.ts';
import {
  type CampaignOutcome,
  type Damaged,
  type JoinOutcome,
  type LeadOutcome,
  type ReplicaEvent,
  replicaMachine,
  type SeedOutcome,
} from '../actors/replica/machine.ts';
import type { Frame } from '../events/frame.ts';
import type { Random } from '../events/ids.ts';
import { LamportClock } from '../events/lamport.ts';
import { LogGone, type OrderedLog, type OrderedLogs, StoreCorrupt, type StorePlace } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, machineClock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { type Metrics, noMetrics } from '../ports/metrics.ts';
import type { LeaderNotice } from '../protocol/subjects.ts';
import { Diverged } from './adopt.ts';
import { campaign, type Elected } from './campaign.ts';
import type { Copy } from './copy.ts';
import { Follower, SeamBroken } from './follower.ts';
import { Heartbeats } from './heartbeats.ts';
import { declareComplete, findStream, prepareToFollow } from './join.ts';
import { type LeaderService, Leadership } from './leadership.ts';
import type { Role } from './messages.ts';
import { type Opened, OwnCopy } from './own-copy.ts';
import { HighestHeard, seed } from './seed.ts';
import type { Stamps } from './stamps.ts';
import { opensEpoch } from './tail.ts';

export interface ReplicaOptions {
  readonly id: string;
  /** Of a cluster that does not exist yet; later the log says. */
  readonly founding: {
    readonly members: readonly string[];
    readonly copies: number;
    readonly minCopies: number;
  };
  readonly strategy: Strategy;
  readonly place: StorePlace;
  /** Sync every batch to the disk (`--fsync nodes`). */
  readonly sync: boolean;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  /** Nobody counts unless it is given. */
  readonly metrics?: Metrics;
  readonly logs: OrderedLogs;
  /** A copy is open: reads can be answered from it. Again after every `closed`. */
  opened(replica: Replica): void;
  /** The copy is damaged: nothing must be answered from it any more. */
  closed(replica: Replica): void;
  /** This node leads and may serve. */
  serve(leadership: Leadership, replica: Replica): LeaderService;
}

const silenceMsMin = 400;
const silenceMsSpread = 100;
const heardWithinMs = 500;
/** What was taken is committed in a few milliseconds, or nobody knows when. */
const resignMs = 300;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #own: OwnCopy;
  readonly #heartbeats: Heartbeats;
  readonly #actor: ActorRefFrom<typeof replicaMachine>;
  readonly #stops: { stop(): void }[] = [];
  readonly #heardOf = new HighestHeard();
  readonly lamport = new LamportClock();
  #log: OrderedLog | undefined;
  #follower: Follower | undefined;
  #elected: Elected | undefined;
  #leadership: Leadership | undefined;
  #trouble = '';
  /** Asking for pledges, and what follows. */
  #isSeeding = false;
  /** Members that an operator has declared lost for good. */
  givenUp: readonly string[] = [];

  constructor(options: ReplicaOptions) {
    const { clock, random } = options;
    this.#options = options;
    this.#own = new OwnCopy({
      ...options,
      seal: () => {
        this.#follower?.stop();
        this.send({ type: 'SEALED' });
      },
      stored: (copy) => this.#heartbeats.acknowledge(copy),
      damaged: (damaged, reason) => this.#close(damaged, reason),
    });
    this.#heartbeats = new Heartbeats(this, options.bus, clock, options.journal);
    const machine = replicaMachine.provide({
      actors: {
        recover: fromPromise(() => this.#recover()),
        setAside: fromPromise(() => this.#setAside()),
        join: fromPromise(({ signal }) => this.#join(signal)),
        campaign: fromPromise(async ({ signal }) => {
          const outcome = await this.#campaign(signal);
          options.metrics?.campaigned(outcome === 'won' ? 'won' : 'lost');
          return outcome;
        }),
        lead: fromPromise(({ signal }) => this.#lead(signal)),
        seed: fromPromise(({ signal }) => this.#seed(signal)),
      },
      actions: {
        announceSilence: () => this.#heartbeats.announceSilence(),
        announceProblem: ({ context }) => this.#tell(`stopped serving: ${context.problem}`),
      },
      guards: { isConnected: () => options.bus.connected },
      delays: {
        silence: () => silenceMsMin + random.next() * silenceMsSpread,
        headStart: ({ context }) => (context.isEager ? 0 : this.#headStartMs(context.failures)),
        seedHeadStart: ({ context }) => this.#seedHeadStartMs(context.failures),
      },
    });
    this.#actor = createActor(machine, { clock: machineClock(clock) });
  }

  start(): void {
    const { bus, clock } = this.#options;
    this.#actor.start();
    this.#stops.push(
      bus.onStatus((connected) => this.send({ type: connected ? 'CONNECTED' : 'DISCONNECTED' })),
      ...this.#heartbeats.start(clock),
    );
  }

  /** A leader hands over first, so that nobody has to wait for silence. */
  async stop(): Promise<void> {
    const successor = await this.#leadership?.resign(resignMs);
    this.send({ type: 'STOP' });
    this.#leadership?.stop();
    this.#leadership = undefined;
    this.#heartbeats.sayGoodbye(successor);
    this.#follower?.stop();
    for (const part of this.#stops) part.stop();
    await this.#own.end();
  }

  get id(): string {
    return this.#options.id;
  }

  /** @throws {Error} before the copy is open. */
  get copy(): Copy {
    return this.#opened.copy;
  }

  get openCopy(): Copy | undefined {
    return this.#own.opened?.copy;
  }

  get leadership(): Leadership | undefined {
    return this.#leadership;
  }

  /** Whether this node could lead. */
  get isFit(): boolean {
    const { state } = this;
    return state === 'following' || state === 'catchingUp' || state === 'campaigning' || state === 'leading';
  }

  /** The log's time, for what this node decides as leader. */
  get stamps(): Stamps {
    return this.#opened.stamps;
  }

  get #opened(): Opened {
    const { opened } = this.#own;
    if (!opened) throw new Error('the copy is not open');
    return opened;
  }

  get leader(): LeaderNotice {
    return this.#heartbeats.leader;
  }

  /** The replica machine's state, for operators. */
  get state(): string {
    const { value } = this.#actor.getSnapshot();
    return typeof value === 'string' ? value : Object.keys(value)[0]!;
  }

  /** Why it does not serve, while it does not. */
  get problem(): string | undefined {
    const { state } = this;
    return state === 'frozen' || state === 'settingAside'
      ? this.#actor.getSnapshot().context.problem
      : undefined;
  }

  get role(): Role {
    const { state } = this;
    if (state === 'leading' && this.#leadership) return 'leader';
    if (state === 'campaigning') return 'candidate';
    if (this.#isSeeding) return 'seeder';
    return state === 'following' || state === 'catchingUp' ? 'follower' : 'other';
  }

  /** What is heard after the end changes nothing. */
  send(event: ReplicaEvent): void {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send(event);
  }

  async #recover(): Promise<void> {
    try {
      const { copy } = await this.#own.open();
      this.lamport.receive(copy.tail.clock);
      this.#options.opened(this);
    } catch (error) {
      if (!(error instanceof StoreCorrupt)) throw error;
      this.send({ type: 'DAMAGED', damaged: 'copy', reason: error.message });
    }
  }

  /** This copy is not what it must be: nothing more is read, told or answered from it. */
  #close(damaged: Damaged, reason: string): void {
    this.#follower?.stop();
    this.#own.close();
    this.#options.closed(this);
    this.send({ type: 'DAMAGED', damaged, reason });
  }

  async #setAside(): Promise<void> {
    await this.#own.setAside();
    this.#options.metrics?.copiedFully();
  }

  async #join(signal: AbortSignal): Promise<JoinOutcome> {
    const { logs, bus, journal } = this.#options;
    this.#follower?.stop();
    const { copy } = this;
    copy.syncWrites(false);
    try {
      const found = await findStream({ logs, copy });
      signal.throwIfAborted();
      if (!found) return 'lost';
      await prepareToFollow(found, { copy, bus, journal, signal, peers: this.#peersAhead() });
      const last = await found.log.last();
      signal.throwIfAborted(); // given up: the next attempt follows with a follower of its own
      this.#log = found.log;
      this.#follower = new Follower(found.log, copy, {
        read: (frame) => this.#readFrame(frame),
        lost: (reason) => {
          this.#tell(reason);
          this.send({ type: 'ASTRAY' });
        },
      });
      await this.#follower.reached(last, signal);
      await copy.settled();
      signal.throwIfAborted();
      await declareComplete(copy);
      this.#trouble = '';
      return 'joined';
    } catch (error) {
      signal.throwIfAborted();
      const isOther = error instanceof Diverged || (error instanceof SeamBroken && error.isOther);
      if (isOther) this.#close('copy', (error as Error).message);
      else this.#tell(`cannot follow: ${(error as Error).message}`);
      throw error;
    }
  }

  /** Those who hold most first. */
  #peersAhead(): string[] {
    const heard = this.#heartbeats.recent(heardWithinMs).filter(({ fit }) => fit);
    const ahead = heard.toSorted((a, b) => b.generation - a.generation || b.number - a.number);
    return ahead.map(({ node }) => node);
  }

  /** Whoever opens an epoch leads, even before its first heartbeat. */
  #readFrame(frame: Frame): void {
    const { leader, epoch, clock } = frame.header;
    this.lamport.receive(clock);
    if (!opensEpoch(frame) || leader === this.id || frame.event(0).type === 'Seeded') return;
    this.send({ type: 'LEADER_HEARD' });
    this.#heartbeats.heardLeader({ leader, epoch });
  }

  async #campaign(signal: AbortSignal): Promise<CampaignOutcome> {
    const { id, bus, clock, journal } = this.#options;
    if (!this.#log || !this.#follower) return 'astray';
    try {
      const elected = await campaign({
        node: id,
        generation: this.copy.tail.generation,
        log: this.#log,
        copy: this.copy,
        follower: this.#follower,
        bus,
        clock,
        journal,
        signal,
        stamp: () => this.#stamp(),
        othersHeard: () => this.#heartbeats.recent(heardWithinMs).length,
        isAlive: (node) => this.#heartbeats.isAlive(node),
      });
      if (signal.aborted) return 'lost'; // a campaign that was given up may end in the midst of the next
      if (typeof elected === 'string') return elected;
      this.#elected = elected;
      return 'won';
    } catch (error) {
      journal.detail(`campaign failed: ${(error as Error).message}`);
      return error instanceof SeamBroken || error instanceof LogGone ? 'astray' : 'lost';
    }
  }

  /** Resolves when it leads no more. */
  #lead(signal: AbortSignal): Promise<LeadOutcome> {
    const { id: node, bus, clock, serve, journal } = this.#options;
    const elected = this.#elected;
    const log = this.#log;
    this.#follower?.stop(); // a leader knows what it writes; whatever another writes deposes it
    return new Promise((resolve) => {
      if (!elected || !log) return resolve('deposed');
      const { epoch } = elected.frame.header;
      const end = (outcome: LeadOutcome) => {
        this.#leadership?.stop();
        this.#leadership = undefined;
        resolve(outcome);
      };
      signal.addEventListener('abort', () => end('deposed'), { once: true });
      if (this.copy.tail.hash !== elected.frame.hash) return resolve('deposed'); // somebody was elected since
      this.#leadership = new Leadership(
        {
          node,
          log,
          copy: this.copy,
          bus,
          clock,
          lamport: this.lamport,
          metrics: this.#options.metrics ?? noMetrics,
          isAlive: (member) => this.#heartbeats.isAlive(member),
          stamp: () => this.stamps.now(),
          ended: (outcome) => {
            journal.notice(
              outcome === 'deposed'
                ? `${node} was deposed from epoch ${epoch}`
                : `${node} has too few copies to serve epoch ${epoch}; trying with fewer`,
            );
            end(outcome);
          },
          serve: (leadership) => {
            this.#heartbeats.heardLeader({ leader: node, epoch });
            this.#heartbeats.noticeLeader();
            return serve(leadership, this);
          },
        },
        elected,
      );
      this.#heartbeats.beat(); // the others need not wait for the next one to hear it
    });
  }

  /** Unless there is a stream again, or somebody else is about to begin one. */
  async #seed(signal: AbortSignal): Promise<SeedOutcome> {
    const { id: node, founding, logs, bus, clock, journal } = this.#options;
    const { copy } = this;
    const heard = this.#heartbeats.recent(heardWithinMs);
    const { grantedTo } = copy.store.standing;
    const isAnotherAtIt = heard.some((beat) => beat.node === grantedTo && beat.role === 'seeder');
    if (isAnotherAtIt || (await findStream({ logs, copy }))) return 'waiting';
    const silent = founding.members.length - 1 - heard.length - this.givenUp.length;
    if (silent >= founding.minCopies) {
      const waiting = `waiting for ${silent} of ${founding.members.length} nodes`;
      if (copy.tail.number === 0) journal.detail(`founding the log: ${waiting}`);
      else this.#tell(`the stream is gone; ${waiting}`);
      return 'waiting';
    }
    const { pledges } = this.#opened;
    const { givenUp } = this;
    const heardOf = this.#heardOf;
    const stamp = () => this.#stamp();
    const seal = () => this.#follower?.stop();
    const world = { node, founding, logs, copy, bus, clock, journal, signal };
    this.#isSeeding = true;
    try {
      const isSeeded = await seed({ ...world, pledges, givenUp, heardOf, stamp, seal });
      return isSeeded ? 'seeded' : 'failed';
    } finally {
      this.#isSeeding = false;
    }
  }

  #stamp(): { at: number; clock: number } {
    this.stamps.saw(this.copy.tail.at);
    return { at: this.stamps.now(), clock: this.lamport.receive(this.copy.tail.clock) };
  }

  #headStartMs(failures: number): number {
    const { id: node, strategy, random } = this.#options;
    const heard = this.#heartbeats.recent(heardWithinMs);
    return headStartMs({ strategy, node, heard, failures, random: random.next() });
  }

  #seedHeadStartMs(failures: number): number {
    const { id: node, random } = this.#options;
    const heard = this.#heartbeats.recent(heardWithinMs);
    return seedHeadStartMs({ node, heard, failures, random: random.next() });
  }

  /** Says something once, not at every retry. */
  #tell(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.journal.notice(trouble);
  }
}
