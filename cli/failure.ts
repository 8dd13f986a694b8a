/** How a failure is told: one sentence on standard error, and the exit status that says what is known. */
import { safeJson, visible } from './render/text.ts';

export const exitStatus = { done: 0, refused: 1, usage: 2, unanswered: 3 } as const;

/** The command was used wrongly, in a way that only shows when it runs. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command line itself refuses, before anybody is asked. */
export class Refusal extends Error {
  override readonly name = 'Refused';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The command line itself stops waiting. */
export class TooLate extends Error {
  override readonly name = 'Unanswered';
  readonly outcome = 'unknown';
}

/** All is said already; only the exit status remains. */
export class Reported extends Error {
  override readonly name = 'Reported';
  readonly status: number;

  constructor(status: number) {
    super(`exit status ${status}`);
    this.status = status;
  }
}

export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Of the command whose outcome is unknown. */
  readonly id?: string;
}

const codes: Readonly<Record<string, string>> = {
  UsageError: 'usage',
  PortInUse: 'port-in-use',
  NoServerProgram: 'no-server-program',
  ServerTooOld: 'server-too-old',
  DataFolderUnusable: 'data-unusable',
  StoreUnusable: 'data-unusable',
  InsecureServer: 'insecure',
};

/** Errors are told apart by name: their classes live in modules that a failing command may never have loaded. */
export function failureFrom(error: unknown): Failure {
  if (!(error instanceof Error))
    return { status: exitStatus.refused, code: 'failed', message: String(error) };
  const { name, message } = error;
  if (name === 'Unanswered') return unansweredFrom(error as Error & { outcome: string; id?: string });
  if (name === 'Refused') return { status: exitStatus.refused, code: (error as Refusal).code, message };
  const code = codes[name] ?? 'failed';
  return { status: code === 'usage' ? exitStatus.usage : exitStatus.refused, code, message };
}

function unansweredFrom({
  outcome,
  id,
  message,
}: {
  outcome: string;
  id?: string;
  message: string;
}): Failure {
  const status = exitStatus.unanswered;
  if (outcome !== 'unknown') return { status, code: 'not-sent', message };
  const told = { status, code: 'outcome-unknown', message: `${message}; it may have happened or not` };
  return id === undefined ? told : { ...told, id };
}

/** @returns the exit status. */
export function reportFailure(error: unknown, isJson: boolean): number {
  if (error instanceof Reported) return error.status;
  const failure = failureFrom(error);
  tell(failure, isJson);
  return failure.status;
}

export function tell({ code, message, id }: Omit<Failure, 'status'>, isJson: boolean): void {
  const object = { error: { code, message, ...(id === undefined ? {} : { id }) } };
  process.stderr.write(isJson ? `${safeJson(object)}\n` : `error: ${visible(code)}: ${visible(message)}\n`);
}
