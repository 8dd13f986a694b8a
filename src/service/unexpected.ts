/**
 * What nobody reckoned with. Whoever asked is told to try again, which may help or not; so that a fault of the program or
 * of the machine does not hide behind that, the operator is told too, once for each kind.
 */
import type { Journal } from '../ports/journal.ts';

/** More kinds than anybody would read. */
const kindsMax = 100;

export class Unexpected {
  readonly #journal: Journal;
  readonly #told = new Set<string>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** @param what could not be done, as the beginning of a sentence. */
  tell(what: string, error: unknown): void {
    const kind = `${what}: ${describe(error)}`;
    if (this.#told.has(kind) || this.#told.size >= kindsMax) return;
    this.#told.add(kind);
    this.#journal.notice(kind);
  }
}

/**
 * By its code or name, and by where it was thrown. What it says is told only where the program or the system speaks: other
 * messages, such as a parser's, may quote what somebody sent.
 */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'something was thrown that is no error';
  const { name, message, stack = '' } = error;
  const { code } = error as NodeJS.ErrnoException;
  const isQuoting = code?.startsWith('ERR_INVALID_') ?? false; // Node's own, of arguments
  const isKnown = code !== undefined || error instanceof TypeError || error instanceof ReferenceError;
  const isOwn = isKnown && !isQuoting;
  const place = /\n\s+at (.*)/.exec(stack)?.[1];
  return [
    code ?? name,
    ...(isOwn && message !== '' ? [message.split('\n')[0]] : []),
    ...(place === undefined ? [] : [`at ${place}`]),
  ].join(', ');
}
