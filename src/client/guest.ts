/** Somebody who is not logged in: registers, logs in, sets a forgotten password anew. */
import { newId, type Random } from '../events/ids.ts';
import { asRecoveryCode, hashToken, newRecoveryCode, newToken } from '../events/tokens.ts';
import type { Clock } from '../ports/clock.ts';
import type { Introduction } from '../protocol/subjects.ts';
import { Line } from './line.ts';
import type { Link } from './link.ts';

export interface ClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Reaches the broker as who one introduces oneself; `secret` is the user's token. */
  link(introduction: Introduction, secret: string): Promise<Link>;
  /** Told when what was asked for has to wait, and for how long; it is sent again by itself. */
  slowedDown?(retryAfterMs: number): void;
}

/** Who a user is, to be kept between runs; `position` is the highest position seen, `cluster` the one it was seen in. */
export interface Identity {
  readonly user: string;
  readonly name: string;
  readonly token: string;
  readonly position: number;
  readonly cluster?: string | undefined;
}

export const noted = () => undefined;

export class GuestClient {
  readonly line: Line;
  readonly #random: Random;

  constructor({ clock, random, link, slowedDown = noted }: ClientOptions) {
    const introduction = { as: 'guest', guest: newId('g-', random) } as const;
    this.#random = random;
    this.line = new Line({
      introduction,
      client: newId('c-', random),
      clock,
      random,
      link: () => link(introduction, ''),
      slowedDown,
    });
  }

  /** @returns the recovery code, which is known to nobody else and shown once. */
  async register(
    name: string,
    password: string,
    timeoutMs?: number,
  ): Promise<{ user: string; recoveryCode: string }> {
    const recoveryCode = newRecoveryCode(this.#random);
    const recoveryHash = hashToken(recoveryCode);
    const answer = await this.line.command(
      { type: 'Register', name, password, recoveryHash },
      timing(timeoutMs),
    );
    return { user: answer.user ?? '', recoveryCode };
  }

  async logIn(name: string, password: string, timeoutMs?: number): Promise<Identity> {
    const token = newToken(this.#random);
    const answer = await this.line.command(
      { type: 'LogIn', name, password, tokenHash: hashToken(token) },
      timing(timeoutMs),
    );
    return { user: answer.user ?? '', name, token, position: this.line.position };
  }

  /** Sets a forgotten password anew; every log-in ends. @returns the next recovery code, as `register` does. */
  async recover(
    name: string,
    recoveryCode: string,
    password: string,
    timeoutMs?: number,
  ): Promise<{ user: string; recoveryCode: string }> {
    const next = newRecoveryCode(this.#random);
    const request = {
      type: 'Recover',
      name,
      recoveryCode: asRecoveryCode(recoveryCode),
      password,
      recoveryHash: hashToken(next),
    } as const;
    const answer = await this.line.command(request, timing(timeoutMs));
    return { user: answer.user ?? '', recoveryCode: next };
  }

  close(): Promise<void> {
    return this.line.close();
  }
}

export function timing(timeoutMs: number | undefined): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}
