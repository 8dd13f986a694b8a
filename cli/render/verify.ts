import type { NodeVerification } from '../../src/operator/stored.ts';
import type { Palette } from './colour.ts';
import { count, visible } from './text.ts';

export function renderVerification(found: NodeVerification, { bold, green, red }: Palette): string {
  const { node, frames, events, ok, first_bad: firstBad, reason = '' } = found;
  if (ok) return `${node}: ${green('ok')}, ${count(events, 'event')} in ${count(frames, 'frame')}`;
  return `${node}: ${bold(red('bad'))} from position ${firstBad} on: ${visible(reason)}`;
}
