/** What an event did, on the graph of its machine. Pure. */
import type { Edge, Graph } from '../../protocol/inspection.ts';

/** Ancestors of a state, and itself, from the root on. */
export function pathTo(state: string): string[] {
  const keys = state === '' ? [] : state.split('.');
  return ['', ...keys.map((_, index) => keys.slice(0, index + 1).join('.'))];
}

/** The transition that led from one state to another on an event; undefined where none of the graph's does. */
export function edgeTaken({ edges }: Graph, from: string, event: string, to: string): Edge | undefined {
  const active = new Set(pathTo(from));
  const reached = new Set(pathTo(to));
  const able = edges
    .filter((edge) => edge.event === event && active.has(edge.from))
    .sort((a, b) => b.from.length - a.from.length);
  const leads = (edge: Edge) => edge.to !== null && edge.to !== '' && reached.has(edge.to);
  if (from === to) return able.find((edge) => edge.to === null) ?? able.find(leads);
  return able.find(leads) ?? able.find((edge) => edge.to !== null);
}

/** As people say it: XState's own events have long names. */
export function eventName(type: string): string {
  const after = /^xstate\.after\.([^.]+)\./.exec(type);
  if (after) return `after ${after[1]}`;
  if (type.startsWith('xstate.done.')) return 'done';
  if (type.startsWith('xstate.error.')) return 'error';
  if (type === 'xstate.init') return 'start';
  return type === '' ? 'always' : type;
}

/** `MessagePosted [isParticipant]` */
export function edgeText({ event, guard }: Edge): string {
  return guard === null ? eventName(event) : `${eventName(event)} [${guard}]`;
}

export function edgeKey({ from, to, event, guard }: Edge): string {
  return [from, to ?? '', event, guard ?? ''].join('|');
}
