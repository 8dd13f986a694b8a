/**
 * A recording as a page that needs nothing else: the player's own model and a thin view over it, bundled by the set-up,
 * and the recording as data beside it. What people wrote stays data on the whole way: the view only ever sets it as text.
 */
import { type PageParts, selfContained } from '../page.ts';
import type { Pace } from './model/player.ts';
import type { Recording } from './model/recording.ts';

export function pageOf(recording: Recording, { speed, maxGapMs }: Pace, parts: PageParts): string {
  // JSON has no word for infinity.
  const data = { recording, speed, maxGapMs: Number.isFinite(maxGapMs) ? maxGapMs : null };
  const withoutScript =
    'This page plays a conversation back, and needs JavaScript for that. It loads nothing.';
  return selfContained({ title: recording.title, data, ...parts, withoutScript });
}
