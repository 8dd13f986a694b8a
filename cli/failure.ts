/** How a failure is told: one sentence on standard error, and the exit status that says what is known. */

export const exitStatus = { done: 0, refused: 1, usage: 2, unanswered: 3 } as const;

/** The command was used wrongly, in a way that only shows when it runs. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Told apart by name: the classes live in modules that a failing command may never have loaded. */
const statusByName: Readonly<Record<string, number>> = {
  UsageError: exitStatus.usage,
  Unanswered: exitStatus.unanswered,
  NobodyThere: exitStatus.unanswered,
  NoAnswer: exitStatus.unanswered,
  ConnectionError: exitStatus.unanswered,
};

/** @returns the exit status. */
export function reportFailure(error: unknown, isJson: boolean): number {
  const { name, code, message } = describe(error);
  process.stderr.write(isJson ? `${JSON.stringify({ error: { code, message } })}\n` : `error: ${code}: ${message}\n`);
  return statusByName[name] ?? exitStatus.refused;
}

function describe(error: unknown): { name: string; code: string; message: string } {
  if (!(error instanceof Error)) return { name: '', code: 'failed', message: String(error) };
  const { name, message } = error;
  if (name === 'Refused') return { name, code: (error as Error & { code: string }).code, message };
  if (name === 'Unanswered') {
    const { outcome } = error as Error & { outcome: string };
    const consequence = outcome === 'unknown' ? 'the outcome is unknown; repeat it with the same id' : 'nothing was sent';
    return { name, code: outcome === 'unknown' ? 'outcome-unknown' : 'not-sent', message: `${message}; ${consequence}` };
  }
  const known = codes[name];
  if (known) return { name, code: known, message };
  if (isUnreachable(error)) return { name: 'Unanswered', code: 'no-server', message: 'no server answers at the given address; nothing was sent' };
  return { name, code: 'failed', message };
}

const codes: Readonly<Record<string, string>> = {
  UsageError: 'usage',
  PortInUse: 'port-in-use',
  NoServerProgram: 'no-server-program',
  ServerTooOld: 'server-too-old',
  DataFolderUnusable: 'data-unusable',
  StoreUnusable: 'data-unusable',
};

function isUnreachable(error: Error): boolean {
  const text = `${error.name} ${error.message} ${String(error.cause ?? '')}`;
  return /ECONNREFUSED|ENOTFOUND|CONNECTION_REFUSED|connection refused|TimeoutError|timeout/i.test(text);
}
