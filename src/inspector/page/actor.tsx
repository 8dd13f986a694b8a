/** One actor: its statechart, what it knows, its events, and its past. */
import { useEffect, useState } from 'preact/hooks';
import { replicatedKind } from '../../events/ids.ts';
import { differences } from '../model/differences.ts';
import { edgeKey, edgeTaken } from '../model/transitions.ts';
import { Chart } from './chart.tsx';
import { Events } from './events.tsx';
import type { Place } from './place.ts';
import type { Store } from './store.ts';
import { Travel } from './travel.tsx';
import { type Moment, type SeenEvent, Watch } from './watch.ts';

interface Props {
  readonly store: Store;
  readonly actor: string;
  readonly at: number | null;
  go(place: Partial<Place>): void;
}

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
          <bdi>{(row && store.tree.label(row)) || actor}</bdi> <small>{actor}</small>{' '}
          <em title={state}>{state.split('.').at(-1)}</em>
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
        <h3>
          Context
          {at === null ? '' : ` at position ${at}`}
          {at !== null && store.position > 0 && at > store.position ? (
            <small> the log ends at position {store.position}: that is how it is now</small>
          ) : null}
        </h3>
        {moment instanceof Error ? (
          <p class="quiet">{moment.message}</p>
        ) : moment ? (
          <Context moment={moment} />
        ) : (
          <p class="quiet">{whyUnknown(watch, row !== undefined)}</p>
        )}
      </section>
      <Events store={store} watch={watch} at={at} go={go} />
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
  return replicatedKind(name) ?? name;
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

/** Whatever a link names can be gone, or never have been. */
function whyUnknown({ actor, isReading, problem }: Watch, isListed: boolean): string {
  if (problem !== undefined) return problem;
  if (isReading || isListed) return 'not known yet';
  return `Nothing has been heard of ${actor}: it is not there, or does not tell.`;
}

function Context({ moment }: { moment: Moment }) {
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
