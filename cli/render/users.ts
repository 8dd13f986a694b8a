import type { UserView } from '../../src/client/client.ts';
import type { Palette } from './colour.ts';
import { visible } from './text.ts';

export function renderUser({ name, online }: UserView, palette: Palette): string {
  return online ? `${palette.name(visible(name))} ${palette.green('online')}` : palette.name(visible(name));
}
