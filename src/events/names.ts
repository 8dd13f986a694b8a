import { z } from 'zod';
import { limits } from './limits.ts';

/** Marks and letters that nothing shows are left out: two names must not differ by them. */
const allowed = /^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u;

/** A user's name as it is shown: NFKC, letters and digits first, then also `.`, `_` and `-`. */
export const userName = z
  .string()
  .max(limits.nameLengthMax, `a name has at most ${limits.nameLengthMax} characters`)
  .transform((name) => name.normalize('NFKC'))
  .pipe(
    z
      .string()
      .max(limits.nameLengthMax, `a name has at most ${limits.nameLengthMax} characters`)
      .regex(
        allowed,
        'a name is made of letters, digits, ".", "_" and "-", and starts with a letter or digit',
      ),
  );

/** The form in which names are compared: `Alice` and `alice` are one user. */
export function canonicalName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
