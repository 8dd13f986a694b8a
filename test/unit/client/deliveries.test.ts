import { expect, it } from 'vitest';
import { Deliveries, type Delivers } from '../../../src/client/deliveries.ts';
import { Refused } from '../../../src/client/errors.ts';
import type { ItemView } from '../../../src/protocol/views.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { turn } from '../../support/turns.ts';

const message = (item: number, prev: number): ItemView => ({
  kind: 'message',
  id: `m-${item}`,
  session: 's-1',
  conversation: 's-1',
  from: 'alice',
  text: String(item),
  at: item,
  position: item,
  prev,
  item,
});
const returned = (position: number, item: number): ItemView => ({
  ...message(item, 1),
  kind: 'returned',
  position,
});

function reading(
  queue: readonly ItemView[],
  options: { show?: (item: ItemView) => Promise<void>; delivers?: Delivers } = {},
) {
  const clock = new ManualClock();
  const shown: number[] = [];
  const marked: number[] = [];
  const deliveries = new Deliveries({
    clock,
    shown: 0,
    delivers: options.delivers ?? 'shown',
    read: async (after) => queue.filter(({ item }) => item > after),
    show: async (item) => {
      await options.show?.(item);
      shown.push(item.position);
    },
    markShown: async (upTo) => void marked.push(upTo),
  });
  return { clock, shown, marked, deliveries };
}

it('shows what is pushed in order, each once (P4)', async () => {
  const { deliveries, shown } = reading([]);
  deliveries.pushed({ items: [message(1, 0), message(3, 1)], last: 3 });
  deliveries.pushed({ items: [message(1, 0), message(3, 1), message(4, 3)], last: 4 });
  await turn();
  expect(shown).toEqual([1, 3, 4]);
});

it('reads the queue when a push does not follow on what was shown (P4)', async () => {
  const queue = [message(1, 0), message(2, 1), message(5, 2), message(6, 5)];
  const { deliveries, shown } = reading(queue);
  deliveries.pushed({ items: [message(5, 2), message(6, 5)], last: 6 });
  await turn();
  expect(shown).toEqual([1, 2, 5, 6]);
});

it('acknowledges messages that came back only when the last of them was shown (P4)', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const queue = [message(1, 0), returned(7, 9), returned(8, 9)];
  const { deliveries, clock, shown, marked } = reading(queue, {
    show: (item) => (item.position === 8 ? held : Promise.resolve()),
  });
  deliveries.catchUp();
  await turn();
  await clock.advance(1_000);
  expect([shown, marked]).toEqual([[1, 7], [1]]);
  release();
  await turn();
  await clock.advance(1_000);
  expect([shown, marked]).toEqual([
    [1, 7, 8],
    [1, 9],
  ]);
});

it('acknowledges what was passed on only when it was taken, and waits for nobody at the end (P4)', async () => {
  const never = new Promise<void>(() => undefined);
  const { deliveries, clock, marked } = reading([message(1, 0), message(2, 1), message(3, 2)], {
    delivers: 'taken',
    show: (item) => (item.item === 3 ? never : Promise.resolve()),
  });
  deliveries.catchUp();
  await clock.advance(1_000);
  expect(marked).toEqual([]);
  deliveries.taken(1);
  await clock.advance(1_000);
  expect(marked).toEqual([1]);
  deliveries.taken(9); // no more than was shown
  const settled = deliveries.settled();
  await clock.advance(1_000);
  await settled;
  expect(marked).toEqual([1, 2]);
});

it('ends when the account is gone, instead of asking for ever', async () => {
  let asked = 0;
  const clock = new ManualClock();
  const deliveries = new Deliveries({
    clock,
    shown: 0,
    delivers: 'shown',
    read: async () => {
      asked += 1;
      throw new Refused('not-logged-in', 'gone');
    },
    show: () => undefined,
    markShown: async () => undefined,
  });
  deliveries.catchUp();
  await turn();
  await clock.advance(10_000);
  expect(asked).toBe(1);
});

it('acknowledges what was shown before showing failed, and shows nothing more (P4)', async () => {
  const { deliveries, clock, shown, marked } = reading([message(1, 0), message(2, 1), message(3, 2)], {
    show: async ({ item }) => {
      if (item === 2) throw new Error('the far end is gone');
    },
  });
  deliveries.catchUp();
  await turn();
  deliveries.pushed({ items: [message(3, 2)], last: 3 });
  await turn();
  expect(shown).toEqual([1]);
  await clock.advance(200);
  expect(marked).toEqual([1]);
  await deliveries.settled();
});

it('keeps few pushes for whoever shows slowly, and reads the others when their turn comes (P4)', async () => {
  const count = 200;
  const queue = Array.from({ length: count }, (_, index) => message(index + 1, index));
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { deliveries, shown } = reading(queue, { show: () => held });
  for (const item of queue) deliveries.pushed({ items: [item], last: item.item });
  await turn();
  expect(shown).toEqual([]);
  release();
  await turn();
  expect(shown).toEqual(queue.map(({ item }) => item));
});
