import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDeliveries } from '../../../src/checkers/deliveries.ts';
import type { Delivery, HistoryEvent } from '../../../src/checkers/history.ts';
import { KnownLog } from '../../../src/checkers/known-log.ts';
import type { EventType } from '../../../src/events/domain.ts';
import type { StoredEvent } from '../../../src/projections/stored.ts';
import { anyWorld } from '../../support/histories.ts';
import { queuesToldFrom } from '../../support/queues.ts';
import { History, Log, promisesIn } from './story.ts';

/** Ann, Bob and Cat; `s-1` is Ann's and Bob's, `s-2` Bob's and Cat's. */
function begin(): Log {
  const log = new Log();
  for (const name of ['ann', 'bob', 'cat']) log.register(name);
  log.open('s-1', 'u-ann', 'u-bob');
  log.open('s-2', 'u-bob', 'u-cat');
  return log;
}

/** Five messages to Bob, with other things in between. */
function fiveForBob(): { log: Log; at: number[] } {
  const log = begin();
  const at = [
    log.post('u-ann', 'm-1', 'one', 's-1'),
    log.post('u-cat', 'm-1', 'two', 's-2'),
    log.post('u-ann', 'm-2', 'three', 's-1'),
  ];
  log.post('u-bob', 'm-1', 'an answer', 's-1');
  at.push(log.post('u-ann', 'm-3', 'four', 's-1'), log.post('u-cat', 'm-2', 'five', 's-2'));
  return { log, at };
}

const kinds: Partial<Record<EventType, string>> = {
  MessagePosted: 'message',
  GroupOpened: 'opened',
  MemberJoined: 'joined',
  MemberLeft: 'left',
  TopicSet: 'topic',
};

function kindAt(stored: readonly StoredEvent[], position: number): string | undefined {
  const type = stored[position - 1]?.event.type;
  return type && kinds[type];
}

function judge(log: Log, { events }: { readonly events: readonly HistoryEvent[] }) {
  return checkDeliveries(events, log.known);
}

describe("a user's queue", () => {
  it('is what a person would tell who reads the log', () => {
    fc.assert(
      fc.property(anyWorld, ({ stored }) => {
        const known = new KnownLog(stored);
        const told = queuesToldFrom(stored);
        for (const user of known.users.keys()) {
          const parts = (told.get(user) ?? []).flatMap((item) =>
            !('returned' in item)
              ? [[kindAt(stored, item.position), item.position, item.position]]
              : item.returned.map((position) => ['returned', item.position, position]),
          );
          const own = known.queues.of(user).map(({ kind, item, message }) => [kind, item, message.position]);
          expect(own).toEqual(parts);
        }
      }),
    );
  });
});

