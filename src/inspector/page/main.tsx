/** The inspector's page: it shows what it is told, and says nothing to anybody. */
import { render } from 'preact';
import { Actor } from './actor.tsx';
import { ActorList } from './actor-list.tsx';
import { Cluster } from './cluster.tsx';
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
        <span class={store.isConnected ? 'quiet' : 'wrong'}>
          {store.isConnected
            ? store.leader === null
              ? 'nobody leads'
              : `${store.leader} leads`
            : 'not connected'}
          {store.bodies ? '' : ' · without texts'}
          {store.dropped > 0 ? ` · ${store.dropped} events were too many` : ''}
        </span>
        <span class="quiet keys">c a / ↑↓ [ ] space l</span>
      </header>
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
            <p class="quiet">Choose an actor.</p>
          ) : (
            <Actor store={store} actor={actor} at={at} go={go} />
          )}
        </div>
      )}
    </>
  );
}

function draw(): void {
  render(<App />, root);
}

/** Keys press the button that is named after them. */
document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  const isTyping = target instanceof HTMLInputElement && target.type !== 'range';
  if (key === 'Escape' && target instanceof HTMLElement) target.blur();
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
  if (key === ' ' && target instanceof HTMLButtonElement) return;
  if (key === '/') {
    event.preventDefault();
    document.getElementById('search')?.focus();
    return;
  }
  const button = document.querySelector<HTMLButtonElement>(`button[data-key=${JSON.stringify(key)}]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
addEventListener('popstate', () => {
  place = placeOf(location.hash);
  look();
});
look();
draw();
