import { describe, expect, it } from 'vitest';
import { type HistoryEvent, operationsOf, type Result } from '../../../src/checkers/history.ts';
import { checkReplays } from '../../../src/checkers/replays.ts';
import { History, Log } from './story.ts';

type Messages = NonNullable<Result['messages']>;

/** Ann's session with Bob, with messages at 5, 6 and 8, and hers with Cat, with one at 10. */
function talk(): Log {
  const log = new Log();
  for (const name of ['ann', 'bob', 'cat']) log.register(name);
  log.open('s-1', 'u-ann', 'u-bob');
  log.post('u-ann', 'm-1', 'one', 's-1');
  log.post('u-bob', 'm-2', 'two', 's-1');
  log.open('s-2', 'u-ann', 'u-cat');
  log.post('u-ann', 'm-3', 'three', 's-1');
  log.shown('u-bob', 8);
  log.post('u-ann', 'm-4', 'to cat', 's-2');
  return log;
}

function whole(log: Log): History {
  const history = new History();
  history.replay('bob.1', log, 's-1', [5, 6, 8]);
  history.replay('ann.1', log, 's-2', [10]);
  return history;
}

function judge(log: Log, { events }: { readonly events: readonly HistoryEvent[] }): string[] {
  return checkReplays(operationsOf(events), log.known).map(({ promise, what }) => `${promise} ${what}`);
}

describe('replays when all is over (P8)', () => {
  it('are fine when every session was played back as it was', () => {
    const log = talk();
    expect(judge(log, whole(log))).toEqual([]);
  });

  it('are not missed in a history that has none', () => {
    const log = talk();
    const history = new History();
    history.read('ann.1', log, 's-1', [5], { position: 5 });
    expect(judge(log, history)).toEqual([]);
  });

  it('need nobody for a session of which all are gone, and one who is left for any other', () => {
    const log = talk();
    const history = new History();
    history.replay('bob.1', log, 's-1', [5, 6, 8]);
    log.delete('u-cat');
    expect(judge(log, history)).toEqual(['P8 s-2 was not played back to anybody']);
    log.delete('u-ann');
    expect(judge(log, history)).toEqual([]);
  });

  it('are not there when nobody answered', () => {
    const log = talk();
    const history = new History();
    history.replay('bob.1', log, 's-1', [5, 6, 8]);
    const asked = { op: 'read', args: { what: 'replay', session: 's-2' } } as const;
    history.did('ann.1', '', asked, [0, 0], 'unknown');
    expect(judge(log, history)).toEqual(['P8 s-2 was not played back to anybody']);
  });

  it.each<[string, string, (messages: Messages) => void]>([
    ['end too early', 'its end was missing', (messages) => messages.pop()],
    ['are empty', 'its end was missing', (messages) => messages.splice(0)],
    ['have no pauses', 'at another pace', (messages) => delete messages[2]!.offset_ms],
    ['have a longer pause', 'at another pace', (messages) => Object.assign(messages[1]!, { offset_ms: 11 })],
    ['do not begin at once', 'at another pace', (messages) => Object.assign(messages[0]!, { offset_ms: 5 })],
  ])('are not fine when they %s', (_, how, alter) => {
    const log = talk();
    const { events } = whole(log);
    const first = events.find((event) => event.type === 'complete');
    if (first?.outcome === 'ok') alter(first.result.messages!);
    expect(judge(log, { events })).toEqual([expect.stringContaining(how)]);
  });
});
