import { beforeEach, describe, expect, it } from 'vitest';
import { checkLogIns, connectionName } from '../../../src/node/log-in-checks.ts';
import { Layer } from '../../../src/projections/rows.ts';
import { tokens } from '../../../src/projections/tables.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { PlainRows } from '../../support/plain-rows.ts';

describe('those who are in, looked at', () => {
  const open = 'a'.repeat(64);
  const ended = 'b'.repeat(64);
  let clock: ManualClock;
  let rows: Layer;
  let inside: Set<string>;
  let takesPart: boolean;

  const expelled = async (forMs: number) => {
    const before = new Set(inside);
    for (let passedMs = 0; passedMs < forMs; passedMs += 1_000) await clock.advance(1_000);
    return [...before].filter((name) => !inside.has(name));
  };

  beforeEach(() => {
    clock = new ManualClock();
    rows = new Layer(new PlainRows());
    rows.put(tokens.key(open), { user: 'u-1', expiresAt: 1_000_000 });
    inside = new Set([connectionName(open), connectionName(ended), 'guests:127.0.0.1', 'node']);
    takesPart = true;
    const warden = {
      names: async () => new Set(inside),
      expel: async (name: string) => void inside.delete(name),
      count: async () => 0,
      kick: async () => undefined,
    };
    checkLogIns({
      clock,
      rows,
      warden: () => warden,
      now: () => clock.monotonicMs(),
      takesPart: () => takesPart,
    });
  });

  it('leave when no log-in of theirs is there, and nobody else does (P9)', async () => {
    expect(await expelled(12_000)).toEqual([connectionName(ended)]);
  });

  it('leave within a minute whenever it ended, and when it expired', async () => {
    await expelled(12_000);
    rows.delete(tokens.key(open));
    expect(await expelled(66_000)).toEqual([connectionName(open)]);
    rows.put(tokens.key(ended), { user: 'u-1', expiresAt: clock.monotonicMs() - 1 });
    inside.add(connectionName(ended));
    expect(await expelled(66_000)).toEqual([connectionName(ended)]);
  });

  it('stay while this node has not heard of their log-in yet', async () => {
    expect(await expelled(7_000)).toEqual([]);
    rows.put(tokens.key(ended), { user: 'u-1', expiresAt: 1_000_000 });
    expect(await expelled(120_000)).toEqual([]);
  });

  it('stay for a node that does not follow the log', async () => {
    takesPart = false;
    expect(await expelled(120_000)).toEqual([]);
  });
});
