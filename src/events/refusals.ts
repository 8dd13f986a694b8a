/**
 * Refusals: what Verbatim says when it does not do what was asked.
 *
 * Codes are stable and scripts depend on them; sentences are free to improve. A *recorded* refusal is an entry of
 * the log like any event: the same command gets it again for ever. The others decide nothing and may be tried again.
 */
export const refusals = {
  'name-taken': 'Somebody already has that name; choose another one.',
  'name-confusable': 'That name looks like one that somebody has; choose another one.',
  'weak-password': 'That password is among the first that anybody would try; choose another one.',
  'unknown-user': 'There is nobody of that name.',
  'wrong-credentials': 'Name and password do not match; try again, nothing is locked.',
  'not-logged-in': 'You are not logged in; run `verbatim login NAME` first.',
  'to-yourself': 'That message is addressed to its own sender.',
  'session-closed': 'That session is closed; a new message opens the next one.',
  'unknown-session': 'There is no such session among yours.',
  'nothing-new': 'Those items were marked as shown before.',
  'already-member': 'They are in that group already.',
  'group-full': 'That group has as many members as a group can have.',
  'too-many-groups': 'Somebody is in as many groups as one can be in; leaving one makes room.',
  'unknown-match': 'There is no such match among yours.',
  'too-many-matches': 'You are in as many matches as one can be in; end one first.',
  'id-reused': 'That command id was used before for something else; choose a new one.',
  'not-possible': 'That is not possible in the present state.',
  malformed: 'The request is not understood.',
  'too-large': 'The request is too large.',
  'not-now': 'Not now; try again with the same id.',
  'slow-down': 'That was a lot in a short time; try again a little later with the same id.',
  'too-early': 'This node has not caught up to where you have read; another one may have.',
} as const;

export type RefusalCode = keyof typeof refusals;

export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

/** Nothing was decided; the same may be asked again after so long. */
export interface Postponement extends Refusal {
  readonly retryAfterMs: number;
}

export function refusal(code: RefusalCode, message: string = refusals[code]): Refusal {
  return { code, message };
}

export function postponed(retryAfterMs: number): Postponement {
  return { ...refusal('slow-down'), retryAfterMs: Math.ceil(retryAfterMs) };
}

/** Codes that skip the log: they decide nothing, so a repeat of the command may well succeed. */
export const unrecorded: ReadonlySet<RefusalCode> = new Set([
  'malformed',
  'too-large',
  'not-now',
  'slow-down',
  'weak-password',
  'too-early',
]);
