/** Lines for operators: what a cluster's processes say, and what is said of them. */
import { asSafeJson, visible } from './render/text.ts';

const toStandardError = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** @param form `json`: every line an object, also where nats-server or this command itself has something to say. */
export async function operatorLog(
  form: 'text' | 'json',
  write = toStandardError,
): Promise<(line: string) => void> {
  if (form === 'text') return (line) => write(visible(line)); // nats-server repeats what strangers call themselves
  const { jsonJournal } = await import('../src/observability/journal.ts');
  const journal = jsonJournal({ isVerbose: false }, { write: (line) => write(line.trimEnd()) });
  return (line) => (line.startsWith('{') ? write(asSafeJson(line)) : journal.notice(visible(line)));
}
