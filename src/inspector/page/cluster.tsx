/** The cluster: its nodes, what happened to them, and the way of the last messages. */
import { leaderOf, replicaOf } from '../model/nodes.ts';
import type { Happening, NodeRow } from '../model/view.ts';
import { counted, timeOfDay } from './format.ts';
import { Paths } from './paths.tsx';
import type { Place } from './place.ts';
import type { Store } from './store.ts';

interface Props {
  readonly store: Store;
  go(place: Partial<Place>): void;
}

const happeningsShown = 60;

export function Cluster({ store, go }: Props) {
  const { nodes } = store;
  const clients = nodes.reduce((sum, { role, said }) => sum + (role === null ? 0 : (said?.clients ?? 0)), 0);
  return (
    <main id="cluster">
      <section aria-label="Nodes">
        <h2>
          Nodes{' '}
          <small>
            {leaderOf(nodes) ?? 'nobody'} leads, {counted(clients, 'client')}, position {store.position}
          </small>
        </h2>
        <div class="nodes">
          {nodes.map((node) => (
            <NodeCard key={node.node} node={node} go={go} />
          ))}
        </div>
      </section>
      <section aria-label="Path of the last messages">
        <h2>Way of the last messages</h2>
        <Paths paths={store.frames} nodes={nodes.map(({ node }) => node)} go={go} />
      </section>
      <section aria-label="Time line">
        <h2>
          Time line{' '}
          <small>what is without a position was seen by this inspector, and by no earlier one</small>
        </h2>
        <TimeLine happenings={store.happenings} />
      </section>
    </main>
  );
}

function NodeCard({ node, go }: Pick<Props, 'go'> & { node: NodeRow }) {
  const { role, state, said, lag } = node;
  const open = () => go({ view: 'actors', actor: replicaOf(node.node), at: null });
  return (
    <button type="button" class={`node ${role ?? 'silent'}`} onClick={open}>
      <b>{node.node}</b> <span class="role">{role ?? 'silent'}</span>
      {role === null ? null : <span class="state">{state}</span>}
      {role === null ? <p class="last">{said ? 'as it said last:' : 'it has never answered here'}</p> : null}
      {said === null ? null : (
        <dl>
          <dt>epoch</dt>
          <dd>{said.epoch}</dd>
          <dt>position</dt>
          <dd>{said.position}</dd>
          <dt>lag</dt>
          <dd>{lag ?? 'unknown'}</dd>
          <dt>state hash</dt>
          <dd class={node.agrees === false ? 'wrong' : ''}>
            {said.stateHash.slice(0, 12)} {agreement(node.agrees)}
          </dd>
        </dl>
      )}
    </button>
  );
}

function agreement(agrees: boolean | null): string {
  return agrees === null ? 'unknown' : agrees ? '✓' : 'differs';
}

function TimeLine({ happenings }: { happenings: readonly Happening[] }) {
  return (
    <ol class="timeline">
      {[...happenings]
        .reverse()
        .slice(0, happeningsShown)
        .map((happening) => (
          <li key={`${happening.at}${happening.node}${happening.text}`} class={happening.what}>
            <time>{timeOfDay(happening.at)}</time> <b>{happening.node}</b> {happening.text}
            {happening.position === null ? '' : ` (position ${happening.position})`}
          </li>
        ))}
    </ol>
  );
}
