import { describe, expect, it } from 'vitest';
import { operationsOf } from '../../../src/checkers/history.ts';
import type { NodeRecord } from '../../../src/checkers/log.ts';
import { checkSends } from '../../../src/checkers/sends.ts';
import { History, Log, nodesWith, promisesIn } from './story.ts';

/** Ann, Bob and Cat, and a session of Ann's and Bob's. */
function begin(): Log {
  const log = new Log();
  log.add('LeaderElected', { node: 'n1', members: ['n1', 'n2', 'n3'], copies: 2 });
  for (const name of ['ann', 'Bob', 'cat']) log.register(name);
  log.open('s-1', 'u-ann', 'u-Bob');
  log.open('s-2', 'u-ann', 'u-cat');
  return log;
}

function judge(log: Log, history: History, nodes: readonly NodeRecord[] = nodesWith(log)) {
  return checkSends(operationsOf(history.events), nodes);
}

const times = [1, 2] as const;

describe('sends (P1, P6)', () => {
  it('are fine when acknowledged ones stand and the others do not', () => {
    const log = begin();
    const history = new History();
    const position = log.post('u-ann', 'm-1', 'hi', 's-1');
    history.send('ann.1', 'm-1', 'bob', 'hi', times, { ok: { position, session: 's-1' } });
    history.send('ann.1', 'm-2', 'bob', 'gone', times, 'not-sent');
    history.send('ann.1', 'm-3', 'bob', 'too much', times, { refused: 'too-large' });
    const refused = log.refuse('u-ann', 'm-4', 'unknown-user');
    history.send('ann.1', 'm-4', 'dan', 'hi', times, { refused: 'unknown-user', position: refused });
    expect(judge(log, history)).toEqual([]);
  });

  it('of unknown outcome may stand once or not at all, also those of clients that were killed', () => {
    const log = begin();
    const history = new History();
    history.send('ann.1', 'm-1', 'bob', 'one', times, 'unknown');
    history.send('ann.1', 'm-2', 'bob', 'two', times, 'unknown');
    history.send('ann.1', 'm-3', 'bob', 'three', times, 'killed');
    history.send('ann.1', 'm-4', 'dan', 'four', times, 'unknown');
    log.post('u-ann', 'm-3', 'three', 's-1');
    log.post('u-ann', 'm-2', 'two', 's-1');
    log.refuse('u-ann', 'm-4', 'unknown-user');
    expect(judge(log, history)).toEqual([]);
  });

  it('given again under the same id stand once, wherever the first attempt went', () => {
    const log = begin();
    const history = new History();
    const position = log.post('u-ann', 'm-1', 'hi', 's-1');
    const again = { ok: { position, session: 's-1', duplicate: true } };
    history.send('ann.1', 'm-1', 'bob', 'hi', times, 'unknown');
    history.send('ann.2', 'm-1', 'bob', 'hi', times, 'not-sent');
    history.send('ann.3', 'm-1', 'bob', 'hi', times, again);
    history.send('ann.3', 'm-1', 'bob', 'hi', times, again);
    history.send('ann.3', 'm-1', 'bob', 'something else', times, { refused: 'id-reused' });
    history.send('ann.3', 'm-1', 'cat', 'hi', times, { refused: 'id-reused' });
    expect(judge(log, history)).toEqual([]);
  });

  it('of different users may have the same id', () => {
    const log = begin();
    const history = new History();
    for (const [client, from, to] of [
      ['ann.1', 'u-ann', 'cat'],
      ['cat.1', 'u-cat', 'ann'],
    ] as const) {
      const position = log.post(from, 'm-1', 'hi', 's-2');
      history.send(client, 'm-1', to, 'hi', times, { ok: { position, session: 's-2' } });
    }
    expect(judge(log, history)).toEqual([]);
  });

  const acknowledged = (position: number, session = 's-1') => ({ ok: { position, session } });

  it.each<[string, string[], (log: Log, history: History) => void]>([
    [
      'acknowledged and lost',
      ['P1'],
      (_, history) => history.send('ann.1', 'm-1', 'bob', 'hi', times, acknowledged(7)),
    ],
    [
      'acknowledged and kept twice',
      ['P1'],
      (log, history) => {
        history.send('ann.1', 'm-1', 'bob', 'hi', times, acknowledged(log.post('u-ann', 'm-1', 'hi', 's-1')));
        log.post('u-ann', 'm-1', 'hi', 's-1');
      },
    ],
    [
      'of unknown outcome and kept twice',
      ['P1'],
      (log, history) => {
        history.send('ann.1', 'm-1', 'bob', 'hi', times, 'unknown');
        for (let copy = 0; copy < 2; copy++) log.post('u-ann', 'm-1', 'hi', 's-1');
      },
    ],
    [
      'acknowledged elsewhere',
      ['P1'],
      (log, history) =>
        history.send(
          'ann.1',
          'm-1',
          'bob',
          'hi',
          times,
          acknowledged(log.post('u-ann', 'm-1', 'hi', 's-1') - 1),
        ),
    ],
    [
      'acknowledged in another session',
      ['P1'],
      (log, history) =>
        history.send(
          'ann.1',
          'm-1',
          'bob',
          'hi',
          times,
          acknowledged(log.post('u-ann', 'm-1', 'hi', 's-1'), 's-9'),
        ),
    ],
    [
      'changed on the way',
      ['P1'],
      (log, history) =>
        history.send('ann.1', 'm-1', 'bob', 'hi', times, acknowledged(log.post('u-ann', 'm-1', 'ho', 's-1'))),
    ],
    [
      'for somebody else',
      ['P1'],
      (log, history) => {
        const position = log.post('u-ann', 'm-1', 'hi', 's-2');
        history.send('ann.1', 'm-1', 'bob', 'hi', times, acknowledged(position, 's-2'));
      },
    ],
    [
      'for its own sender',
      ['P1'],
      (log, history) =>
        history.send('ann.1', 'm-1', 'ann', 'hi', times, acknowledged(log.post('u-ann', 'm-1', 'hi', 's-1'))),
    ],
    [
      "kept in another's name",
      ['P1'],
      (log, history) => {
        const data = { session: 's-1', from: 'u-Bob', text: 'hi' };
        const position = log.add('MessagePosted', data, { user: 'u-ann', id: 'm-1' });
        history.send('ann.1', 'm-1', 'bob', 'hi', times, acknowledged(position));
      },
    ],
    [
      'acknowledged and recorded as refused',
      ['P1'],
      (log, history) =>
        history.send(
          'ann.1',
          'm-1',
          'bob',
          'hi',
          times,
          acknowledged(log.refuse('u-ann', 'm-1', 'unknown-user')),
        ),
    ],
    [
      'refused and kept',
      ['P6'],
      (log, history) => {
        const position = log.post('u-ann', 'm-1', 'hi', 's-1');
        history.send('ann.1', 'm-1', 'bob', 'hi', times, { refused: 'unknown-user', position });
      },
    ],
    [
      'refused without being decided, and kept',
      ['P6'],
      (log, history) => {
        log.post('u-ann', 'm-1', 'hi', 's-1');
        history.send('ann.1', 'm-1', 'bob', 'hi', times, { refused: 'not-now' });
      },
    ],
    [
      'refused for a reason that nobody recorded',
      ['P6'],
      (_, history) =>
        history.send('ann.1', 'm-1', 'bob', 'hi', times, { refused: 'unknown-user', position: 3 }),
    ],
    [
      'refused for another reason than recorded',
      ['P6'],
      (log, history) => {
        const position = log.refuse('u-ann', 'm-1', 'to-yourself');
        history.send('ann.1', 'm-1', 'bob', 'hi', times, { refused: 'unknown-user', position });
      },
    ],
    [
      'refused as the reuse of an id that was not used',
      ['P6'],
      (_, history) => history.send('ann.1', 'm-1', 'bob', 'hi', times, { refused: 'id-reused' }),
    ],
    [
      'refused as the reuse of its own id',
      ['P6'],
      (log, history) => {
        const position = log.post('u-ann', 'm-1', 'hi', 's-1');
        history.send('ann.1', 'm-1', 'bob', 'hi', times, acknowledged(position));
        history.send('ann.1', 'm-1', 'bob', 'hi', times, { refused: 'id-reused' });
      },
    ],
    [
      'not sent and kept',
      ['P6'],
      (log, history) => {
        log.post('u-ann', 'm-1', 'hi', 's-1');
        history.send('ann.1', 'm-1', 'bob', 'hi', times, 'not-sent');
        history.send('ann.2', 'm-1', 'bob', 'hi', times, 'not-sent');
      },
    ],
    [
      'not sent and recorded as refused',
      ['P6'],
      (log, history) => {
        log.refuse('u-ann', 'm-1', 'unknown-user');
        history.send('ann.1', 'm-1', 'bob', 'hi', times, 'not-sent');
      },
    ],
    [
      'of unknown outcome and kept with other words',
      ['P6'],
      (log, history) => {
        log.post('u-ann', 'm-1', 'ho', 's-1');
        history.send('ann.1', 'm-1', 'bob', 'hi', times, 'unknown');
      },
    ],
    [
      'kept and never sent',
      ['P9'],
      (log, history) => {
        history.send('ann.1', 'm-1', 'bob', 'hi', times, acknowledged(log.post('u-ann', 'm-1', 'hi', 's-1')));
        log.post('u-ann', 'm-2', 'not I', 's-1');
      },
    ],
    [
      "kept as the answer to another user's command",
      ['P9', 'P1'],
      (log, history) => {
        const data = { session: 's-1', from: 'u-ann', text: 'hi' };
        const position = log.add('MessagePosted', data, { user: 'u-cat', id: 'm-1' });
        history.send('ann.1', 'm-1', 'bob', 'hi', times, acknowledged(position));
      },
    ],
  ])('are not fine when %s', (_, promises, happen) => {
    const log = begin();
    const history = new History();
    happen(log, history);
    const found = judge(log, history);
    expect(promisesIn(found)).toEqual(promises);
    expect(found.every(({ evidence }) => evidence.length > 0)).toBe(true);
  });

  it('of users who are not in the history are not its affair', () => {
    const log = begin();
    log.post('u-cat', 'm-1', 'hi', 's-2');
    expect(judge(log, new History())).toEqual([]);
  });
});
