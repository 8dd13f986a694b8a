/**
 * Looking after those who are in: whoever has a connection of a log-in that opens nothing any more has to leave.
 *
 * Mostly they are sent away the moment their log-in ends. But who saw that end may die before acting on it, all nodes may
 * restart just then, one that was behind may let somebody in and be gone, a copy may be replaced as a whole, a server may
 * hang for longer than anybody asks it. So all who are in are looked at, soon after a node starts and every minute.
 */

import type { Subscription } from '../ports/bus.ts';
import { type Clock, delay, every } from '../ports/clock.ts';
import type { Rows } from '../projections/rows.ts';
import { tokens } from '../projections/tables.ts';
import type { Warden } from '../transport/warden.ts';

const checkedMs = { first: 5_000, again: 60_000 } as const;
/** Another node may have let somebody in whose log-in this one has not heard of yet. */
const hearsayMs = 5_000;

const logIn = 'log-in:';

/** What the connections of a log-in are called. */
export function connectionName(tokenHash: string): string {
  return logIn + tokenHash;
}

export interface LogInCheckOptions {
  readonly clock: Clock;
  /** What is committed here. */
  readonly rows: Rows;
  /** Undefined while there is none. */
  warden(): Warden | undefined;
  /** The log's time. */
  now(): number;
  /** Whether this node hears of what is committed; one that does not knows nothing of new log-ins. */
  takesPart(): boolean;
}

export function checkLogIns(options: LogInCheckOptions): Subscription {
  const { clock } = options;
  const look = () => void check(options).catch(() => undefined); // no connection: the next look finds them
  const first = clock.setTimeout(look, checkedMs.first);
  const again = every(clock, checkedMs.again, look);
  return {
    stop: () => {
      clock.clearTimeout(first);
      again.stop();
    },
  };
}

async function check({ clock, rows, warden, now, takesPart }: LogInCheckOptions): Promise<void> {
  const isOver = (name: string) => {
    const known = tokens.get(rows, name.slice(logIn.length));
    return known === undefined || known.expiresAt <= now();
  };
  if (!takesPart()) return;
  const names = (await warden()?.names()) ?? [];
  const suspects = [...names].filter((name) => name.startsWith(logIn) && isOver(name));
  if (suspects.length === 0) return;
  await delay(clock, hearsayMs);
  if (!takesPart()) return;
  for (const name of suspects.filter(isOver)) await warden()?.expel(name);
}
