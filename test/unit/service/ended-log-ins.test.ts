import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/log/memory.ts';
import { watchEndedLogIns } from '../../../src/service/ended-log-ins.ts';
import { chainOf } from '../../support/frame-chain.ts';
import { openCopy } from '../../support/open-copy.ts';
import { turn } from '../../support/turns.ts';
import { World } from '../../support/world.ts';

const tokenHash = (digit: number) => String(digit).repeat(64);

describe('log-ins that end', () => {
  it('are told when that is committed, whatever ended them (P9)', async () => {
    const world = new World();
    const alice = world.register('alice');
    for (const digit of [1, 2, 3, 4])
      world.tell('g-1', {
        type: 'LogIn',
        name: 'alice',
        verifiedAgainst: 'p1',
        tokenHash: tokenHash(digit),
      });
    world.tell(alice, { type: 'LogOut', tokenHash: tokenHash(1) });
    world.tell(alice, {
      type: 'ChangePassword',
      verifiedAgainst: 'p1',
      passwordHash: 'p2',
      tokenHash: tokenHash(2),
    });
    world.tell(alice, { type: 'DeleteAccount', tokenHash: tokenHash(2) });
    const { frames } = chainOf(world.commands, [1], 1_000);
    const { copy, read } = await openCopy(new MemoryStore());
    const ended: string[] = [];
    watchEndedLogIns(copy, (hash) => ended.push(hash.slice(0, 1)));
    for (const frame of frames) read(frame);
    expect(ended).toEqual([]);
    for (const [upTo, whose] of [
      [frames.length - 2, ['1']],
      [frames.length - 1, ['1', '3', '4']],
      [frames.length, ['1', '3', '4', '2']],
    ] as const) {
      copy.commitUpTo(upTo);
      copy.flush();
      await turn();
      expect(ended).toEqual(whose);
    }
  });
});
