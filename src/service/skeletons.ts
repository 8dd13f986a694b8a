/**
 * What a name looks like, so that nobody can pass for somebody else: `аlice` with a Cyrillic а, `b0b`, `rnike`.
 *
 * A skeleton is the one of Unicode's Technical Standard 39: every character is replaced by the simplest one that looks
 * like it. Names are the same in capitals and small letters, but do not look the same: `AIice` with a capital i looks like
 * `alice`, and so does `АLICE` with a Cyrillic А to whoever thinks nothing of capitals. So a name has the skeleton of how
 * it is written and the one of its small letters, both in small letters, and is confusable when either is taken.
 *
 * Skeletons are kept with the registration and never computed again: the table they come from grows with Unicode, and a
 * log must be read in the same way for ever.
 */
import unhomoglyph from 'unhomoglyph';
import { canonicalName } from '../events/names.ts';

export function skeletonsOf(name: string): string[] {
  return [...new Set([name, canonicalName(name)].map(skeletonOf))];
}

function skeletonOf(text: string): string {
  return unhomoglyph(text.normalize('NFD')).normalize('NFD').toLowerCase();
}
