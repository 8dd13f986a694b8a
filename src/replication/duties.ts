/**
 * What a replica does in its states: joining, campaigning, leading, seeding. The machine says when; each of these ends
 * when its signal is aborted, and changes nothing afterwards.
 */
import type {
  CampaignOutcome,
  Damaged,
  JoinOutcome,
  LeadOutcome,
  ReplicaEvent,
  SeedOutcome,
} from '../actors/replica/machine.ts';
import type { Frame } from '../events/frame.ts';
import type { LamportClock } from '../events/lamport.ts';
import { LogGone, type OrderedLog, type OrderedLogs } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { type Metrics, noMetrics } from '../ports/metrics.ts';
import { Diverged } from './adopt.ts';
import { campaign, type Elected } from './campaign.ts';
import { Follower, SeamBroken } from './follower.ts';
import type { Heartbeats } from './heartbeats.ts';
import { declareComplete, findStream, prepareToFollow, tellCaughtUp } from './join.ts';
import { type LeaderService, Leadership } from './leadership.ts';
import type { Opened } from './own-copy.ts';
import { HighestHeard, seed } from './seed.ts';
import { opensEpoch } from './tail.ts';

export interface DutiesOptions {
  readonly id: string;
  readonly founding: {
    readonly members: readonly string[];
    readonly copies: number;
    readonly minCopies: number;
  };
  readonly bus: Bus;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly metrics?: Metrics;
  readonly logs: OrderedLogs;
}

/** The replica, as far as its duties need it. */
export interface Host {
  readonly heartbeats: Heartbeats;
  readonly lamport: LamportClock;
  /** Members that an operator has declared lost for good. */
  readonly givenUp: readonly string[];
  /** @throws {Error} while no copy is open. */
  opened(): Opened;
  send(event: ReplicaEvent): void;
  /** Says something once, not at every retry. */
  tell(trouble: string): void;
  /** What was in the way is so no longer. */
  untroubled(): void;
  damaged(damaged: Damaged, reason: string): void;
  serve(leadership: Leadership): LeaderService;
}

/** Who was heard within this time takes part in what is done now. */
export const heardWithinMs = 500;

export class Duties {
  readonly #options: DutiesOptions;
  readonly #host: Host;
  readonly #heardOf = new HighestHeard();
  #log: OrderedLog | undefined;
  #follower: Follower | undefined;
  #elected: Elected | undefined;
  #leadership: Leadership | undefined;
  #isSeeding = false;
  /** What is read was written before this node followed. */
  #isCatchingUp = false;
  #waitsFor: readonly string[] = [];

  constructor(options: DutiesOptions, host: Host) {
    this.#options = options;
    this.#host = host;
  }

  get leadership(): Leadership | undefined {
    return this.#leadership;
  }

  /** Whose answers a lost stream waits for, or that an operator gives them up. */
  get waitsFor(): readonly string[] {
    return this.#waitsFor;
  }

  /** Whether this node asks for pledges, or does what follows upon them. */
  get isSeeding(): boolean {
    return this.#isSeeding;
  }

  stopFollowing(): void {
    this.#follower?.stop();
  }

  stopLeading(): void {
    this.#leadership?.stop();
    this.#leadership = undefined;
  }

