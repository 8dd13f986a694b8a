import { describe, expect, it } from 'vitest';
import { Argon2Passwords } from '../../../src/system/argon2.ts';

/** Little work, so that the test is quick; what counts is that one is less than the other. */
const weak = { memoryKib: 64, passes: 1, lanes: 1 };
const strong = { memoryKib: 128, passes: 2, lanes: 1 };

describe('Argon2id', () => {
  it('names itself and its parameters in the hash, which is another one each time', async () => {
    const passwords = new Argon2Passwords(weak);
    const [first, second] = [await passwords.hash('secret12'), await passwords.hash('secret12')];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    expect(first).not.toBe(second);
    expect(await passwords.verify(first, 'secret12')).toBe(true);
    expect(await passwords.verify(first, 'secret13')).toBe(false);
    expect(await passwords.verify(undefined, 'secret12')).toBe(false);
  });

  it('does the work that is recommended unless told otherwise', async () => {
    expect(await new Argon2Passwords().hash('secret12')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('takes as long for a wrong password where the hash is outdated as where there is no account', async () => {
    const before = await new Argon2Passwords(weak).hash('secret12');
    const passwords = new Argon2Passwords({ memoryKib: 32_768, passes: 4, lanes: 1 });
    await passwords.verify(undefined, 'warm up');
    const takesMs = async (stored: string | undefined) => {
      const begunMs = performance.now();
      expect(await passwords.verify(stored, 'secret13')).toBe(false);
      return performance.now() - begunMs;
    };
    const nobodyMs = await takesMs(undefined);
    expect(await takesMs(before)).toBeGreaterThan(nobodyMs / 4); // without: a hundredth
  });

  it('verifies what was hashed with less work, and knows that it is outdated', async () => {
    const before = await new Argon2Passwords(weak).hash('secret12');
    const passwords = new Argon2Passwords(strong);
    expect(await passwords.verify(before, 'secret12')).toBe(true);
    expect(passwords.isOutdated(before)).toBe(true);
    expect(passwords.isOutdated(await passwords.hash('secret12'))).toBe(false);
    expect(new Argon2Passwords(weak).isOutdated(await passwords.hash('secret12'))).toBe(false);
    expect(passwords.isOutdated('$argon2i$v=19$m=128,t=2,p=1$x$y')).toBe(true);
  });
});

it('the commonest passwords are known, in whatever capitals, and others are not', async () => {
  const passwords = new Argon2Passwords(weak);
  for (const common of ['password', 'PassWord', '12345678', 'iloveyou', 'qwertyuiop'])
    expect(await passwords.isCommon(common), common).toBe(true);
  for (const own of ['correct horse battery', 'xkcd 936 forever', ''])
    expect(await passwords.isCommon(own), own).toBe(false);
});
