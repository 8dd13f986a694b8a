import { beforeEach, describe, expect, it } from 'vitest';
import { operatorLog } from '../../../cli/operator-log.ts';
import { jsonJournal } from '../../../src/observability/journal.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('the journal as JSON', () => {
  let written: string[];
  const destination = { write: (line: string) => written.push(line) };
  const lines = () => written.map((line) => JSON.parse(line) as unknown);

  beforeEach(() => {
    written = [];
  });

  it('is an object a line, with the epoch as soon as one is known', () => {
    let epoch: number | undefined;
    const journal = jsonJournal({ node: 'n1', isVerbose: false, epoch: () => epoch }, destination);
    journal.notice('no leader; electing');
    epoch = 4;
    journal.notice('n2 leads epoch 4');
    expect(lines()).toEqual([
      { level: 'info', time, node: 'n1', msg: 'no leader; electing' },
      { level: 'info', time, node: 'n1', epoch: 4, msg: 'n2 leads epoch 4' },
    ]);
    expect(written.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  it('holds details where they are asked for', () => {
    jsonJournal({ node: 'n1', isVerbose: false }, destination).detail('campaign failed');
    jsonJournal({ node: 'n1', isVerbose: true }, destination).detail('campaign failed');
    expect(lines()).toEqual([{ level: 'debug', time, node: 'n1', msg: 'campaign failed' }]);
  });

  it('takes a sentence as it is: nothing in it becomes a field, a format or a line of its own', () => {
    const sentence = 'cannot follow: {"level":"fatal"} %s %o %j\nn9 leads epoch 99 "\u0000\u2028';
    jsonJournal({ node: 'n1', isVerbose: false }, destination).notice(sentence);
    expect(written).toHaveLength(1);
    expect(lines()).toEqual([{ level: 'info', time, node: 'n1', msg: sentence }]);
  });
});

describe('what a cluster says', () => {
  const said = async (form: 'text' | 'json', ...lines: string[]) => {
    const written: string[] = [];
    const log = await operatorLog(form, (line) => written.push(line));
    for (const line of lines) log(line);
    return written;
  };

  it('is said to the letter, or as objects, those of its nodes as they are', async () => {
    const lines = [
      '2026-11-21T19:30:04.520Z n1: n1 is silent; electing',
      'n1 died (SIGKILL); starting it again',
    ];
    expect(await said('text', ...lines)).toEqual(lines);
    const own = '{"level":"info","node":"n1","msg":"n1 leads epoch 1"}';
    const [first, second = ''] = await said('json', own, lines[1]!);
    expect(first).toBe(own);
    expect(JSON.parse(second)).toEqual({ level: 'info', time, msg: lines[1] });
  });
});