describe('deliveries (P4)', () => {
  it('are fine to one client from beginning to end', () => {
    const { log, at } = fiveForBob();
    const history = new History();
    history.follow('bob.1');
    for (const position of at) history.show('bob.1', log, position);
    expect(judge(log, history)).toEqual([]);
  });

  it('are fine to clients that take over from each other, with repeats of what was not acknowledged', () => {
    const { log, at } = fiveForBob();
    const history = new History();
    history.follow('bob.1');
    for (const position of at.slice(0, 3)) history.show('bob.1', log, position);
    history.end('bob.1');
    history.follow('bob.2');
    history.end('bob.2');
    history.follow('bob.3');
    for (const position of at.slice(1)) history.show('bob.3', log, position);
    expect(judge(log, history)).toEqual([]);
  });

  it('are fine to two clients at once, each with a piece of its own, and to one that only peeks', () => {
    const { log, at } = fiveForBob();
    const history = new History();
    for (const client of ['bob.1', 'bob.2']) history.follow(client);
    history.follow('bob.3', false);
    for (const position of at.slice(0, 2)) history.show('bob.3', log, position);
    for (const position of at) {
      history.show('bob.1', log, position);
      if (position !== at[0]) history.show('bob.2', log, position);
    }
    expect(judge(log, history)).toEqual([]);
  });

  it('are fine to nobody, where nothing was acknowledged as shown and nobody follows', () => {
    const { log, at } = fiveForBob();
    const history = new History();
    expect(judge(log, history)).toEqual([]);
    history.follow('bob.1');
    for (const position of at.slice(0, 2)) history.show('bob.1', log, position);
    log.shown('u-bob', at[1]!);
    history.end('bob.1');
    expect(judge(log, history)).toEqual([]);
  });

  it('are told by their order, not by the order of lines', () => {
    const { log, at } = fiveForBob();
    const history = new History();
    history.follow('bob.1');
    for (const position of at) history.show('bob.1', log, position);
    expect(judge(log, { events: history.events.toReversed() })).toEqual([]);
  });

  it('of what came back are fine item by item, under the name of the deleted where others wrote to it', () => {
    const { log, at } = fiveForBob();
    log.shown('u-bob', at[1]!);
    const back = log.delete('u-bob');
    const history = new History();
    history.follow('bob.1');
    for (const position of at.slice(0, 3)) history.show('bob.1', log, position);
    history.follow('ann.1');
    history.show('ann.1', log, at[3]! - 1);
    history.show('ann.1', log, at[2]!, back);
    history.show('ann.1', log, at[3]!, back);
    history.follow('cat.1');
    history.show('cat.1', log, at[4]!, back);
    expect(judge(log, history)).toEqual([]);
    const renamed = history.events.map((event) =>
      event.type === 'deliver' && event.from === 'bob' ? { ...event, from: 'deleted user' } : event,
    );
    expect(renamed).not.toEqual(history.events);
    expect(judge(log, { events: renamed })).toEqual([]);
  });

  const toBob = (alter: (deliveries: Delivery[]) => void) => () => {
    const { log, at } = fiveForBob();
    const history = new History();
    history.follow('bob.1');
    for (const position of at) history.show('bob.1', log, position);
    const [follow, ...deliveries] = history.events;
    const shown = deliveries.filter((event) => event.type === 'deliver');
    alter(shown);
    return judge(log, { events: [follow!, ...shown.map((one, index) => ({ ...one, order: index + 1 }))] });
  };
  const changed = (fields: Partial<Delivery>) =>
    toBob((shown) => {
      shown[2] = { ...shown[2]!, ...fields };
    });

  it.each<[string, () => ReturnType<typeof judge>, RegExp[]]>([
    ['leave one out', toBob((shown) => shown.splice(2, 1)), [/missed something/, /never shown 8$/]],
    ['repeat one at once', toBob((shown) => shown.splice(2, 0, shown[1]!)), [/again between 7 and 7/]],
    [
      'step back',
      toBob((shown) => shown.splice(4, 0, shown[0]!)),
      [/again between 10 and 6/, /missed something/],
    ],
    [
      'change places',
      toBob((shown) => shown.splice(1, 2, shown[2]!, shown[1]!)),
      [/missed something/, /again between 8 and 7/, /missed something/],
    ],
    [
      'stop before the end',
      toBob((shown) => shown.pop()),
      [/up to 10, its queue goes on to 11/, /never shown 11$/],
    ],
    ['begin too late', toBob((shown) => shown.shift()), [/never shown 6$/]],
    ['change the words', changed({ text: 'tree' }), [/does not hold/, /missed something/]],
    ['change who wrote it', changed({ from: 'cat' }), [/does not hold/, /missed something/]],
    ['change the session', changed({ session: 's-2' }), [/does not hold/, /missed something/]],
    ['change the id', changed({ id: 'm-1' }), [/does not hold/, /missed something/]],
    ['change the stamp', changed({ at: 1 }), [/does not hold/, /missed something/]],
    ['say that it came back', changed({ kind: 'returned' }), [/does not hold/, /missed something/]],
    [
      'invent one',
      changed({ item: 9, position: 9 }),
      [/does not hold/, /missed something/, /never shown 8$/],
    ],
  ])('are not fine when they %s', (_, found, what) => {
    expect(found()).toEqual(
      what.map((words) => expect.objectContaining({ promise: 'P4', what: expect.stringMatching(words) })),
    );
  });

  it('are not fine when a client that took over skips what its predecessor had not shown', () => {
    const { log, at } = fiveForBob();
    const history = new History();
    for (const [client, positions] of [
      ['bob.1', at.slice(0, 2)],
      ['bob.2', at.slice(3)],
    ] as const) {
      history.follow(client);
      for (const position of positions) history.show(client, log, position);
      if (client === 'bob.1') history.end(client);
    }
    expect(judge(log, history)).toEqual([
      expect.objectContaining({ what: expect.stringMatching(/never shown 8$/) }),
    ]);
  });

  it('are not fine when something was acknowledged and shown to nobody who counts', () => {
    const { log, at } = fiveForBob();
    log.shown('u-bob', at[2]!);
    const history = new History();
    history.follow('bob.1');
    history.follow('bob.2', false);
    for (const position of at.slice(0, 2)) history.show('bob.1', log, position);
    for (const position of at) history.show('bob.2', log, position);
    history.end('bob.1');
    expect(judge(log, history)).toEqual([
      expect.objectContaining({ what: expect.stringMatching(/never shown 8$/) }),
    ]);
  });

  it('are not fine when something was acknowledged for a user whose clients only peeked', () => {
    const { log, at } = fiveForBob();
    log.shown('u-bob', at[0]!);
    const history = new History();
    history.follow('bob.1', false);
    expect(judge(log, history)).toEqual([
      expect.objectContaining({ what: expect.stringMatching(/never shown 6$/) }),
    ]);
  });

  it('are not fine when only some of what came back at once is shown, or to somebody else', () => {
    const { log, at } = fiveForBob();
    const back = log.delete('u-bob');
    const history = new History();
    history.follow('ann.1');
    history.show('ann.1', log, at[3]! - 1);
    history.show('ann.1', log, at[0]!, back);
    history.show('ann.1', log, at[3]!, back);
    expect(promisesIn(judge(log, history))).toEqual(['P4', 'P4']);
    history.follow('cat.1');
    history.show('cat.1', log, at[0]!, back);
    expect(judge(log, history)).toContainEqual(
      expect.objectContaining({
        what: expect.stringMatching(/cat.1 was shown what its queue does not hold/),
      }),
    );
  });

  it('are not fine to a client that does not follow', () => {
    const { log, at } = fiveForBob();
    const history = new History();
    history.show('bob.1', log, at[0]!);
    expect(promisesIn(judge(log, history))).toEqual(['P4']);
  });
});
