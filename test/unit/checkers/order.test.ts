import { describe, expect, it } from 'vitest';
import { operationsOf } from '../../../src/checkers/history.ts';
import { checkOrder } from '../../../src/checkers/order.ts';
import { History, Log } from './story.ts';

/** Messages of Ann's (`a…`) and Bob's (`b…`) in the order of the log. */
function logOf(...ids: string[]): Log {
  const log = new Log();
  for (const name of ['ann', 'bob']) log.register(name);
  log.open('s-1', 'u-ann', 'u-bob');
  for (const id of ids) log.post(id.startsWith('a') ? 'u-ann' : 'u-bob', id, id, 's-1');
  return log;
}

type Sent = [id: string, from: number, to: number, outcome?: 'unknown'];

function judge(log: Log, ...sent: [client: string, ...Sent][]) {
  const history = new History();
  for (const [client, id, from, to, outcome] of sent) {
    const position = log.entries.find(({ event }) => event.cause?.id === id)?.position;
    const told = position === undefined ? {} : { position };
    history.send(client, id, 'whom', id, [from, to], outcome ?? { ok: { ...told, session: 's-1' } });
  }
  return checkOrder(operationsOf(history.events), log.known).map(({ what }) => what);
}

describe('order', () => {
  it('is kept where each client has its own, and overlapping commands any', () => {
    const log = logOf('b1', 'a1', 'a2', 'b2');
    expect(
      judge(log, ['ann.1', 'a1', 0, 9], ['ann.1', 'a2', 1, 8], ['bob.1', 'b1', 5, 6], ['bob.1', 'b2', 7, 9]),
    ).toEqual([]);
  });

  it('of two clients of one user is their own each', () => {
    expect(judge(logOf('a2', 'a1'), ['ann.1', 'a1', 0, 9], ['ann.2', 'a2', 1, 8])).toEqual([]);
  });

  it('leaves room for what nobody answered to land late, or never', () => {
    const log = logOf('a2', 'a1', 'b1');
    expect(
      judge(log, ['ann.1', 'a1', 0, 1, 'unknown'], ['ann.1', 'a2', 2, 3], ['ann.1', 'a3', 4, 5, 'unknown']),
    ).toEqual([]);
  });

  it('counts a command that was given again from its first attempt', () => {
    const log = logOf('a1', 'a2');
    const again = judge(log, ['ann.1', 'a1', 0, 1, 'unknown'], ['ann.1', 'a2', 2, 3], ['ann.1', 'a1', 4, 5]);
    expect(again).toEqual([]);
  });

  it('takes a time at which one was answered and another begun for an overlap', () => {
    expect(judge(logOf('b1', 'a1'), ['ann.1', 'a1', 0, 5], ['bob.1', 'b1', 5, 6])).toEqual([]);
    expect(judge(logOf('b1', 'a1'), ['ann.1', 'a1', 0, 5], ['bob.1', 'b1', 5.001, 6])).toEqual([
      'b1 was begun after a1 was answered, and stands before it',
    ]);
  });

  it('is broken where a client overtook itself', () => {
    expect(judge(logOf('a2', 'a1'), ['ann.1', 'a1', 0, 9], ['ann.1', 'a2', 1, 9])).toEqual([
      'ann.1 gave a2 after a1, and it stands before it',
    ]);
  });

  it('is broken where what nobody answered stands before what was given before it', () => {
    expect(judge(logOf('a2', 'a1'), ['ann.1', 'a1', 0, 9], ['ann.1', 'a2', 1, 9, 'unknown'])).toEqual([
      'ann.1 gave a2 after a1, and it stands before it',
    ]);
  });

  it('is broken where something stands before what was answered before it was begun, by whomever', () => {
    const log = logOf('b1', 'b2', 'a1', 'a2');
    const found = judge(
      log,
      ['ann.1', 'a1', 0, 9],
      ['ann.1', 'a2', 1, 2],
      ['bob.1', 'b1', 1, 9],
      ['bob.1', 'b2', 3, 4, 'unknown'],
    );
    expect(found).toEqual(['b2 was begun after a2 was answered, and stands before it']);
  });

  it('is kept by commands of all kinds, refused ones as well', () => {
    const log = logOf('a1');
    const history = new History();
    const refused = log.refuse('u-ann', 'p-1', 'wrong-credentials');
    const late = log.post('u-ann', 'a2', 'a2', 's-1');
    const change = { op: 'passwd', args: { password: 'x', new_password: 'y', token: 't' } } as const;
    history.send('ann.1', 'a2', 'bob', 'a2', [0, 9], { ok: { position: late, session: 's-1' } });
    history.did('ann.1', 'p-1', change, [1, 9], { refused: 'wrong-credentials', position: refused });
    const found = checkOrder(operationsOf(history.events), log.known);
    expect(found.map(({ what }) => what)).toEqual(['ann.1 gave p-1 after a2, and it stands before it']);
  });
});
