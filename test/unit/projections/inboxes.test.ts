import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedInFrames } from '../../support/frame-chain.ts';
import { anyWorld } from '../../support/histories.ts';
import { foldPlainly } from '../../support/plain-rows.ts';
import { queueOf, queuesToldFrom } from '../../support/queues.ts';
import { World } from '../../support/world.ts';

const perFrame = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });

describe('a queue', () => {
  it('has every item for its user in order, each once, however the history lies in frames (P4)', () => {
    fc.assert(
      fc.property(anyWorld, perFrame, ({ commands }, sizes) => {
        const frames = storedInFrames(commands, sizes);
        const rows = foldPlainly(frames);
        const users = frames
          .flat()
          .flatMap(({ event }) => (event.type === 'UserRegistered' ? event.data.user : []));
        const told = queuesToldFrom(frames.flat());
        for (const user of users) expect(queueOf(rows, user)).toEqual(told.get(user) ?? []);
      }),
    );
  });

  it('gives back only what was not shown, also of messages that one frame brought together (P4)', () => {
    const world = new World();
    const alice = world.register('Alice');
    const bob = world.register('Bob');
    const carol = world.register('Carol');
    const sent = [alice, alice, alice, carol, alice].map((sender) => world.post(sender, 'Bob'));
    world.tell(bob, { type: 'MarkShown', upTo: sent[1]! });
    world.deleteAccount(bob);
    const rows = foldPlainly(storedInFrames(world.commands, [100]));
    const position = world.stored.length;
    expect(queueOf(rows, alice)).toEqual([{ position, returned: [sent[2], sent[4]] }]);
    expect(queueOf(rows, carol)).toEqual([{ position, returned: [sent[3]] }]);
  });

  it('has one row for what a frame adds to it', () => {
    const world = new World();
    const alice = world.register('Alice');
    const bob = world.register('Bob');
    const carol = world.register('Carol');
    for (const sender of [alice, alice, carol, alice]) world.post(sender, 'Bob');
    const rows = foldPlainly(storedInFrames(world.commands, [100]));
    const texts = rows.texts().filter(([key]) => key.startsWith(`item/${bob}/`));
    expect(texts).toHaveLength(1);
    expect(queueOf(rows, bob).map((item) => 'from' in item && item.from)).toEqual([
      alice,
      alice,
      carol,
      alice,
    ]);
  });
});
