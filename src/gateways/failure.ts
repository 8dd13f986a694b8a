/** How a gateway tells what went wrong: the same codes through every door, each with what is known and whether to try again. */
import { mayRetry, Refused, Unanswered } from '../client/errors.ts';

export interface Failure {
  /** Stable: those of Verbatim's refusals, and those below. */
  readonly code: string;
  /** One sentence, free to improve. */
  readonly message: string;
  /** The same may be asked again, a little later, and under the same id where it has one. */
  readonly isRetryable: boolean;
  /** Whether what was asked for has happened: certainly not, or nobody knows and a repeat under the same id finds out. */
  readonly outcome: 'not-done' | 'unknown';
}

/** What gateways say beside Verbatim's own refusals. */
export const gatewayRefusals = {
  unavailable: 'Nobody can answer at present; try again with the same id.',
  'already-in': 'This connection speaks for somebody already; log out first, or open another one.',
  'too-many':
    'Too many connections are open, or too much is under way on this one; try again a little later.',
  'going-away': 'This gateway is being stopped; connect again.',
  internal: 'Something went wrong in the gateway; its operator finds it in the log.',
} as const;

export type GatewayRefusal = keyof typeof gatewayRefusals;

const passing: ReadonlySet<string> = new Set(['too-many', 'going-away'] satisfies GatewayRefusal[]);

export function gatewayRefused(code: GatewayRefusal): Refused {
  return new Refused(code, gatewayRefusals[code]);
}

/** @param log told of what nobody foresaw: the far end hears no more of it than that. */
export function failureOf(error: unknown, log: (line: string) => void): Failure {
  if (error instanceof Refused) {
    const { code, message } = error;
    return { code, message, isRetryable: mayRetry(error) || passing.has(code), outcome: 'not-done' };
  }
  if (error instanceof Unanswered) {
    const outcome = error.outcome === 'unknown' ? 'unknown' : 'not-done';
    const message = `${gatewayRefusals.unavailable.slice(0, -1)} (${error.message}).`;
    return { code: 'unavailable', message, isRetryable: mayRetry(error), outcome };
  }
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { code: 'internal', message: gatewayRefusals.internal, isRetryable: false, outcome: 'unknown' };
}
