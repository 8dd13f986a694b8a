import type { PastState } from '../../src/operator/running.ts';
import { visible } from './text.ts';
import { iso } from './time.ts';

/** With times as people and programs read them: an actor keeps milliseconds, in fields whose name ends in `At`. */
export function stateJson({ context, ...state }: PastState): PastState {
  const shown = ([key, value]: [string, unknown]) => [
    key,
    key.endsWith('At') && typeof value === 'number' ? iso(value) : value,
  ];
  return { ...state, context: Object.fromEntries(Object.entries(context).map(shown)) };
}

/** `session s-…: active, after position 120`, then its context, a line each. */
export function renderState(past: PastState): string {
  const { actor, id, state, position, context } = stateJson(past);
  const fields = Object.entries(context).map(
    ([key, value]) => `  ${key}: ${visible(JSON.stringify(value) ?? '')}`,
  );
  return [`${actor} ${id}: ${state}, after position ${position}`, ...fields].join('\n');
}
