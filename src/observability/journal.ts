/**
 * The journal as lines of JSON, for programs that collect logs.
 *
 * Redaction is by construction: the journal's port takes sentences, never objects, so there is no field that a secret or
 * a message's text could slip into.
 */
import { type DestinationStream, pino } from 'pino';
import type { Journal } from '../ports/journal.ts';

export interface JournalOptions {
  /** Undefined for what is said of the whole cluster. */
  readonly node?: string;
  /** Details too. */
  readonly isVerbose: boolean;
  /** The newest epoch heard of; undefined as long as none is known. */
  epoch?(): number | undefined;
}

/** A line: `{"level":"info","time":"2026-11-21T19:30:12.345Z","node":"n1","epoch":4,"msg":"n2 leads epoch 4"}`. */
export function jsonJournal(
  { node, isVerbose, epoch = () => undefined }: JournalOptions,
  destination: DestinationStream = process.stderr,
): Journal {
  const logger = pino(
    {
      level: isVerbose ? 'debug' : 'info',
      base: node === undefined ? null : { node },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const known = epoch();
        return known === undefined ? {} : { epoch: known };
      },
    },
    destination,
  );
  return { notice: (line) => logger.info(line), detail: (line) => logger.debug(line) };
}
