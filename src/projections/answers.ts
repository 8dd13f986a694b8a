/** Answers: for every command ever decided, where its answer stands. This is what makes a repeat safe for ever. */
import type { RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { answers } from './tables.ts';

export function foldAnswers(rows: RowWriter, { event, position, frame }: StoredEvent): void {
  if (event.cause)
    rows.add(answers.key(event.cause.user, event.cause.id), [position, frame, event.cause.digest]);
}
