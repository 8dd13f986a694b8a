import { beforeEach, describe, expect, it } from 'vitest';
import { userName } from '../../../src/events/names.ts';
import { looks } from '../../../src/projections/tables.ts';
import { skeletonsOf } from '../../../src/service/skeletons.ts';
import { World } from '../../support/world.ts';

/** Of Cyrillic, Greek and Armenian letters where they are not what they seem. */
const pairs: [string, string, string][] = [
  ['alice', '\u0430lice', 'a Cyrillic a'],
  ['alice', 'AIice', 'a capital i'],
  ['AIice', 'alice', 'the same the other way round'],
  ['alice', 'a1ice', 'the digit one'],
  ['alice', '\u0410LICE', 'a Cyrillic A among capitals'],
  ['bob', 'b0b', 'a zero'],
  ['BOB', 'B0B', 'a zero among capitals'],
  ['mike', 'rnike', 'r and n'],
  ['scope', '\u0455\u0441\u043e\u0440\u0435', 'nothing but Cyrillic letters'],
  ['nora', 'n\u03bfra', 'a Greek o'],
  ['Hans', '\u054eans'.replace('\u054e', '\u041d'), 'a Cyrillic N that looks like H'],
];

describe('a name', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  const register = (name: string) =>
    world.tell('g-1', { type: 'Register', name, passwordHash: 'p1', recoveryHash: 'r1' });

  it.each(pairs)('%s is not to be confused with %s: %s', (first, second) => {
    expect(userName.parse(second)).toBe(second);
    world.register(first);
    expect(register(second)).toMatchObject({ data: { code: 'name-confusable' } });
  });

  it.each([
    ['alice', 'alicia'],
    ['anna', 'anne'],
    ['user1', 'user2'],
    ['user10', 'user20'],
    ['m\u00fcller', 'muller'],
    ['Zoe', 'Zo\u00eb'],
    ['\u0430\u043d\u043d\u0430', 'anna'],
    ['a-b', 'a_b'],
  ])('%s leaves room for %s', (first, second) => {
    world.register(first);
    world.register(second);
  });

  it('is free for others with all that looks like it, once its account is deleted', () => {
    const alice = world.register('alice');
    world.deleteAccount(alice);
    expect(looks.get(world.rows, 'alice')).toBeUndefined();
    const other = world.register('a1ice');
    expect(looks.get(world.rows, 'alice')).toBe(other);
  });

  it('is looked up by what the log says it looks like, and not by what it would look like today', () => {
    world.register('alice');
    const event = world.stored.at(-1)!.event;
    expect(event).toMatchObject({ type: 'UserRegistered', data: { skeletons: ['alice'] } });
    expect(skeletonsOf('AIice')).toEqual(['alice', 'aiice']);
  });

  it.each([
    ['a joiner that nobody sees', 'al\u034fice'],
    ['a filler that nobody sees', 'al\u1160ice'],
    ['a variation selector', 'alice\ufe0f'],
    ['a zero-width space', 'al\u200bice'],
    ['a turn of the direction of writing', '\u202ealice'],
  ])('has no %s in it', (_, name) => {
    expect(userName.safeParse(name).success).toBe(false);
  });

  it('in full-width letters is the one in ordinary letters', () => {
    expect(userName.parse('\uff21lice')).toBe('Alice');
    world.register('alice');
    expect(register(userName.parse('\uff21lice'))).toMatchObject({ data: { code: 'name-taken' } });
  });
});
