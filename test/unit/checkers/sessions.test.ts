import { describe, expect, it } from 'vitest';
import { type HistoryEvent, operationsOf, type Result } from '../../../src/checkers/history.ts';
import { checkReads } from '../../../src/checkers/sessions.ts';
import { History, Log, promisesIn } from './story.ts';

/** A session of Ann's and Bob's with messages at 5, 6, 8 and 9; and Cat, who is somewhere else. */
function talk(): Log {
  const log = new Log();
  for (const name of ['ann', 'bob', 'cat']) log.register(name);
  log.open('s-1', 'u-ann', 'u-bob');
  log.post('u-ann', 'm-1', 'one', 's-1');
  log.post('u-bob', 'm-2', 'two', 's-1');
  log.open('s-2', 'u-ann', 'u-cat');
  log.post('u-ann', 'm-3', 'three', 's-1');
  log.post('u-bob', 'm-4', 'four', 's-1');
  return log;
}

function judge(log: Log, { events }: { readonly events: readonly HistoryEvent[] }) {
  return checkReads(events, operationsOf(events), log.known);
}

const whoami = { op: 'read', args: { what: 'whoami' } } as const;
const look = (history: History, client: string, position: number) =>
  history.did(client, '', whoami, [0, 0], { ok: { position } });

describe('positions of reads (P7)', () => {
  it('are fine when a client never reads as of less than it has seen, of others whatever it is', () => {
    const history = new History();
    const log = talk();
    look(history, 'ann.1', 3);
    look(history, 'bob.1', 9);
    look(history, 'ann.1', 3);
    history.send('ann.1', 'm-3', 'bob', 'three', [0, 0], { ok: { position: 8, session: 's-1' } });
    look(history, 'ann.1', 8);
    history.follow('ann.1');
    history.show('ann.1', log, 9);
    look(history, 'ann.1', 9);
    look(history, 'ann.2', 1);
    expect(judge(log, history)).toEqual([]);
  });

  it('are held to what was seen when the read was begun, not to what came meanwhile', () => {
    const history = new History();
    const send = { op: 'send', args: { to: 'bob', text: 'three' } } as const;
    const write = history.invoke('ann.1', 'm-3', send, 0);
    const read = history.invoke('ann.1', '', whoami, 1);
    history.complete(write, 2, { ok: { position: 8, session: 's-1' } });
    history.complete(read, 3, { ok: { position: 5 } });
    expect(judge(talk(), history)).toEqual([]);
  });

  it.each<[string, (history: History, log: Log) => void]>([
    [
      'a write of its own',
      (history) =>
        history.send('ann.1', 'm-3', 'bob', 'three', [0, 0], { ok: { position: 8, session: 's-1' } }),
    ],
    [
      'a refusal',
      (history) =>
        history.send('ann.1', 'm-9', 'dan', 'hi', [0, 0], { refused: 'unknown-user', position: 8 }),
    ],
    ['an earlier read', (history) => look(history, 'ann.1', 8)],
    ['a message in an earlier read', (history, log) => history.read('ann.1', log, 's-1', [5, 6, 8])],
    ['an item', (history, log) => history.show('ann.1', log, 9)],
    ['an item that came back', (history, log) => history.show('ann.1', log, 5, 8)],
    [
      'a write of its own, before something older',
      (history) => {
        history.send('ann.1', 'm-3', 'bob', 'three', [0, 0], { ok: { position: 8, session: 's-1' } });
        history.send('ann.1', 'm-1', 'bob', 'one', [0, 0], { ok: { position: 5, session: 's-1' } });
      },
    ],
  ])('that lie before %s are found', (_, see) => {
    const history = new History();
    const log = talk();
    see(history, log);
    look(history, 'ann.1', 7);
    const found = judge(log, history);
    expect(promisesIn(found)).toEqual(['P7']);
    expect(found[0]?.what).toMatch(/ann.1 had seen position [89] and then read as of 7/);
  });

  it('beyond the end of the log are found', () => {
    const history = new History();
    look(history, 'ann.1', 10);
    expect(judge(talk(), history)[0]?.what).toBe('ann.1 read as of 10, the log ends at 9');
  });
});

describe('what is said of the own queue (P7)', () => {
  /** Bob was sent something at 5 and 8, and has marked 5 as shown at 10. */
  function queue(seen: number, result: Result) {
    const log = talk();
    log.shown('u-bob', 5);
    const history = new History();
    look(history, 'bob.1', seen);
    history.did('bob.1', '', whoami, [0, 0], { ok: result });
    return promisesIn(judge(log, history));
  }

  it.each<[string, number, Result, string[]]>([
    ['its end', 10, { last: 8 }, []],
    ['an end from before, by who has not seen more', 7, { last: 5 }, []],
    ['an end from before, by who has', 8, { last: 5 }, ['P7']],
    ['how far it was shown', 10, { shown: 5 }, []],
    ['that nothing was shown, by who has not seen it', 9, { shown: 0 }, []],
    ['that nothing was shown, by who has', 10, { shown: 0 }, ['P7']],
  ])('%s at position %i: %j', (_, seen, result, promises) => {
    expect(queue(seen, result)).toEqual(promises);
  });
});

