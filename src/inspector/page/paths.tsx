/** The way of the last messages, frame by frame: the leader's steps, and when each node had it. */
import type { FramePath } from '../model/view.ts';
import { milliseconds } from './format.ts';
import type { Place } from './place.ts';

interface Props {
  readonly paths: readonly FramePath[];
  readonly nodes: readonly string[];
  go(place: Partial<Place>): void;
}

const pathsShown = 14;
const sessionsShown = 2;
const steps = [
  ['waiting', 'waiting for its frame'],
  ['stream', 'in the stream'],
  ['copies', 'until copies held it'],
] as const;

export function Paths({ paths, nodes, go }: Props) {
  const shown = paths.filter((path) => path.steps).slice(0, pathsShown);
  const longest = Math.max(5, ...shown.map((path) => totalOf(path.steps)));
  return (
    <>
      <p class="quiet legend">
        {steps.map(([name, meaning]) => (
          <span key={name}>
            <i class={name} /> {meaning}
          </span>
        ))}
      </p>
      {shown.length === 0 ? (
        <p class="quiet">Nothing yet: what is sent while this page is open is shown here.</p>
      ) : (
        <table class="paths">
          <thead>
            <tr>
              <th>frame</th>
              <th>positions</th>
              <th>messages in</th>
              <th class="wide">at the leader</th>
              {nodes.map((node) => (
                <th
                  key={node}
                  title="Milliseconds from its first event until this node had stored it, and showed it"
                >
                  {node} stored, shown after
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((path) => (
              <tr key={path.frame}>
                <td>{path.frame}</td>
                <td>{positionsOf(path)}</td>
                <td>
                  <Sessions path={path} go={go} />
                </td>
                <td class="wide">
                  <Steps taken={path.steps} longest={longest} />
                </td>
                {nodes.map((node) => (
                  <td key={node}>{moments(path, node)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function positionsOf({ position, events }: FramePath): string {
  if (position === null) return '';
  const last = position + (events ?? 1) - 1;
  return last === position ? String(position) : `${position}–${last}`;
}

function Sessions({ path: { sessions, position }, go }: { path: FramePath; go: Props['go'] }) {
  if (sessions.length === 0 && position !== null) return <span class="quiet">no message</span>;
  return (
    <>
      {sessions.slice(0, sessionsShown).map((session) => (
        <button
          type="button"
          class="link"
          key={session}
          onClick={() => go({ view: 'actors', actor: `cluster/${session}`, at: null })}
        >
          {session}
        </button>
      ))}
      {sessions.length > sessionsShown ? ` and ${sessions.length - sessionsShown} more` : ''}
    </>
  );
}

function Steps({ taken, longest }: { taken: FramePath['steps']; longest: number }) {
  if (!taken) return null;
  const title = steps.map(([, meaning], index) => `${meaning}: ${milliseconds(taken[index]!)}`).join(', ');
  return (
    <div class="steps" title={title}>
      {steps.map(([name], index) => (
        <i key={name} class={name} style={{ width: `${(70 * taken[index]!) / longest}%` }} />
      ))}
      <span>{milliseconds(totalOf(taken))}</span>
    </div>
  );
}

function totalOf(taken: FramePath['steps']): number {
  return taken?.reduce((sum, step) => sum + step, 0) ?? 0;
}

/** By the node's own clock, as far as the clocks of several machines can be compared. */
function moments({ at, stored, committed }: FramePath, node: string): string {
  const since = (moment: number | undefined) => (moment === undefined ? '–' : `${Math.max(0, moment - at)}`);
  return at === 0 ? '' : `${since(stored[node])}, ${since(committed[node])} ms`;
}
