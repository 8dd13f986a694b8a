/**
 * A log-in as one opaque text, for far ends that keep it between connections: the user's id and token. Whoever has it is
 * that user, until the log-in ends.
 */
import { Refused } from '../client/errors.ts';

const pattern = /^(?<user>u-[0-9a-z]{16})\.(?<token>[\w-]{43})$/;

export function formatBearer({ user, token }: { readonly user: string; readonly token: string }): string {
  return `${user}.${token}`;
}

/** @throws {Refused} `not-logged-in`. */
export function parseBearer(text: string): { readonly user: string; readonly token: string } {
  const { user, token } = pattern.exec(text)?.groups ?? {};
  if (user === undefined || token === undefined) throw tokenRefused();
  return { user, token };
}

export function tokenRefused(): Refused {
  return new Refused(
    'not-logged-in',
    'That token opens nothing here: its log-in has ended, is of another cluster, or is connected too often at once; log in again.',
  );
}
