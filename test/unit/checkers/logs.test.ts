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

describe("nodes' logs (P2)", () => {
  /** Bob's message, acknowledged, and the three logs, to be altered. */
  function alike(alter: (third: { log: NodeRecord['log'] }, log: Log) => void) {
    const log = begin();
    const history = new History();
    const position = log.post('u-ann', 'm-1', 'hi', 's-1');
    log.post('u-Bob', 'm-1', 'hello', 's-1');
    history.send('ann.1', 'm-1', 'bob', 'hi', times, { ok: { position, session: 's-1' } });
    const nodes = nodesWith(log);
    alter(nodes[2]!, log);
    return judge(log, history, nodes);
  }

  it('are fine when they are equal', () => {
    expect(alike(() => undefined)).toEqual([]);
  });

  it('that end early are found, and what was acknowledged and is not in them', () => {
    const missing = alike((third) => {
      third.log = third.log.slice(0, -1);
    });
    expect(missing).toEqual([
      expect.objectContaining({ promise: 'P2', what: expect.stringMatching(/n3.*position 8/) }),
    ]);
    const lost = alike((third) => {
      third.log = third.log.slice(0, -2);
    });
    expect(promisesIn(lost)).toEqual(['P2', 'P1']);
    expect(lost[1]?.what).toMatch(/^n3: m-1 was acknowledged at 7/);
  });

  it('that hold something else are found, where they first do', () => {
    const found = alike((third, { entries }) => {
      third.log = [...entries.slice(0, 7), { ...entries[7]!, event: { ...entries[7]!.event, at: 9_999 } }];
    });
    expect(found).toEqual([
      expect.objectContaining({ promise: 'P2', what: expect.stringMatching(/n3.*position 8/) }),
    ]);
  });

  it('that hold the same in other frames are found', () => {
    const found = alike((third, { entries }) => {
      third.log = entries.map((entry) => ({ ...entry, frame: Math.min(entry.frame, 7) }));
    });
    expect(promisesIn(found)).toEqual(['P2']);
  });

  it('that are equal and have a gap, or stamps that fall, are found', () => {
    const gap = new Log();
    gap.register('ann');
    gap.register('bob');
    gap.register('cat');
    gap.entries.splice(1, 1);
    expect(judge(gap, new History())).toEqual([expect.objectContaining({ promise: 'P2' })]);
    const fall = new Log();
    fall.register('ann');
    const { position, frame, event } = fall.entries[0]!;
    fall.entries.push({
      position: position + 1,
      frame,
      event: { ...event, at: event.at - 1, cause: undefined! },
    });
    expect(promisesIn(judge(fall, new History()))).toEqual(['order']);
  });

  it('that nobody has to show are not fine', () => {
    expect(promisesIn(judge(new Log(), new History(), []))).toEqual(['P1']);
  });
});
