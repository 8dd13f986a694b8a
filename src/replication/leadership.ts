/**
 * Leading: from one's own `LeaderElected` until somebody else's.
 *
 * A leader serves nobody before its first frame is committed. From then on every frame goes the same way: decided into
 * a draft, cut, appended, stored by the nodes, acknowledged, committed; only then do the answers that rest on it leave.
 */
import type { Frame } from '../events/frame.ts';
import type { LamportClock } from '../events/lamport.ts';
import type { OrderedLog } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, every, type Timer } from '../ports/clock.ts';
import { clusterTable } from '../projections/tables.ts';
import { Appender } from './appender.ts';
import { CommitTracker } from './commit.ts';
import type { Copy, HeldFrame } from './copy.ts';
import { type Ack, ackSchema, type Beat, type Notice, parse, subjects } from './messages.ts';

export interface LeadershipOptions {
  readonly node: string;
  readonly log: OrderedLog;
  readonly copy: Copy;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly lamport: LamportClock;
  /** The leader's first frame is committed: it may serve. */
  serve(leadership: Leadership): LeaderService;
  /** Another leader was elected. */
  deposed(): void;
}

/** What a leader does for clients; told of every commit, stopped when the leader is deposed. */
export interface LeaderService {
  /** These frames, and with them everything up to the last of them, are committed: what rests on them may be told. */
  committed(frames: readonly HeldFrame[]): void;
  stop(): void;
}

const probeMs = 250;
/** So long nothing is decided before the mark is told by itself, instead of by the next frame. */
const noticeAfterMs = 10;
const uncommittedFramesMax = 64;
const stalledAfterMs = 1_000;
/** Without a successful append or probe for so long, a leader's heartbeat no longer counts. */
const unhealthyAfterMs = 750;

export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #tracker: CommitTracker;
  /** Only their acknowledgements count. */
  readonly #members: readonly string[];
  readonly #stops: { stop(): void }[];
  /** Appended, not committed. */
  #uncommitted: HeldFrame[] = [];
  #noticeTimer: Timer;
  #appender: Appender | undefined;
  #service: LeaderService | undefined;
  #provenMs: number;
  /** When something was committed last, or the first of what is not committed was appended. */
  #movedMs = 0;
  #stopped = false;

  /** @param elected the leader's own first frame, stored in the ordered log and taken in by the copy. */
  constructor(options: LeadershipOptions, elected: Frame, { members, copies }: Cluster) {
    this.#members = members;
    const { copy, bus, clock, node } = options;
    this.#options = options;
    this.#provenMs = clock.monotonicMs();
    this.#tracker = new CommitTracker({
      self: node,
      copies,
      first: elected.number,
      committed: copy.mark.number,
    });
    this.#tracker.expect(elected.number, elected.hash);
    this.#stops = [
      copy.listen({
        stored: ({ number, hash }) => this.#acknowledge(node, number, hash),
        committed: () => this.#beginToServe(elected.number),
      }),
      bus.subscribe(subjects.ack, ({ data }) => this.#heardAck(parse(ackSchema, data))),
      every(clock, probeMs, () => void this.#probe()),
    ];
    this.#acknowledge(node, copy.stored.number, copy.stored.hash);
  }

  get isHealthy(): boolean {
    return this.#options.clock.monotonicMs() - this.#provenMs < unhealthyAfterMs;
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

  /** A beat says what its node holds, like an acknowledgement. */
  heardBeat({ node, generation, number, hash }: Beat): void {
    this.#heardAck({ node, generation, number, hash });
  }

  /** Somebody else leads a newer epoch. */
  depose(): void {
    if (!this.#stopped) this.#options.deposed();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.clock.clearTimeout(this.#noticeTimer);
    for (const part of this.#stops) part.stop();
    this.#appender?.stop();
    this.#service?.stop();
  }

  #heardAck(ack: Ack | undefined): void {
    if (ack?.generation !== this.#options.copy.tail.generation || !this.#members.includes(ack.node)) return;
    this.#acknowledge(ack.node, ack.number, ack.hash);
  }

  #acknowledge(node: string, number: number, hash: string): void {
    if (this.#stopped || !this.#tracker.acknowledge(node, number, hash)) return;
    const { committed } = this.#tracker;
    const count = this.#uncommitted.findIndex(({ frame }) => frame.number > committed);
    const frames = this.#uncommitted.splice(0, count < 0 ? this.#uncommitted.length : count);
    this.#movedMs = this.#options.clock.monotonicMs();
    this.#service?.committed(frames); // before their layers are written and become transparent
    this.#options.copy.commitUpTo(committed);
    if (!this.#service) this.#options.copy.flush();
    else this.#noticeLater();
  }

  /** Once the rows of the leader's first frame are written, decisions can be made upon them. */
  #beginToServe(first: number): void {
    if (this.#stopped || this.#service || this.#options.copy.mark.number < first) return;
    const { node, log, copy, clock, lamport } = this.#options;
    this.#appender = new Appender({
      node,
      log,
      copy,
      clock,
      lamport,
      cut: ({ number, hash }) => this.#tracker.expect(number, hash),
      stored: (held) => {
        this.#provenMs = clock.monotonicMs();
        if (this.#uncommitted.length === 0) this.#movedMs = this.#provenMs;
        this.#uncommitted.push(held);
      },
      fenced: () => this.depose(),
    });
    this.#service = this.#options.serve(this);
    this.#noticeLater();
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

  /** Looks at the log's end: still there, and nobody else has written. */
  async #probe(): Promise<void> {
    const { log, copy } = this.#options;
    if (this.#appender && !this.#appender.isIdle) return; // an append proves more
    const before = copy.sequence;
    const last = await log.last().catch(() => undefined);
    if (last === undefined || this.#stopped) return;
    if (last === before) this.#provenMs = this.#options.clock.monotonicMs();
    else if (last > copy.sequence && (this.#appender?.isIdle ?? true)) this.depose();
  }
}

interface Cluster {
  readonly members: readonly string[];
  readonly copies: number;
}

/** Members and copies as the log has them. */
export function clusterOf(copy: Copy): Cluster {
  return clusterTable.get(copy.rows) ?? { members: [], copies: 1 };
}
