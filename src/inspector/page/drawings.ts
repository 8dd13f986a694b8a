/** Statecharts, laid out in a worker: once for each machine, however often it is looked at. */
import ELK from 'elkjs/lib/elk-api.js';
import type { Graph } from '../../protocol/inspection.ts';
import { type Drawing, drawingOf, type ElkNode, toElk } from '../model/chart.ts';
import { address } from './store.ts';

interface Layouter {
  layout(graph: object): Promise<object>;
}

const drawings = new Map<string, Drawing>();
const underWay = new Set<string>();
let layouter: Layouter | undefined;

/** @returns undefined while it is being laid out; `done` is told then. */
export function drawingFor(graph: Graph, done: () => void): Drawing | undefined {
  const key = JSON.stringify(graph);
  const known = drawings.get(key);
  if (known || underWay.has(key)) return known;
  underWay.add(key);
  void lay(graph).then((drawing) => {
    drawings.set(key, drawing);
    underWay.delete(key);
    done();
  });
  return undefined;
}

async function lay(graph: Graph): Promise<Drawing> {
  layouter ??= new ELK.default({ workerFactory: () => new Worker(address('/layout.js')) }) as Layouter;
  const laidOut = await layouter.layout(toElk(graph));
  return drawingOf(graph, laidOut as ElkNode); // what it was given, with places
}
