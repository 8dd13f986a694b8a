/** The events of an actor, newest first, each with its entry in the log. */
import { useMemo, useState } from 'preact/hooks';
import { summaryOf } from '../model/summary.ts';
import { eventName } from '../model/transitions.ts';
import { everybodys } from '../model/view.ts';
import { counted, timeOfDay } from './format.ts';
import type { Place } from './place.ts';
import { ask, type Store } from './store.ts';
import type { SeenEvent, Watch } from './watch.ts';

interface Props {
  readonly store: Store;
  readonly watch: Watch;
  readonly at: number | null;
  go(place: Partial<Place>): void;
}

const eventsShown = 200;

export function Events({ store, watch, at, go }: Props) {
  const [filter, setFilter] = useState('');
  const [entry, setEntry] = useState<string>();
  const own = watch.actor.slice(watch.actor.indexOf('/') + 1);
  const textOf = (event: SeenEvent) =>
    [eventName(event.type), JSON.stringify(event.data), summaryOf(event.data, own, nameOf), event.to]
      .join(' ')
      .toLowerCase();
  const nameOf = (id: string) =>
    (id.startsWith('u-') ? store.tree.get(everybodys + id)?.[2] : undefined) || id;
  // The list grows in place, and says so by its version.
  const found = useMemo(() => {
    const word = filter.toLowerCase();
    return lastOf(watch.upTo(at), (event) => textOf(event).includes(word));
  }, [watch, watch.version, filter, at]);
  const show = async (position: number) => {
    setEntry(`position ${position}…`);
    const answer = await ask<unknown[]>('/log', { from: position, to: position }).catch((error: Error) => [
      error.message,
    ]);
    setEntry(JSON.stringify(answer[0], null, 2));
  };
  return (
    <section aria-label="Events" class="events">
      <h3>
        Events{' '}
        <small>
          {counted(watch.events.length, 'event')}
          {watch.isReading ? ', reading…' : ''}
          {watch.omitted > 0 ? `, ${counted(watch.omitted, 'older one')} not listed` : ''}
          {found.length === eventsShown ? `, the last ${eventsShown} shown` : ''}
        </small>
        <input
          type="search"
          placeholder="filter"
          aria-label="Filter events"
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
      </h3>
      <ol id="events">
        {found.map((event) => (
          <li
            key={`${event.position ?? ''} ${event.at} ${event.type}`}
            title={JSON.stringify(event.data)}
            aria-current={event.position !== null && event.position === at}
          >
            <time>{timeOfDay(event.at)}</time>{' '}
            <button
              type="button"
              class="link"
              disabled={event.position === null}
              onClick={() => go({ at: event.position })}
            >
              {eventName(event.type)}
            </button>{' '}
            {event.from !== undefined && event.from !== event.to ? <em>→ {event.to}</em> : null}{' '}
            <bdi class="data">{summaryOf(event.data, own, nameOf)}</bdi>{' '}
            {event.position === null ? null : (
              <button type="button" class="link entry" onClick={() => void show(event.position!)}>
                log {event.position}
              </button>
            )}
          </li>
        ))}
      </ol>
      {entry === undefined ? null : (
        <pre id="entry">
          <button
            type="button"
            data-key="Escape"
            aria-label="Close"
            title="Close ( Esc )"
            onClick={() => setEntry(undefined)}
          >
            ×
          </button>
          {entry}
        </pre>
      )}
    </section>
  );
}

/** Newest first. */
function lastOf(events: readonly SeenEvent[], isAmong: (event: SeenEvent) => boolean): SeenEvent[] {
  const found: SeenEvent[] = [];
  for (let index = events.length - 1; index >= 0 && found.length < eventsShown; index--) {
    const event = events[index]!;
    if (isAmong(event)) found.push(event);
  }
  return found;
}
