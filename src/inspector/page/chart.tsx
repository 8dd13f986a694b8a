/** A statechart: nested boxes, arrows with their guards, what is active lit, what was just taken flashed. */
import type { Graph } from '../../protocol/inspection.ts';
import type { DrawnEdge, DrawnState } from '../model/chart.ts';
import { pathTo } from '../model/transitions.ts';
import { drawingFor } from './drawings.ts';

interface Props {
  readonly graph: Graph;
  readonly state: string;
  /** Key of the transition that was taken last, and how many were before it. */
  readonly taken: { readonly key: string; readonly count: number } | undefined;
  redraw(): void;
}

const arrow = 7;

export function Chart({ graph, state, taken, redraw }: Props) {
  const drawing = drawingFor(graph, redraw);
  if (!drawing) return <p class="quiet">drawing…</p>;
  const active = new Set(pathTo(state));
  return (
    <svg
      id="chart"
      role="img"
      aria-label={`Statechart; active: ${state}`}
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      width={drawing.width}
      height={drawing.height}
    >
      {drawing.states.map((one) => (
        <State key={one.id} state={one} isActive={active.has(one.id)} taken={taken} />
      ))}
      {drawing.edges.map((edge) => (
        <Arrow key={edge.id} edge={edge} isActive={active.has(edge.from)} taken={taken} />
      ))}
    </svg>
  );
}

function State({ state, isActive, taken }: { state: DrawnState; isActive: boolean; taken: Props['taken'] }) {
  const { x, y, width, height, id, title, type, isInitial, lines } = state;
  return (
    <g class={`state ${type} ${isActive ? 'active' : ''} ${id === '' ? 'root' : ''}`} data-state={id}>
      <rect x={x} y={y} width={width} height={height} rx={7} />
      <text class="title" x={x + 12} y={y + 18}>
        {isInitial ? '● ' : ''}
        {title}
      </text>
      {lines.map((line, index) => (
        <text
          key={flashKey(line.key, taken)}
          class={flash(line.key, taken)}
          x={x + 12}
          y={y + 36 + index * 15}
        >
          {line.text}
        </text>
      ))}
    </g>
  );
}

function Arrow({ edge, isActive, taken }: { edge: DrawnEdge; isActive: boolean; taken: Props['taken'] }) {
  const { points, label, lines } = edge;
  const isTaken = lines.some(({ key }) => key === taken?.key);
  const path = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  return (
    <g class={`edge ${isActive ? 'able' : ''}`}>
      <path key={isTaken ? taken?.count : 'still'} class={isTaken ? 'flash' : ''} d={path} />
      <polygon points={headOf(points)} />
      {lines.map((line, index) => (
        <text
          key={flashKey(line.key, taken)}
          class={flash(line.key, taken)}
          x={label.x}
          y={label.y + 11 + index * 15}
        >
          {line.text}
        </text>
      ))}
    </g>
  );
}

function flash(key: string, taken: Props['taken']): string {
  return key === taken?.key ? 'line flash' : 'line';
}

/** Another one each time, so that the flash begins anew. */
function flashKey(key: string, taken: Props['taken']): string {
  return key === taken?.key ? `${key} ${taken.count}` : key;
}

function headOf(points: DrawnEdge['points']): string {
  const [[x1, y1], [x2, y2]] = [points.at(-2) ?? [0, 0], points.at(-1) ?? [0, 0]];
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [((x2 - x1) / length) * arrow, ((y2 - y1) / length) * arrow];
  const base = [x2 - dx, y2 - dy] as const;
  const side = [-dy / 2, dx / 2] as const;
  return [
    [x2, y2],
    [base[0] + side[0], base[1] + side[1]],
    [base[0] - side[0], base[1] - side[1]],
  ]
    .map((point) => point.join(','))
    .join(' ');
}
