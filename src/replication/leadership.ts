/**
 * Leading: from one's own `LeaderElected` until somebody else's.
 *
 * A leader serves nobody before its first frame is committed. From then on every frame goes the same way: decided into
 * a draft, cut, appended, stored by the nodes, acknowledged, committed; only then do the answers that rest on it leave.
 */
import type { LeadOutcome } from '../actors/replica/machine.ts';
import type { LamportClock } from '../events/lamport.ts';
import type { OrderedLog } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, every, type Timer, within } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Cluster } from '../projections/tables.ts';
import { Appender } from './appender.ts';
import type { Elected } from './campaign.ts';
import { CommitTracker } from './commit.ts';
import { CopiesInForce } from './copies-in-force.ts';
import type { Copy } from './copy.ts';
import type { HeldFrame } from './held-frames.ts';
import { type Ack, ackSchema, type Beat, type Notice, parse, subjects } from './messages.ts';
import { Proof } from './proof.ts';

export interface LeadershipOptions {
  readonly node: string;
  readonly log: OrderedLog;
  readonly copy: Copy;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly lamport: LamportClock;
  readonly metrics: Metrics;
  /** The leader's first frame is committed: it may serve. */
  serve(leadership: Leadership): LeaderService;
  /** Whether a member is not known to be dead. */
  isAlive(node: string): boolean;
  /** Milliseconds since 1970 for the leader's own doings. */
  stamp(): number;
  /** This node leads no more. */
  ended(outcome: LeadOutcome): void;
}

/** What a leader does for clients; told of every commit, stopped when the leader is deposed. */
export interface LeaderService {
  /** These frames, and with them everything up to the last of them, are committed: what rests on them may be told. */
  committed(frames: readonly HeldFrame[]): void;
  /** Takes nothing new; what was taken goes on to be answered. */
  resign(): void;
  stop(): void;
}

const probeMs = 250;
const watchMs = 100;
/** So long nothing is decided before the mark is told by itself, instead of by the next frame. */
const noticeAfterMs = 10;
const uncommittedFramesMax = 64;
const stalledAfterMs = 1_000;

