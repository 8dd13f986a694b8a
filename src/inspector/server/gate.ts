/**
 * Who may come in. Any page in the same browser can send requests here, under whatever name its owner lets point to this
 * machine: so the name that was asked for, the page that asks and the token of the link are all looked at, before anything
 * else is done.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Knock {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Turned {
  readonly status: 401 | 403 | 405;
  readonly why: string;
}

/** @returns undefined where they may come in. */
export function turnedAway({ method, url, headers }: Knock, port: number, token: string): Turned | undefined {
  if (method !== 'GET') return { status: 405, why: 'there is nothing here to change' };
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!names.includes(headers.host ?? '')) return { status: 403, why: 'ask for 127.0.0.1 or localhost' };
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`)
    return { status: 403, why: 'another page has no business here' };
  const given = new URL(url, 'http://localhost').searchParams.get('token') ?? '';
  if (!isSame(given, token))
    return { status: 401, why: 'the link that `verbatim inspect` printed holds a token' };
  return undefined;
}

/** In a time that says nothing about how much of it was right. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
