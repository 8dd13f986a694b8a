/** The cluster: its nodes, what happened to them, and the way of the last messages. */
import type { FramePath, Happening, NodeRow } from '../model/view.ts';
import { counted, milliseconds, timeOfDay } from './format.ts';
import type { Place } from './place.ts';
import type { Store } from './store.ts';

interface Props {
  readonly store: Store;
  go(place: Partial<Place>): void;
}

export function Cluster({ store, go }: Props) {
  const clients = [...store.nodes].reduce((sum, node) => sum + node.clients, 0);
  return (
    <main id="cluster">
      <section aria-label="Nodes">
        <h2>
          Nodes{' '}
          <small>
            {store.leader === null ? 'nobody leads' : `${store.leader} leads`}, {counted(clients, 'client')},
            position {store.position}
          </small>
        </h2>
        <div class="nodes">
          {store.nodes.map((node) => (
            <NodeCard key={node.node} node={node} store={store} go={go} />
          ))}
        </div>
      </section>
      <section aria-label="Path of the last messages">
        <h2>
          Way of the last messages <small>waiting for the frame, in the stream, until copies hold it</small>
        </h2>
        <Paths
          paths={store.frames.filter(({ steps }) => steps).slice(0, 14)}
          nodes={store.nodes.map(({ node }) => node)}
          go={go}
        />
      </section>
      <section aria-label="Time line">
        <h2>Time line</h2>
        <TimeLine happenings={store.happenings} />
      </section>
    </main>
  );
}

function NodeCard({ node, store, go }: Props & { node: NodeRow }) {
  const actor = `${node.node}/replica`;
  const state = store.tree.get(actor)?.[3] ?? node.state;
  const hash = node.stateHash.slice(0, 12);
  return (
    <button type="button" class={`node ${node.role}`} onClick={() => go({ view: 'actors', actor, at: null })}>
      <b>{node.node}</b> <span class="role">{node.role}</span>
      <span class="state">{state}</span>
      <dl>
        <dt>epoch</dt>
        <dd>{node.epoch}</dd>
        <dt>position</dt>
        <dd>{node.position}</dd>
        <dt>lag</dt>
        <dd>{node.lag ?? '?'}</dd>
        <dt>state hash</dt>
        <dd class={node.agrees ? '' : 'wrong'}>
          {hash} {node.agrees ? '✓' : 'differs'}
        </dd>
      </dl>
    </button>
  );
}

function Paths({
  paths,
  nodes,
  go,
}: {
  paths: readonly FramePath[];
  nodes: readonly string[];
  go: Props['go'];
}) {
  const longest = Math.max(5, ...paths.map(({ steps }) => steps?.reduce((sum, step) => sum + step, 0) ?? 0));
  return (
    <table class="paths">
      <thead>
        <tr>
          <th>frame</th>
          <th>events</th>
          <th>session</th>
          <th class="wide">steps at the leader</th>
          {nodes.map((node) => (
            <th key={node}>{node} stored, shown</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {paths.map((path) => (
          <tr key={path.frame}>
            <td>{path.frame}</td>
            <td>{path.position === null ? '' : `${path.position}+${path.events ?? 1}`}</td>
            <td>
              {path.sessions.slice(0, 2).map((session) => (
                <button
                  type="button"
                  class="link"
                  key={session}
                  onClick={() => go({ view: 'actors', actor: `cluster/${session}`, at: null })}
                >
                  {session}
                </button>
              ))}
            </td>
            <td class="wide">
              <Steps path={path} longest={longest} />
            </td>
            {nodes.map((node) => (
              <td key={node}>{moments(path, node)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const stepNames = ['waiting', 'stream', 'copies'] as const;

function Steps({ path: { steps }, longest }: { path: FramePath; longest: number }) {
  if (!steps) return null;
  const total = steps.reduce((sum, step) => sum + step, 0);
  return (
    <div
      class="steps"
      title={stepNames.map((name, index) => `${name} ${milliseconds(steps[index]!)}`).join(', ')}
    >
      {stepNames.map((name, index) => (
        <i key={name} class={name} style={{ width: `${(70 * steps[index]!) / longest}%` }} />
      ))}
      <span>{milliseconds(total)}</span>
    </div>
  );
}

/** By the node's own clock, as far as the clocks of several machines can be compared. */
function moments({ at, stored, committed }: FramePath, node: string): string {
  const since = (moment: number | undefined) => (moment === undefined ? '–' : `+${Math.max(0, moment - at)}`);
  return at === 0 ? '' : `${since(stored[node])} ${since(committed[node])}`;
}

function TimeLine({ happenings }: { happenings: readonly Happening[] }) {
  return (
    <ol class="timeline">
      {[...happenings]
        .reverse()
        .slice(0, 60)
        .map((happening) => (
          <li key={`${happening.at}${happening.node}${happening.text}`} class={happening.what}>
            <time>{timeOfDay(happening.at)}</time> <b>{happening.node}</b> {happening.text}
            {happening.position === null ? '' : ` (position ${happening.position})`}
          </li>
        ))}
    </ol>
  );
}
