/** A slider over the log: to any position, event by event, and on at the speed at which it happened. */
import { useEffect, useState } from 'preact/hooks';
import type { Store } from './store.ts';
import type { SeenEvent, Watch } from './watch.ts';

interface Props {
  readonly store: Store;
  readonly watch: Watch;
  /** Live where null. */
  readonly at: number | null;
  go(position: number | null): void;
}

const ticksMax = 300;
const speeds = [1, 10, 100, 1_000] as const;

type Placed = SeenEvent & { readonly position: number };

export function Travel({ store, watch, at, go }: Props) {
  /** Where the play began: by this clock, and by the log's. */
  const [begun, setBegun] = useState<{ readonly ms: number; readonly at: number } | null>(null);
  const [speed, setSpeed] = useState<number>(1);
  const events = watch.events.filter((event): event is Placed => event.position !== null);
  const here = at ?? store.position;
  const next = events.find(({ position }) => position > here);
  const before = events.findLast(({ position }) => position < here);
  const now = events.findLast(({ position }) => position <= here);
  const end = Math.max(store.position, events.at(-1)?.position ?? 1);
  const isMoving = begun !== null && at !== null;

  useEffect(() => {
    if (!isMoving) return;
    if (!next) return setBegun(null);
    // By the beginning and not by the step before: what a step takes is made up for.
    const passedMs = performance.now() - begun.ms;
    const timer = setTimeout(
      () => {
        const reached = begun.at + (performance.now() - begun.ms) * speed;
        go(Math.max(next.position, events.findLast((event) => event.at <= reached)?.position ?? 0));
      },
      Math.max(0, (next.at - begun.at) / speed - passedMs),
    );
    return () => clearTimeout(timer);
  }, [begun, isMoving, next?.position, speed]);

  const beginAt = (event: SeenEvent | undefined) =>
    setBegun(event ? { ms: performance.now(), at: event.at } : null);
  const play = () => {
    if (isMoving) return setBegun(null);
    const from = at === null || !next ? events[0] : now;
    if (from !== now || at === null) go(from?.position ?? null);
    beginAt(from ?? next);
  };
  const stop = (position: number | null) => {
    setBegun(null);
    go(position);
  };
  return (
    <fieldset id="travel" aria-label="Time travel">
      <button
        type="button"
        data-key="["
        aria-label="Event before"
        disabled={!before}
        onClick={() => stop(before?.position ?? null)}
      >
        ◂
      </button>
      <button type="button" data-key=" " aria-label={isMoving ? 'Pause' : 'Play'} onClick={play}>
        {isMoving ? '❚❚' : '▶'}
      </button>
      <button
        type="button"
        data-key="]"
        aria-label="Event after"
        disabled={!next}
        onClick={() => stop(next?.position ?? null)}
      >
        ▸
      </button>
      <span class="slider">
        <span class="ticks" aria-hidden="true">
          {spread(events).map(({ position }) => (
            <i key={position} style={{ left: `${(100 * position) / end}%` }} />
          ))}
        </span>
        <input
          type="range"
          min={1}
          max={end}
          value={here}
          aria-label="Position in the log"
          onInput={({ currentTarget }) => stop(Number(currentTarget.value))}
        />
      </span>
      <input
        id="position"
        type="number"
        min={1}
        max={end}
        value={here}
        aria-label="Position"
        onChange={({ currentTarget }) => stop(Number(currentTarget.value))}
      />
      <select
        aria-label="Speed"
        value={speed}
        onChange={({ currentTarget }) => {
          setSpeed(Number(currentTarget.value));
          if (isMoving) beginAt(now);
        }}
      >
        {speeds.map((times) => (
          <option key={times} value={times}>
            {times} ×
          </option>
        ))}
      </select>
      <button type="button" data-key="l" aria-pressed={at === null} onClick={() => stop(null)}>
        live
      </button>
    </fieldset>
  );
}

/** As many as can be told apart, from all over the log. */
function spread(events: readonly Placed[]): readonly Placed[] {
  const every = Math.ceil(events.length / ticksMax);
  return every > 1 ? events.filter((_, index) => index % every === 0) : events;
}
