/**
 * Metrics in Prometheus' text form.
 *
 * Two kinds of numbers. What *happened* is counted as it is told through the port. What a node *is*, such as its epoch, is
 * asked for when somebody reads, so that nobody has to remember to update it; what is not known yet is left out rather
 * than shown as 0. Labels have few values, all known beforehand: no name, id or text of anybody's ever becomes one.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { refusals } from '../events/refusals.ts';
import { type Metrics, type NodeFigures, type PassedFrame, roles } from '../ports/metrics.ts';
import { FrameTimes } from './frame-times.ts';

export interface PrometheusOptions {
  readonly node: string;
  /** A monotonic clock. */
  nowMs(): number;
  figures(): NodeFigures;
}

/** What is asked for at each reading. */
const asked: readonly (readonly [
  name: string,
  help: string,
  of: (figures: NodeFigures) => number | undefined,
])[] = [
  ['verbatim_ready', 'Whether this node follows or leads, and answers reads.', (f) => Number(f.isReady)],
  ['verbatim_frozen', 'Whether its copy or its disk is not what it must be.', (f) => Number(f.isFrozen)],
  ['verbatim_generation', 'Generation of the last stored frame.', (f) => f.generation],
  ['verbatim_epoch', 'Epoch of the last stored frame.', (f) => f.epoch],
  ['verbatim_stored_frame', 'Number of the last stored frame.', (f) => f.storedFrame],
  ['verbatim_committed_frame', 'Number of the last frame in the rows of this node.', (f) => f.committedFrame],
  [
    'verbatim_committed_position',
    'Position of the last event in the rows of this node.',
    (f) => f.committedPosition,
  ],
  [
    'verbatim_lag_events',
    "Events up to the leader's mark that the rows of this node do not hold.",
    (f) => f.lagEvents,
  ],
  [
    'verbatim_copies_wanted',
    'Nodes that must hold a frame before it is committed, when none is dead.',
    (f) => f.copiesWanted,
  ],
  [
    'verbatim_copies_in_effect',
    'Nodes that must hold a frame before it is committed, at present.',
    (f) => f.copiesInEffect,
  ],
  ['verbatim_degraded', 'Whether fewer copies are in effect than wanted.', isDegraded],
  ['verbatim_clients_attached', 'Clients attached; counted by the leader.', (f) => f.clients],
];

const bytesBuckets = [512, 1_024, 4_096, 16_384, 65_536, 262_144, 786_432];
const eventsBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
const secondsBuckets = [0.000_5, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2];
/** As the library writes it where nothing was measured yet, and as the format has it. */
const notANumber = / Nan\n/g;
/** Wakes the process once in so many milliseconds to see how late it is. */
const loopPrecisionMs = 50;

export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #figures: () => NodeFigures;
  readonly #asked = asked.map(([name, help, of]) => ({ of, gauge: this.#gauge(name, help) }));
  readonly #role = new Gauge({
    name: 'verbatim_role',
    help: 'What this node does: 1 for its role, 0 for the others.',
    labelNames: ['role'] as const,
    registers: [this.#registry],
  });
  readonly #times: FrameTimes;
  readonly #frameBytes = this.#histogram('verbatim_frame_bytes', 'Bytes in a committed frame.', bytesBuckets);
  readonly #frameEvents = this.#histogram(
    'verbatim_frame_events',
    'Events in a committed frame.',
    eventsBuckets,
  );
  readonly #elections = new Counter({
    name: 'verbatim_elections_total',
    help: 'Attempts of this node to become leader.',
    labelNames: ['outcome'] as const,
    registers: [this.#registry],
  });
  readonly #leaders = this.#counter('verbatim_leaders_seen_total', 'Elections that this node saw committed.');
  readonly #seedings = this.#counter(
    'verbatim_seedings_total',
    'Generations whose beginning this node saw committed.',
  );
  readonly #fullCopies = this.#counter(
    'verbatim_full_copies_total',
    'Times that this node gave up its copy for that of another.',
  );
  readonly #answered = this.#counter(
    'verbatim_commands_answered_total',
    'Commands answered by this node as leader, refusals among them.',
  );
  readonly #refused = new Counter({
    name: 'verbatim_refusals_total',
    help: 'Commands refused by this node as leader, and batches refused as a whole.',
    labelNames: ['code'] as const,
    registers: [this.#registry],
  });

  readonly #tickLate = this.#histogram(
    'verbatim_pong_tick_late_seconds',
    'How long after it was due a tick of Pong came.',
    secondsBuckets,
  );

  constructor({ node, nowMs, figures }: PrometheusOptions) {
    this.#figures = figures;
    this.#registry.setDefaultLabels({ node });
    const seconds = (name: string, help: string) => {
      const histogram = this.#histogram(name, help, secondsBuckets);
      return (value: number) => histogram.observe(value);
    };
    this.#times = new FrameTimes(nowMs, {
      append: seconds('verbatim_append_seconds', 'From cutting a frame to its being stored in the stream.'),
      commit: seconds(
        'verbatim_commit_seconds',
        'From storing a frame in the stream to its being committed.',
      ),
      whole: seconds('verbatim_frame_seconds', "From a frame's first event to its being committed."),
    });
    for (const outcome of ['won', 'lost']) this.#elections.inc({ outcome }, 0);
    for (const code of [...Object.keys(refusals), 'other']) this.#refused.inc({ code }, 0);
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: loopPrecisionMs });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything, as it is now. */
  async text(): Promise<string> {
    const figures = this.#figures();
    for (const { of, gauge } of this.#asked) {
      const value = of(figures);
      if (value === undefined) gauge.remove();
      else gauge.set(value);
    }
    for (const role of roles) this.#role.set({ role }, Number(role === figures.role));
    return (await this.#registry.metrics()).replaceAll(notANumber, ' NaN\n');
  }

  begun(frame: number): void {
    this.#times.begun(frame);
  }

  cut(frame: number): void {
    this.#times.cut(frame);
  }

  stored(frame: number): void {
    this.#times.stored(frame);
  }

  committed(frame: number): void {
    this.#times.committed(frame);
  }

  abandoned(): void {
    this.#times.abandoned();
  }

  passed({ sizeBytes, events, opens }: PassedFrame): void {
    this.#frameBytes.observe(sizeBytes);
    this.#frameEvents.observe(events);
    if (opens === 'epoch') this.#leaders.inc();
    if (opens === 'generation') this.#seedings.inc();
  }

  campaigned(outcome: 'won' | 'lost'): void {
    this.#elections.inc({ outcome });
  }

  copiedFully(): void {
    this.#fullCopies.inc();
  }

  answered(commands: number): void {
    this.#answered.inc(commands);
  }

  /** A code that this version does not know comes from an older log. */
  refused(code: string): void {
    this.#refused.inc({ code: Object.hasOwn(refusals, code) ? code : 'other' });
  }

  ticked(lateMs: number): void {
    this.#tickLate.observe(Math.max(0, lateMs) / 1_000);
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.#registry] });
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.#registry] });
  }
}

function isDegraded({ copiesWanted, copiesInEffect }: NodeFigures): number | undefined {
  if (copiesWanted === undefined || copiesInEffect === undefined) return undefined;
  return Number(copiesInEffect < copiesWanted);
}
