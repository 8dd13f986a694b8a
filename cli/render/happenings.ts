/** What a player tells, as lines of a terminal. */
import { wordsFor } from '../player/model/recording.ts';
import type { Told } from '../player/model/told.ts';
import type { Palette } from './colour.ts';
import { renderSpoken } from './messages.ts';
import { visible } from './text.ts';

/** `alice: 'hello'`, `* bob came online`, `··· 38 min of silence ···` */
export function renderTold(told: Told, palette: Palette): string {
  if (told.kind === 'said') return renderSpoken({ from: told.from, text: told.text }, palette);
  const words = visible(wordsFor(told));
  return palette.dim(told.kind === 'silence' ? `··· ${words} ···` : `* ${words}`);
}