  get #own(): Opened {
    return this.#host.opened();
  }

  async join(signal: AbortSignal): Promise<JoinOutcome> {
    const { logs, bus, journal } = this.#options;
    this.#follower?.stop();
    const { copy } = this.#own;
    copy.syncWrites(false);
    const before = copy.tail;
    this.#isCatchingUp = true;
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
          this.#host.tell(reason);
          this.#host.send({ type: 'ASTRAY' });
        },
      });
      await this.#follower.reached(last, signal);
      this.#isCatchingUp = false;
      await copy.settled();
      signal.throwIfAborted();
      await declareComplete(copy);
      this.#host.untroubled();
      tellCaughtUp(before, copy.tail, journal);
      return 'joined';
    } catch (error) {
      signal.throwIfAborted();
      const isOther = error instanceof Diverged || (error instanceof SeamBroken && error.isOther);
      if (isOther) this.#host.damaged('copy', (error as Error).message);
      else this.#host.tell(`cannot follow: ${(error as Error).message}`);
      throw error;
    }
  }

  /** Those who hold most first. */
  #peersAhead(): string[] {
    const heard = this.#host.heartbeats.recent(heardWithinMs).filter(({ fit }) => fit);
    const ahead = heard.toSorted((a, b) => b.generation - a.generation || b.number - a.number);
    return ahead.map(({ node }) => node);
  }

  /** Whoever opens an epoch leads, even before its first heartbeat. */
  #readFrame(frame: Frame): void {
    const { leader, epoch, clock } = frame.header;
    this.#host.lamport.receive(clock);
    if (!opensEpoch(frame) || leader === this.#options.id || frame.event(0).type === 'Seeded') return;
    this.#host.send({ type: 'LEADER_HEARD' });
    const { heartbeats } = this.#host;
    if (this.#isCatchingUp) heartbeats.readLeader({ leader, epoch });
    else heartbeats.heardLeader({ leader, epoch });
  }

  async campaign(signal: AbortSignal): Promise<CampaignOutcome> {
    const { id, bus, clock, journal } = this.#options;
    if (!this.#log || !this.#follower) return 'astray';
    const { heartbeats } = this.#host;
    const begunMs = clock.monotonicMs();
    try {
      const elected = await campaign({
        node: id,
        generation: this.#own.copy.tail.generation,
        log: this.#log,
        copy: this.#own.copy,
        follower: this.#follower,
        bus,
        clock,
        journal,
        signal,
        stamp: () => this.#stamp(),
        mayBeThere: (other) => heartbeats.mayBeThere(other, heardWithinMs),
        isAlive: (node) => heartbeats.isAlive(node),
        isLeaderBack: () => heartbeats.leaderMs > begunMs,
      });
      if (signal.aborted) return 'lost'; // a campaign that was given up may end in the midst of the next
      if (typeof elected === 'string') {
        this.#own.copy.syncWrites(false);
        return elected;
      }
      this.#elected = elected;
      return 'won';
    } catch (error) {
      journal.detail(`campaign failed: ${(error as Error).message}`);
      return error instanceof SeamBroken || error instanceof LogGone ? 'astray' : 'undecided';
    }
  }

  /** Resolves when it leads no more. */
  lead(signal: AbortSignal): Promise<LeadOutcome> {
    const { id: node, bus, clock, journal, metrics } = this.#options;
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
      if (this.#own.copy.tail.hash !== elected.frame.hash) return resolve('deposed'); // somebody was elected since
      this.#leadership = new Leadership(
        {
          node,
          log,
          copy: this.#own.copy,
          bus,
          clock,
          lamport: this.#host.lamport,
          metrics: metrics ?? noMetrics,
          isAlive: (member) => this.#host.heartbeats.isAlive(member),
          stamp: () => this.#own.stamps.now(),
          ended: (outcome) => {
            journal.notice(
              outcome === 'deposed'
                ? `${node} was deposed from epoch ${epoch}`
                : `${node} has too few copies to serve epoch ${epoch}; trying with fewer`,
            );
            end(outcome);
          },
          serve: (leadership) => {
            this.#host.heartbeats.heardLeader({ leader: node, epoch });
            this.#host.heartbeats.noticeLeader();
            return this.#host.serve(leadership);
          },
        },
        elected,
      );
      this.#host.heartbeats.beat(); // the others need not wait for the next one to hear it
    });
  }

  /** Unless there is a stream again, or somebody else is about to begin one. */
  async seed(signal: AbortSignal): Promise<SeedOutcome> {
    const { id: node, founding, logs, bus, clock, journal } = this.#options;
    const { copy } = this.#own;
    const heard = this.#host.heartbeats.recent(heardWithinMs);
    const { grantedTo } = copy.store.standing;
    this.#waitsFor = [];
    const isAnotherAtIt = heard.some((beat) => beat.node === grantedTo && beat.role === 'seeder');
    if (isAnotherAtIt || (await findStream({ logs, copy }))) return 'waiting';
    const { givenUp } = this.#host;
    const counted = new Set([node, ...givenUp, ...heard.map((beat) => beat.node)]);
    const silent = founding.members.filter((member) => !counted.has(member));
    if (silent.length >= founding.minCopies) {
      this.#waitFor(silent);
      return 'waiting';
    }
    const { pledges } = this.#own;
    const heardOf = this.#heardOf;
    const stamp = () => this.#stamp();
    const seal = () => this.#follower?.stop();
    const missed = (nodes: readonly string[]) => this.#waitFor(nodes);
    const world = { node, founding, logs, copy, bus, clock, journal, signal };
    this.#isSeeding = true;
    try {
      const others = heard.length;
      const isSeeded = await seed({ ...world, pledges, others, givenUp, heardOf, stamp, seal, missed });
      return isSeeded ? 'seeded' : 'failed';
    } finally {
      this.#isSeeding = false;
    }
  }

  #waitFor(nodes: readonly string[]): void {
    const whom = nodes.join(', ');
    if (this.#own.copy.tail.number === 0) {
      this.#options.journal.detail(`founding the log: waiting for ${whom}`);
      return;
    }
    this.#waitsFor = nodes;
    this.#host.tell(`the stream is gone; waiting for ${whom}, or for \`verbatim give-up\``);
  }

  #stamp(): { at: number; clock: number } {
    this.#own.stamps.saw(this.#own.copy.tail.at);
    return { at: this.#own.stamps.now(), clock: this.#host.lamport.receive(this.#own.copy.tail.clock) };
  }
}
