import type { PastState } from '../../src/operator/running.ts';
import { visible } from './text.ts';

/** `session s-…: active, after position 120`, then its context, a line each. */
export function renderState({ actor, id, state, position, context }: PastState): string {
  const fields = Object.entries(context).map(
    ([key, value]) => `  ${key}: ${visible(JSON.stringify(value) ?? '')}`,
  );
  return [`${actor} ${id}: ${state}, after position ${position}`, ...fields].join('\n');
}
