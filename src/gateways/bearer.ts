/**
 * A log-in as one opaque text, for far ends that keep it between connections. Whoever has it is that user, until the
 * log-in ends. The position goes along so that no node judges the token that has not heard of its log-in yet, and the
 * cluster so that another one says no at once instead of waiting to get that far.
 */
import type { Identity } from '../client/client.ts';
import { Refused } from '../client/errors.ts';

const pattern =
  /^(?<user>u-[0-9a-z]{16})\.(?<position>\d{1,15})\.(?<cluster>[0-9a-f]{16})?\.(?<token>[\w-]{43})$/;

/** The longest that the pattern takes. */
export const positionMax = 10 ** 15 - 1;

type LogIn = Omit<Identity, 'name'>;

export function formatBearer({ user, position, cluster = '', token }: LogIn): string {
  return `${user}.${position}.${cluster}.${token}`;
}

/** @throws {Refused} `not-logged-in`. */
export function parseBearer(text: string): LogIn {
  const { user, position, cluster, token } = pattern.exec(text)?.groups ?? {};
  if (user === undefined || token === undefined) throw tokenRefused();
  return { user, token, position: Number(position), cluster };
}

export function tokenRefused(): Refused {
  return new Refused(
    'not-logged-in',
    'That token opens nothing here: its log-in has ended, is of another cluster, or is connected too often at once; log in again.',
  );
}
