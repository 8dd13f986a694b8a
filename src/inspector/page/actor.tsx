/** One actor: its statechart, what it knows, its events, and its past. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { differences } from '../model/differences.ts';
import { edgeKey, edgeTaken, eventName } from '../model/transitions.ts';
import { Chart } from './chart.tsx';
import { counted, timeOfDay } from './format.ts';
import type { Place } from './place.ts';
import { ask, type Store } from './store.ts';
import { Travel } from './travel.tsx';
import { type Moment, type SeenEvent, Watch } from './watch.ts';

interface Props {
  readonly store: Store;
  readonly actor: string;
  readonly at: number | null;
  go(place: Partial<Place>): void;
}

const eventsShown = 200;

export function Actor({ store, actor, at, go }: Props) {
  const watch = useWatch(actor, store);
  const row = store.tree.get(actor);
  if (!watch) return null;
  const moment = at === null ? (watch.live ?? null) : watch.at(at);
  const kind = row?.[1] ?? kindOf(actor);
  const graph = store.machines[kind];
  const isKnown = moment && !(moment instanceof Error);
  const state = at === null ? (row?.[3] ?? (isKnown ? moment.state : '')) : isKnown ? moment.state : '';
  const event = eventAt(watch.events, at, isKnown ? moment : undefined);
  const edge = graph && event?.from !== undefined && edgeTaken(graph, event.from, event.type, event.to ?? '');
  const count = at ?? watch.count;
  return (
    <article id="actor" data-kind={kind} data-state={state}>
      <header>
        <h2>
          <bdi>{(row && store.tree.label(row)) || actor}</bdi> <small>{actor}</small> <em>{state}</em>
        </h2>
        {watch.isReplicated ? (
          <Travel store={store} watch={watch} at={at} go={(to) => go({ at: to })} />
        ) : null}
      </header>
      <div class="chart">
        {graph ? (
          <Chart
            graph={graph}
            state={state}
            taken={edge ? { key: edgeKey(edge), count } : undefined}
            redraw={() => store.changed()}
          />
        ) : (
          <p class="quiet">No machine is known for it.</p>
        )}
      </div>
      <section aria-label="Context" class="context">
        <h3>Context{at === null ? '' : ` at position ${at}`}</h3>
        {moment instanceof Error ? (
          <p class="quiet">{moment.message}</p>
        ) : (
          <Context moment={moment ?? undefined} />
        )}
      </section>
      <Events watch={watch} at={at} go={go} />
    </article>
  );
}

/** Another actor is another watch: the old one ends, and with it the stream of its events. */
function useWatch(actor: string, store: Store): Watch | undefined {
  const [watch, setWatch] = useState<Watch>();
  useEffect(() => {
    const made = new Watch(actor, () => store.changed());
    setWatch(made);
    return () => made.stop();
  }, [actor, store]);
  return watch?.actor === actor ? watch : undefined;
}

function kindOf(actor: string): string {
  const name = actor.slice(actor.indexOf('/') + 1);
  return name.startsWith('u-') ? 'user' : name.startsWith('s-') ? 'session' : name;
}

/** The one that led to what is shown. */
function eventAt(
  events: readonly SeenEvent[],
  at: number | null,
  moment: Moment | undefined,
): SeenEvent | undefined {
  if (at === null) return events.at(-1);
  return events.find(({ position }) => position === moment?.position);
}

function Context({ moment }: { moment: Moment | undefined }) {
  if (!moment) return <p class="quiet">not known yet</p>;
  return (
    <dl id="context">
      {differences(moment.before, moment.context).map(({ key, text, change, before }) => (
        <div key={key} class={change} title={before === undefined ? '' : `was ${before}`}>
          <dt>{key}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function Events({ watch, at, go }: { watch: Watch; at: number | null; go: Props['go'] }) {
  const [filter, setFilter] = useState('');
  const [entry, setEntry] = useState<string>();
  const list = useRef<HTMLOListElement>(null);
  // The list grows in place, and says so by its version.
  const found = useMemo(() => lastOf(watch.upTo(at), filter), [watch, watch.version, filter, at]);
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
      <ol ref={list} id="events">
        {found.map((event) => (
          <li
            key={`${event.position ?? ''} ${event.at} ${event.type}`}
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
            <bdi class="data">{JSON.stringify(event.data)}</bdi>{' '}
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
          <button type="button" aria-label="Close" onClick={() => setEntry(undefined)}>
            ×
          </button>
          {entry}
        </pre>
      )}
    </section>
  );
}

/** Newest first. */
function lastOf(events: readonly SeenEvent[], filter: string): SeenEvent[] {
  const word = filter.toLowerCase();
  const found: SeenEvent[] = [];
  for (let index = events.length - 1; index >= 0 && found.length < eventsShown; index--) {
    const event = events[index]!;
    if (word === '' || textOf(event).toLowerCase().includes(word)) found.push(event);
  }
  return found;
}

function textOf({ type, data, to = '' }: SeenEvent): string {
  return `${eventName(type)} ${JSON.stringify(data)} ${to}`;
}
