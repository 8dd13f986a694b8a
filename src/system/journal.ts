/** Lines for the operator on standard error, with the node's id; the parent process adds nothing. */
import type { Journal } from '../ports/journal.ts';

export function lineJournal(node: string, isVerbose: boolean): Journal {
  const line = (text: string) => process.stderr.write(`${new Date().toISOString()} ${node}: ${text}\n`);
  return { notice: line, detail: isVerbose ? line : () => undefined };
}
