/**
 * The way of a frame, told as it happens: by its leader how long each step took, by every node when it had stored it and
 * when its rows showed it. The messages in a frame take its way; only the node that tells of actors looks what they are.
 */
import type { Frame } from '../../events/frame.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { storedEvents } from '../../projections/stored.ts';
import { type FrameTold, tellEveryMs } from '../../protocol/inspection.ts';
import type { Copy } from '../../replication/copy.ts';
import type { InspectionSource } from './source.ts';

interface OpenFrame {
  readonly begunMs: number;
  cutMs: number;
  storedMs: number;
}

/** In one telling; of more frames than that every second one is told, or every fourth: the same ones by all nodes. */
const perTellingMax = 4;

/** A leader has no more than some dozens under way. */
const openMax = 256;
const sessionsMax = 8;

/** A leader's steps, heard on their way to whoever counts them. */
export function tellSteps(metrics: Metrics, source: InspectionSource, clock: Clock): Metrics {
  const open = new Map<number, OpenFrame>();
  const nowMs = () => clock.monotonicMs();
  const sample = new Sample(clock);
  const committed = (upTo: number) => {
    for (const [frame, times] of open) {
      if (frame > upTo) return;
      open.delete(frame);
      if (times.storedMs > 0) source.tell({ frame: led(frame, times, clock) });
    }
  };
  return {
    ...bound(metrics),
    begun: (frame) => {
      metrics.begun(frame);
      if (source.interest && open.size < openMax && sample.has(frame))
        open.set(frame, { begunMs: nowMs(), cutMs: 0, storedMs: 0 });
    },
    cut: (frame) => {
      metrics.cut(frame);
      const times = open.get(frame);
      if (times) times.cutMs = nowMs();
    },
    stored: (frame) => {
      metrics.stored(frame);
      const times = open.get(frame);
      if (times) times.storedMs = nowMs();
    },
    committed: (upTo) => {
      metrics.committed(upTo);
      if (open.size > 0) committed(upTo);
    },
    abandoned: () => {
      metrics.abandoned();
      open.clear();
    },
  };
}

/** When this node had stored a frame, and when its rows showed it. */
export function tellMoments(
  copy: Copy,
  source: InspectionSource,
  node: string,
  clock: Clock,
): { stop(): void } {
  const at = () => Math.round(clock.wallMs());
  const sample = new Sample(clock);
  return copy.listen({
    stored: ({ number: frame }) => {
      if (sample.has(frame)) source.tell({ frame: { frame, at: at(), what: 'stored' } });
    },
    committed: (frames) => {
      for (const { frame } of frames) {
        if (!sample.hasNow(frame.number)) continue;
        const moment = { frame: frame.number, at: at(), what: 'committed' } as const;
        source.tell({
          frame: source.interest?.asks(node) ? { ...moment, ...contentOf(frame) } : moment,
        });
      }
    },
  });
}

/** Which frames are told: of many, those whose numbers are round enough. */
class Sample {
  readonly #clock: Clock;
  #sinceMs = 0;
  #count = 0;
  #every = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(frame: number): boolean {
    const nowMs = this.#clock.monotonicMs();
    this.#count += 1;
    if (nowMs - this.#sinceMs >= tellEveryMs) {
      const perTelling = (this.#count * tellEveryMs) / (nowMs - this.#sinceMs);
      this.#every = 2 ** Math.max(0, Math.ceil(Math.log2(perTelling / perTellingMax)));
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    return this.hasNow(frame);
  }

  hasNow(frame: number): boolean {
    return frame % this.#every === 0;
  }
}

function led(frame: number, { begunMs, cutMs, storedMs }: OpenFrame, clock: Clock): FrameTold {
  const endMs = clock.monotonicMs();
  const at = Math.round(clock.wallMs() - (endMs - begunMs));
  return { frame, at, what: 'led', steps: [cutMs - begunMs, storedMs - cutMs, endMs - storedMs] };
}

function contentOf(frame: Frame): Pick<FrameTold, 'position' | 'events' | 'sessions'> {
  const found = new Set<string>();
  let looked = 0;
  for (const { event } of storedEvents(frame)) {
    if (++looked > sessionsMax) break;
    if (event.type === 'MessagePosted') found.add(event.data.session);
  }
  return { position: frame.header.position, events: frame.header.count, sessions: [...found] };
}

/** The same, whoever calls it. */
function bound(metrics: Metrics): Metrics {
  return {
    begun: (frame) => metrics.begun(frame),
    cut: (frame) => metrics.cut(frame),
    stored: (frame) => metrics.stored(frame),
    committed: (frame) => metrics.committed(frame),
    abandoned: () => metrics.abandoned(),
    passed: (frame) => metrics.passed(frame),
    campaigned: (outcome) => metrics.campaigned(outcome),
    copiedFully: () => metrics.copiedFully(),
    answered: (commands) => metrics.answered(commands),
    refused: (code) => metrics.refused(code),
  };
}
