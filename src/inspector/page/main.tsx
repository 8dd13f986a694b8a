/** The inspector's page: it shows what it is told, and says nothing to anybody. */
import { render } from 'preact';
import { leaderOf } from '../model/nodes.ts';
import { Actor } from './actor.tsx';
import { ActorList } from './actor-list.tsx';
import { Cluster } from './cluster.tsx';
import { timeOfDay } from './format.ts';
import { Keys, onKey, onPointed } from './keys.tsx';
import { hashOf, type Place, placeOf } from './place.ts';
import { Store } from './store.ts';

const root = document.getElementById('app')!;
const store = new Store(draw);
let place = placeOf(location.hash);

function go(to: Partial<Place>): void {
  const isElsewhere = to.actor !== undefined && to.actor !== place.actor;
  place = { ...place, ...to };
  const hash = hashOf(place);
  // Moving in time is no new page to come back to.
  if (isElsewhere || to.view !== undefined) history.pushState(null, '', hash);
  else history.replaceState(null, '', hash);
  look();
}

function look(): void {
  store.connect(place.view === 'actors');
  store.changed();
}

function App() {
  const { view, actor, at } = place;
  const tab = (name: Place['view'], key: string) => (
    <button type="button" data-key={key} aria-pressed={view === name} onClick={() => go({ view: name })}>
      {name}
    </button>
  );
  return (
    <>
      <header id="head">
        <h1>Verbatim</h1>
        {tab('cluster', 'c')}
        {tab('actors', 'a')}
        <span class="quiet">
          {store.isConnected ? `${leaderOf(store.nodes) ?? 'nobody'} leads` : ''}
          {store.bodies ? '' : ' · without texts'}
          {store.dropped > 0 ? ` · ${store.dropped} events were too many` : ''}
        </span>
        <Keys />
      </header>
      {store.isConnected ? null : <Lost heardAt={store.heardAt} />}
      {view === 'cluster' ? (
        <Cluster store={store} go={go} />
      ) : (
        <div id="actors">
          <ActorList
            store={store}
            selected={actor}
            select={(id) => go({ view: 'actors', actor: id, at: null })}
          />
          {actor === null ? (
            <p class="quiet alone">Choose an actor.</p>
          ) : (
            <Actor store={store} actor={actor} at={at} go={go} />
          )}
        </div>
      )}
    </>
  );
}

/** What was shown is still there to be read, and is not what is. */
function Lost({ heardAt }: { heardAt: number }) {
  return (
    <p class="wrong lost" role="alert">
      {heardAt === 0
        ? 'Not connected yet.'
        : `Not connected: this is as it was at ${timeOfDay(heardAt)}. If \`verbatim inspect\` has ended, start it again and open its new link.`}
    </p>
  );
}

function draw(): void {
  document.body.classList.toggle('stale', !store.isConnected);
  render(<App />, root);
}

document.addEventListener('keydown', onKey);
document.addEventListener('click', onPointed);
addEventListener('popstate', () => {
  place = placeOf(location.hash);
  look();
});
look();
draw();
