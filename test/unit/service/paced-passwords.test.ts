import { describe, expect, it } from 'vitest';
import type { Passwords } from '../../../src/ports/passwords.ts';
import { PacedPasswords, passwordsInTurns, TooManyWait } from '../../../src/service/paced-passwords.ts';

/** Hashes when it is told to, and notes how many it was asked for at a time. */
class HeldPasswords implements Passwords {
  readonly open: (() => void)[] = [];
  mostAtATime = 0;

  hash(password: string): Promise<string> {
    return new Promise((resolve) => {
      this.open.push(() => resolve(`hash of ${password}`));
      this.mostAtATime = Math.max(this.mostAtATime, this.open.length);
    });
  }

  async verify(hash: string | undefined, password: string): Promise<boolean> {
    return (await this.hash(password)) === hash;
  }

  isOutdated(): boolean {
    return false;
  }

  async isCommon(): Promise<boolean> {
    return false;
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function finishAll(held: HeldPasswords): Promise<void> {
  while (held.open.length > 0) {
    held.open.shift()!();
    await settle();
  }
}

describe('passwords in turns', () => {
  it('are hashed one at a time, in the order in which they came', async () => {
    const held = new HeldPasswords();
    const paced = new PacedPasswords(held);
    const done: string[] = [];
    const all = ['a', 'b', 'c', 'd', 'e'].map(async (name) => done.push(await paced.hash(name)));
    const verified = paced.verify('hash of f', 'f');
    await settle();
    expect(held.open).toHaveLength(1);
    await finishAll(held);
    await Promise.all(all);
    expect(done).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `hash of ${name}`));
    expect(await verified).toBe(true);
    expect(held.mostAtATime).toBe(1);
  });

  it('are refused when too many wait, and taken again when those are done', async () => {
    const held = new HeldPasswords();
    const paced = new PacedPasswords(held);
    const flood = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => {
        const hashed = paced.hash(String(index));
        if (index === 199) void settle().then(() => finishAll(held));
        return hashed;
      }),
    );
    const refused = flood.filter(({ status }) => status === 'rejected');
    expect(flood.length - refused.length).toBe(65);
    for (const { reason } of refused as PromiseRejectedResult[]) expect(reason).toBeInstanceOf(TooManyWait);
    const after = paced.hash('after');
    await settle();
    await finishAll(held);
    expect(await after).toBe('hash of after');
  });

  it('of newcomers take few places, and no more in a second than leave most of the time to the others', async () => {
    const held = new HeldPasswords();
    let nowMs = 0;
    const { passwords, newPasswords } = passwordsInTurns(held, () => nowMs);
    const crowd = Array.from({ length: 200 }, () => newPasswords.hash('new'));
    const logIn = passwords.verify('hash of a', 'a');
    const settled = Promise.allSettled(crowd);
    await settle();
    await finishAll(held);
    expect((await settled).filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    expect(await logIn).toBe(true);
    const one = async () => {
      const hashed = newPasswords.hash('new');
      await settle();
      await finishAll(held);
      return await hashed;
    };
    for (let index = 9; index < 100; index++) await one();
    const late = newPasswords.hash('new');
    await expect(late).rejects.toMatchObject({ retryAfterMs: 200 });
    nowMs += 200;
    expect(await one()).toBe('hash of new');
  });

  it('give their turn on when hashing fails', async () => {
    const failing: Passwords = {
      hash: async () => Promise.reject(new Error('no memory')),
      verify: async () => Promise.reject(new Error('no memory')),
      isOutdated: () => false,
      isCommon: async () => false,
    };
    const paced = new PacedPasswords(failing);
    for (let time = 0; time < 5; time++) await expect(paced.hash('a')).rejects.toThrow('no memory');
  });
});