export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #tracker: CommitTracker;
  readonly #copies: CopiesInForce;
  readonly #stops: { stop(): void }[];
  /** Appended, not committed. */
  #uncommitted: HeldFrame[] = [];
  #noticeTimer: Timer;
  #appender: Appender | undefined;
  #service: LeaderService | undefined;
  readonly #proof: Proof;
  /** When something was committed last, or the first of what is not committed was appended. */
  #movedMs = 0;
  #stopped = false;
  #onDrained: (() => void) | undefined;

  /** @param elected whose first frame is stored in the ordered log and taken in by the copy. */
  constructor(options: LeadershipOptions, { frame: elected, cluster }: Elected) {
    const { copy, bus, clock, node } = options;
    this.#options = options;
    this.#proof = new Proof({
      ...options,
      isIdle: () => this.#appender?.isIdle ?? true,
      lost: () => this.depose(),
    });
    this.#tracker = new CommitTracker({
      self: node,
      copies: cluster.copies,
      first: elected.number,
      committed: copy.mark.number,
    });
    this.#tracker.expect(elected.number, elected.hash);
    this.#copies = new CopiesInForce({ ...options, tracker: this.#tracker, first: elected.number }, cluster);
    this.#stops = [
      copy.listen({
        stored: ({ number, hash }) => this.#storedHere(number, hash),
        committed: () => this.#beginToServe(elected.number),
      }),
      bus.subscribe(subjects.ack, ({ data }) => this.#heardAck(parse(ackSchema, data))),
      bus.onStatus((connected) => {
        this.#proof.doubt();
        if (connected) void this.#proof.look();
      }),
      every(clock, probeMs, () => void this.#proof.look()),
      every(clock, watchMs, () => this.#watchCopies()),
    ];
    this.#acknowledge(node, copy.stored.number, copy.stored.hash);
  }

  get isHealthy(): boolean {
    return this.#proof.isFresh;
  }

  /** Number of the last committed frame. */
  get committed(): number {
    return this.#tracker.committed;
  }

  get isServing(): boolean {
    return this.#service !== undefined && !this.isStalled;
  }

  /** Frames are appended but not acknowledged, for too long: too few nodes hold what is decided. */
  get isStalled(): boolean {
    return this.#uncommitted.length > 0 && this.#options.clock.monotonicMs() - this.#movedMs > stalledAfterMs;
  }

  /** Whether more should not be decided now. */
  get isOverloaded(): boolean {
    if (!this.isHealthy) return true;
    return this.isStalled || this.#uncommitted.length > uncommittedFramesMax || this.appender.isOverloaded;
  }

  /** @throws {Error} before the leader serves. */
  get appender(): Appender {
    if (!this.#appender) throw new Error('this leader does not serve yet');
    return this.#appender;
  }

  get copy(): Copy {
    return this.#options.copy;
  }

  get cluster(): Cluster {
    return this.#copies.cluster;
  }

  /** A beat says what its node holds, like an acknowledgement; unless it has promised to give none. */
  heardBeat({ node, generation, number, hash, promised }: Beat): void {
    if (promised <= generation) this.#heardAck({ node, generation, number, hash });
  }

  /** Somebody else leads a newer epoch. */
  depose(): void {
    if (!this.#stopped) this.#options.ended('deposed');
  }

  /** @returns who should lead next, once everything that was taken is committed, or after `timeoutMs`. */
  async resign(timeoutMs: number): Promise<string | undefined> {
    const { node, clock, copy, isAlive } = this.#options;
    this.#service?.resign();
    const drained = new Promise<void>((resolve) => {
      this.#onDrained = resolve;
    });
    if (!this.#isDrained) await within(clock, timeoutMs, drained);
    const isReady = (member: string) => this.#tracker.heldBy(member) === copy.tail.number && isAlive(member);
    return this.cluster.members.find((member) => member !== node && isReady(member));
  }

  get #isDrained(): boolean {
    return this.#uncommitted.length === 0 && (this.#appender?.isIdle ?? true);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.clock.clearTimeout(this.#noticeTimer);
    for (const part of this.#stops) part.stop();
    this.#appender?.stop();
    this.#service?.stop();
    this.#options.metrics.abandoned();
  }

  #heardAck(ack: Ack | undefined): void {
    if (ack?.generation !== this.#options.copy.tail.generation || !this.cluster.members.includes(ack.node))
      return;
    this.#acknowledge(ack.node, ack.number, ack.hash);
  }

  #storedHere(number: number, hash: string): void {
    this.#acknowledge(this.#options.node, number, hash);
    if (this.#copies.storedHere(number)) this.#commit();
  }

  #acknowledge(node: string, number: number, hash: string): void {
    if (!this.#stopped && this.#tracker.acknowledge(node, number, hash)) this.#commit();
  }

  #commit(): void {
    if (this.#stopped) return;
    const { committed } = this.#tracker;
    const count = this.#uncommitted.findIndex(({ frame }) => frame.number > committed);
    const frames = this.#uncommitted.splice(0, count < 0 ? this.#uncommitted.length : count);
    this.#movedMs = this.#options.clock.monotonicMs();
    this.#service?.committed(frames); // before their layers are written and become transparent
    this.#options.metrics.committed(committed);
    this.#options.copy.commitUpTo(committed);
    if (!this.#service) this.#options.copy.flush();
    else this.#noticeLater();
    if (this.#isDrained) this.#onDrained?.();
  }

  /** Once the rows of the leader's first frame are written, decisions can be made upon them. */
  #beginToServe(first: number): void {
    if (this.#stopped || this.#service || this.#options.copy.mark.number < first) return;
    const { node, log, copy, clock, lamport, metrics } = this.#options;
    this.#appender = new Appender({
      node,
      log,
      copy,
      clock,
      lamport,
      begun: (number) => metrics.begun(number),
      cut: ({ number, hash }) => {
        metrics.cut(number);
        this.#proof.sent();
        this.#tracker.expect(number, hash);
      },
      stored: (held) => {
        metrics.stored(held.frame.number);
        this.#proof.stored();
        if (this.#uncommitted.length === 0) this.#movedMs = clock.monotonicMs();
        this.#uncommitted.push(held);
        this.#copies.stored(held);
      },
      fenced: () => this.depose(),
    });
    this.#service = this.#options.serve(this);
    this.#noticeLater();
  }

  /** Others hold what this node's own disk does not take: one of them can lead, this one cannot commit. */
  get #isHeldUpHere(): boolean {
    const first = this.#uncommitted[0]?.frame.number;
    if (first === undefined || !this.isStalled) return false;
    const { node } = this.#options;
    const holds = (member: string) => this.#tracker.heldBy(member) >= first;
    return !holds(node) && this.cluster.members.some((member) => member !== node && holds(member));
  }

  /** Before the leader serves nothing can be recorded: another election lowers the count. */
  #watchCopies(): void {
    if (this.#isHeldUpHere) {
      this.depose();
      return;
    }
    const wanted = this.#copies.wanted(this.#appender !== undefined);
    if (this.#stopped || !wanted) return;
    const { copies, dead } = wanted;
    if (this.#appender) {
      this.#copies.changing();
      const data = { copies, dead: [...dead] };
      this.#appender.record([{ type: 'CopiesChanged', at: this.#options.stamp(), data }]);
    } else if (copies < this.cluster.copies) {
      this.#options.ended('unable');
    }
  }

  /** When no frame follows that would carry the mark, it is told by itself, so that followers can show what it covers. */
  #noticeLater(): void {
    const { node, copy, bus, clock } = this.#options;
    clock.clearTimeout(this.#noticeTimer);
    this.#noticeTimer = clock.setTimeout(() => {
      if (this.#stopped || !this.#appender?.isIdle) return;
      if (copy.mark.number < this.#tracker.committed) {
        copy.flush();
        return this.#noticeLater();
      }
      const { generation, epoch } = copy.tail;
      bus.publish(
        subjects.mark,
        JSON.stringify({ node, generation, epoch, mark: copy.mark } satisfies Notice),
      );
    }, noticeAfterMs);
  }
}