describe('transcripts and replays (P7, P8)', () => {
  it.each<[string, readonly number[], Result | undefined]>([
    ['all there is', [5, 6, 8, 9], { position: 9 }],
    ['what there was at its position', [5, 6], { position: 7 }],
    ['less than at its position, which only bounds it', [5], { position: 9 }],
    ['nothing, by who has seen nothing', [], { position: 9 }],
    ['all there is, without its position', [5, 6, 8, 9], undefined],
    ['a page', [5], { position: 9, more: true }],
  ])('are fine with %s', (_, positions, result) => {
    const history = new History();
    const log = talk();
    history.read('ann.1', log, 's-1', positions, result);
    expect(judge(log, history)).toEqual([]);
  });

  it('are fine from a position on, and page by page', () => {
    const history = new History();
    const log = talk();
    look(history, 'ann.1', 9);
    history.read('ann.1', log, 's-1', [5, 6], { position: 9, more: true });
    history.read('ann.1', log, 's-1', [8, 9], { position: 9 });
    const [pages] = [
      history.events.map((event): HistoryEvent => {
        if (event.type !== 'invoke' || event.call !== 3 || event.op !== 'read') return event;
        return { ...event, args: { what: 'transcript', session: 's-1', after: 6 } };
      }),
    ];
    expect(judge(log, { events: pages })).toEqual([]);
    expect(promisesIn(judge(log, history)), 'from the beginning these would be the wrong ones').toEqual([
      'P8',
    ]);
  });

  it('name the deleted as who has seen the deletion must see them', () => {
    const log = talk();
    const history = new History();
    history.read('ann.1', log, 's-1', [5, 6], { position: 6 });
    const deleted = log.delete('u-bob');
    history.read('ann.1', log, 's-1', [5, 6, 8, 9], { position: deleted });
    expect(judge(log, history), 'the deletion may have come later').toEqual([]);
    history.read('ann.1', log, 's-1', [5, 6, 8, 9], { position: deleted });
    expect(promisesIn(judge(log, history)), 'it was seen before').toEqual(['P8']);
    const renamed = history.events.map((event): HistoryEvent => {
      if (event.type !== 'complete' || event.outcome !== 'ok' || event.call < 2) return event;
      const messages = event.result.messages?.map((one) => ({
        ...one,
        from: one.from === 'bob' ? 'deleted user' : one.from,
      }));
      return { ...event, result: { ...event.result, messages } };
    });
    expect(judge(log, { events: renamed })).toEqual([]);
  });

  type Messages = NonNullable<Result['messages']>;
  /** A read of all by somebody who was shown everything, altered. */
  const altered = (alter: (messages: Messages) => void) => {
    const history = new History();
    const log = talk();
    look(history, 'ann.1', 9);
    history.read('ann.1', log, 's-1', [5, 6, 8, 9], { position: 9 });
    for (const event of history.events) {
      if (event.type === 'complete' && event.outcome === 'ok' && event.result.messages)
        alter(event.result.messages);
    }
    return promisesIn(judge(log, history));
  };

  it('are fine with the original timing, from the first message of the session on', () => {
    const timed = altered((messages) => {
      for (const message of messages) message.offset_ms = message.at - messages[0]!.at;
    });
    expect(timed).toEqual([]);
  });

  it.each<[string, string, (messages: Messages) => void]>([
    ['leave out the last that was seen', 'P7', (messages) => messages.pop()],
    ['leave out one in the middle', 'P8', (messages) => messages.splice(1, 1)],
    ['leave out the first', 'P8', (messages) => messages.shift()],
    ['are empty', 'P7', (messages) => messages.splice(0)],
    ['tell one twice', 'P8', (messages) => messages.splice(1, 0, messages[0]!)],
    ['change places', 'P8', (messages) => messages.reverse()],
    [
      'have one that was never committed',
      'P7',
      (messages) => messages.push({ ...messages[3]!, position: 11, id: 'm-5' }),
    ],
    ['change the words', 'P8', (messages) => Object.assign(messages[2]!, { text: 'tree' })],
    ['change who said it', 'P8', (messages) => Object.assign(messages[2]!, { from: 'bob' })],
    ['change the id', 'P8', (messages) => Object.assign(messages[2]!, { id: 'm-1' })],
    ['change the session', 'P8', (messages) => Object.assign(messages[2]!, { session: 's-2' })],
    ['change the stamp', 'P8', (messages) => Object.assign(messages[2]!, { at: 1 })],
    ['change the pace', 'P8', (messages) => Object.assign(messages[2]!, { offset_ms: 1 })],
  ])('are not fine when they %s', (_, promise, alter) => {
    expect(altered(alter)).toEqual([promise]);
  });

  it('are not fine when they show what lies beyond their position', () => {
    const history = new History();
    const log = talk();
    history.read('ann.1', log, 's-1', [5, 6, 8], { position: 7 });
    expect(promisesIn(judge(log, history))).toEqual(['P7']);
  });

  it('are not fine when they lack what was shown live or sent by the same client', () => {
    const shown = new History();
    const log = talk();
    shown.follow('ann.1');
    shown.show('ann.1', log, 6);
    shown.read('ann.1', log, 's-1', [5], { position: 9 });
    expect(promisesIn(judge(log, shown))).toEqual(['P7']);
    const sent = new History();
    sent.send('ann.1', 'm-3', 'bob', 'three', [0, 0], { ok: { position: 8, session: 's-1' } });
    sent.read('ann.1', log, 's-1', [5, 6]);
    expect(promisesIn(judge(log, sent))).toEqual(['P7']);
  });

  it("are not fine of sessions that are not the reader's, or of none (P9)", () => {
    const history = new History();
    const log = talk();
    history.read('cat.1', log, 's-1', [5, 6, 8, 9], { position: 9 });
    history.read('cat.1', log, 's-9', [], { position: 9 });
    expect(promisesIn(judge(log, history))).toEqual(['P9', 'P9']);
  });
});
