import { describe, expect, it } from 'vitest';
import {
  BrokenHistory,
  type HistoryEvent,
  operationsOf,
  parseHistory,
  writeEvent,
} from '../../../src/checkers/history.ts';
import { History, Log } from './story.ts';

/** One of every kind of line. */
function everything(): HistoryEvent[] {
  const log = new Log();
  const position = log.post('u-ann', 'm-1', 'a line\nbreak', 's-1');
  const history = new History();
  history.did('g-ann.1', 'r-1', { op: 'register', args: { password: 'p' } }, [0, 1.25], {
    ok: { user: 'u-ann', recovery_code: 'r' },
  });
  history.did('g-ann.2', 'l-1', { op: 'login', args: { password: 'p', token: 't' } }, [2, 3], {
    ok: { user: 'u-ann' },
  });
  history.did('g-ann.3', 'l-2', { op: 'login', args: { password: 'x', token: 'x' } }, [2, 3], {
    refused: 'wrong-credentials',
    position: 7,
  });
  history.did(
    'g-ann.4',
    'c-1',
    { op: 'recover', args: { recovery_code: 'r', new_password: 'q' } },
    [4, 5],
    'unknown',
  );
  history.send('ann.1', 'm-1', 'bob', 'a line\nbreak', [6, 7], { ok: { position, session: 's-1' } });
  history.send('ann.1', 'm-2', 'bob', 'lost', [8, 9], 'not-sent');
  history.did('ann.1', 'x-1', { op: 'logout', args: { token: 't' } }, [10, 11], 'killed');
  history.did('ann.1', 'x-2', { op: 'delete', args: { token: 't' } }, [10, 11], { ok: {} });
  history.read('bob.1', log, 's-1', [position], { position: 5, more: true });
  history.did('bob.1', '', { op: 'read', args: { what: 'whoami' } }, [1, 2], { ok: { position: 5 } });
  history.follow('bob.2');
  history.show('bob.2', log, position);
  history.end('bob.2');
  return history.events;
}

describe('a history', () => {
  it('reads as it was written, one event a line', () => {
    const written = everything().map(writeEvent);
    expect(written.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(parseHistory(written.join(''))).toEqual(everything());
  });

  it('does without a last line that was interrupted, wherever that was', () => {
    const events = everything();
    const whole = events.map(writeEvent).join('');
    const last = writeEvent(events.at(-1)!);
    for (let cut = 2; cut < last.length + 1; cut++) {
      expect(parseHistory(whole.slice(0, -cut))).toEqual(events.slice(0, -1));
    }
    expect(parseHistory(whole.slice(0, -1)), 'only the end of the line is missing').toEqual(events);
    expect(parseHistory('')).toEqual([]);
  });

  it.each([
    [
      'no JSON in the middle',
      '{"type":"end","cli\n{"type":"end","client":"a","ended_ms":1}\n',
      /line 1 is not JSON/,
    ],
    ['an unknown kind', '{"type":"ended","client":"a","ended_ms":1}\n', /line 1/],
    ['a field too many', '{"type":"end","client":"a","ended_ms":1,"positon":1}\n', /line 1.*positon/],
    ['a field too few', '\n{"type":"end","client":"a"}\n', /line 2: ended_ms/],
    ['a guest with an id', writeEvent(everything()[0]!).replace('"user":null', '"user":"u-1"'), /user/],
    ['a last line that is whole and wrong', '{"type":"end"}', /line 1/],
  ])('is not believed with %s', (_, text, why) => {
    expect(() => parseHistory(text)).toThrow(BrokenHistory);
    expect(() => parseHistory(text)).toThrow(why);
  });

  it('pairs completions with invocations, of overlapping calls as well', () => {
    const history = new History();
    const send = (text: string) => ({ op: 'send', args: { to: 'bob', text } }) as const;
    const first = history.invoke('ann.1', 'm-1', send('one'), 1);
    const second = history.invoke('ann.1', 'm-2', send('two'), 2);
    history.invoke('ann.1', 'm-3', send('three'), 3);
    history.complete(second, 4, { ok: { position: 9, session: 's' } });
    history.complete(first, 5, 'unknown');
    const operations = operationsOf(history.events);
    expect(operations.map(({ completion }) => completion?.outcome)).toEqual(['unknown', 'ok', undefined]);
    expect(operations.map((one) => one.op === 'send' && one.args.text)).toEqual(['one', 'two', 'three']);
  });

  it.each<[string, (history: History) => void]>([
    ['a completion of nothing', (history) => history.complete({ client: 'ann.1', call: 1 }, 1, 'unknown')],
    [
      'two completions of one call',
      (history) => {
        history.send('ann.1', 'm-1', 'bob', 'hi', [1, 2], 'unknown');
        history.complete({ client: 'ann.1', call: 1 }, 3, 'not-sent');
      },
    ],
    [
      'two calls of one number',
      (history) => {
        history.send('ann.1', 'm-1', 'bob', 'hi', [1, 2], 'unknown');
        history.events.push(history.events[0]!);
      },
    ],
    [
      'a send without its position',
      (history) => history.send('ann.1', 'm-1', 'bob', 'hi', [1, 2], { ok: { session: 's' } }),
    ],
    [
      'a completion before its time',
      (history) => history.send('ann.1', 'm-1', 'bob', 'hi', [2, 1], 'unknown'),
    ],
    [
      'a log-in that does not tell who',
      (history) =>
        history.did('g-ann.1', 'l', { op: 'login', args: { password: '', token: '' } }, [1, 2], { ok: {} }),
    ],
    [
      'a transcript without messages',
      (history) =>
        history.did('ann.1', '', { op: 'read', args: { what: 'transcript', session: 's' } }, [1, 2], {
          ok: {},
        }),
    ],
  ])('is not judged with %s', (_, write) => {
    const history = new History();
    write(history);
    expect(() => operationsOf(history.events)).toThrow(BrokenHistory);
  });
});
