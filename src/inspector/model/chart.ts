/**
 * From a machine's graph to what the layout needs, and back to what is drawn. Pure.
 *
 * Transitions that stay where they are, and those of the whole machine, are lines of text in their state: as arrows they
 * would hide the others.
 */
import type { Edge, Graph, StateNode } from '../../protocol/inspection.ts';
import { edgeKey, edgeText } from './transitions.ts';

const letterWidth = 6.6;
const lineHeight = 15;
const titleHeight = 26;

export interface Line {
  readonly text: string;
  /** Of the transition. */
  readonly key: string;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DrawnState extends Box {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly isInitial: boolean;
  readonly lines: readonly Line[];
}

export interface DrawnEdge {
  readonly id: string;
  readonly from: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly label: Box;
  readonly lines: readonly Line[];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly states: readonly DrawnState[];
  readonly edges: readonly DrawnEdge[];
}

/** What elkjs is given, and gives back with places. */
export interface ElkNode {
  readonly id: string;
  readonly width?: number;
  readonly height?: number;
  readonly x?: number;
  readonly y?: number;
  readonly layoutOptions?: Readonly<Record<string, string>>;
  readonly children?: ElkNode[];
  readonly edges?: ElkEdge[];
}

interface ElkPoint {
  readonly x: number;
  readonly y: number;
}

export interface ElkEdge {
  readonly id: string;
  readonly sources: string[];
  readonly targets: string[];
  readonly labels: { text: string; width: number; height: number; x?: number; y?: number }[];
  readonly sections?: { startPoint: ElkPoint; endPoint: ElkPoint; bendPoints?: ElkPoint[] }[];
}

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '28',
  'elk.spacing.nodeNode': '24',
  'elk.spacing.edgeLabel': '4',
  'elk.edgeLabels.inline': 'false',
};

/** Its root has the id `root`: elkjs wants one. */
export function toElk({ root, edges }: Graph): ElkNode {
  const arrows = [...arrowsOf(edges)].map(([id, [from, to, lines]]): ElkEdge => {
    const texts = lines.map(({ text }) => text);
    const size = { width: widthOf(texts), height: lines.length * lineHeight };
    return { id, sources: [from], targets: [to], labels: [{ text: texts.join('\n'), ...size }] };
  });
  return {
    ...elkNode(root, edges),
    id: 'root',
    layoutOptions: { ...options, ...padding(root, edges) },
    edges: arrows,
  };
}

export function drawingOf({ root, edges }: Graph, laidOut: ElkNode): Drawing {
  const places = new Map<string, ElkNode>();
  const note = (node: ElkNode) => {
    places.set(node.id === 'root' ? '' : node.id, node);
    node.children?.forEach(note);
  };
  note(laidOut);
  const states: DrawnState[] = [];
  const draw = (state: StateNode, isInitial: boolean) => {
    const { x = 0, y = 0, width = 0, height = 0 } = places.get(state.id) ?? {};
    const { id, type, key: title } = state;
    states.push({ id, type, title, isInitial, x, y, width, height, lines: linesOf(id, edges) });
    for (const child of state.states) draw(child, child.key === state.initial);
  };
  draw(root, false);
  const arrows = arrowsOf(edges);
  const drawn = (laidOut.edges ?? []).map((edge) => drawnEdge(edge, arrows.get(edge.id)?.[2] ?? []));
  return { width: laidOut.width ?? 0, height: laidOut.height ?? 0, states, edges: drawn };
}

function drawnEdge({ id, sources, sections = [], labels }: ElkEdge, lines: readonly Line[]): DrawnEdge {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }) => [x, y] as const),
  );
  const [{ x = 0, y = 0, width = 0, height = 0 } = {}] = labels as Partial<Box>[];
  return { id, from: sources[0] ?? '', points, label: { x, y, width, height }, lines };
}

function isLine({ from, to }: Edge): boolean {
  return to === null || from === '' || from === to;
}

function linesOf(state: string, edges: readonly Edge[]): Line[] {
  return edges
    .filter((edge) => edge.from === state && isLine(edge))
    .map((edge) => {
      const target = edge.to === null || edge.to === state ? (edge.to === null ? '' : ' ↺') : ` → ${edge.to}`;
      return { text: `${edgeText(edge)}${target}`, key: edgeKey(edge) };
    });
}

/** One for each pair of states. */
function arrowsOf(edges: readonly Edge[]): Map<string, [from: string, to: string, lines: Line[]]> {
  const arrows = new Map<string, [string, string, Line[]]>();
  for (const edge of edges) {
    if (isLine(edge) || edge.to === null) continue;
    const id = `${edge.from}>${edge.to}`;
    const arrow = arrows.get(id) ?? [edge.from, edge.to, []];
    arrow[2].push({ text: edgeText(edge), key: edgeKey(edge) });
    arrows.set(id, arrow);
  }
  return arrows;
}

function elkNode(state: StateNode, edges: readonly Edge[]): ElkNode {
  const lines = linesOf(state.id, edges).map(({ text }) => text);
  const width = widthOf([`● ${state.key} `, ...lines]) + 24;
  const height = titleHeight + lines.length * lineHeight + (lines.length > 0 ? 6 : 0);
  if (state.states.length === 0) return { id: state.id, width, height };
  return {
    id: state.id,
    width,
    height,
    layoutOptions: padding(state, edges),
    children: state.states.map((child) => elkNode(child, edges)),
  };
}

function padding(state: StateNode, edges: readonly Edge[]): Record<string, string> {
  const top = titleHeight + linesOf(state.id, edges).length * lineHeight + 14;
  return { 'elk.padding': `[top=${top},left=16,bottom=16,right=16]` };
}

function widthOf(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length)) * letterWidth;
}
