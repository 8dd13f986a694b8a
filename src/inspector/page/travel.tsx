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

const speeds = [1, 10, 100, 1_000] as const;

type Placed = SeenEvent & { readonly position: number };

export function Travel({ store, watch, at, go }: Props) {
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<number>(1);
  const events = watch.events.filter((event): event is Placed => event.position !== null);
  const here = at ?? store.position;
  const next = events.find(({ position }) => position > here);
  const before = events.findLast(({ position }) => position < here);
  const now = events.findLast(({ position }) => position <= here);
  const end = Math.max(store.position, events.at(-1)?.position ?? 1);
  const isMoving = isPlaying && at !== null;
  const due = next?.position;
  const waitMs = next && now ? Math.max(0, next.at - now.at) / speed : 0;

  useEffect(() => {
    if (!isMoving) return;
    if (due === undefined) return setPlaying(false);
    const timer = setTimeout(() => go(due), waitMs);
    return () => clearTimeout(timer);
  }, [isMoving, due, waitMs, go]);

  const play = () => {
    if (!isPlaying && (at === null || !next)) go(events[0]?.position ?? null);
    setPlaying(!isPlaying);
  };
  const stop = (position: number | null) => {
    setPlaying(false);
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
          {events.slice(-300).map(({ position }) => (
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
        onChange={({ currentTarget }) => setSpeed(Number(currentTarget.value))}
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
