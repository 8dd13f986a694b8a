/** Replay as people use it: the player in a terminal, lines in a pipe, and files that play by themselves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { hasTmux, Terminal } from '../support/terminal.ts';

const conversation = ['one', '你好 </script><b>two</b>', 'three', 'four'];
/** Between one message and the next: what is replayed takes time in the making. */
const gapMs = 700;

describe('a replay', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let times: number[];

  beforeAll(async () => {
    cluster = await TestCluster.start();
    [alice] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
    for (const [index, text] of conversation.entries()) {
      if (index > 0) await pause(gapMs);
      await alice.done(['send', 'bob', text]);
      if (index === 1) await bobLooksIn();
    }
    const { json } = await alice.done(['transcript', '--with', 'bob', '--json']);
    times = json.map(({ at }) => Date.parse(String(at)));
  });
  /** He is online as soon as he is shown what waits for him. */
  async function bobLooksIn(): Promise<void> {
    const inbox = cluster.as('bob').start(['inbox', '--follow']);
    await inbox.out.next('two');
    inbox.signal('SIGTERM');
    await inbox.ended();
  }

  afterAll(async () => {
    await cluster.stop();
  });

  it.skipIf(!hasTmux)('is played on a terminal, and stops, seeks and jumps at a key (P8)', async () => {
    const player = await Terminal.open(['replay', '--with', 'bob', '--profile', 'alice'], cluster.env);
    await player.shows('▶ 0:0');
    await player.press('Space');
    await player.shows('‖ 0:0');
    await player.press('Home');
    const begun = await player.shows(/‖ 0:00 .*1 of 6/);
    expect(begun).toContain("alice: 'one'");
    expect(begun).not.toContain('two');
    await player.press('Down');
    await player.shows("alice: '你好 </script><b>two</b>'");
    await player.press('End');
    await player.shows(/■ .*6 of 6/);
    expect(await player.screen()).toMatch(/two.*\* bob came online.*\* bob went offline.*'three'.*'four'/s);
    await player.press('Home');
    expect(await player.shows(/‖ .*1 of 6/)).not.toContain('two');
    await player.enter('g1');
    expect(await player.shows(/‖ 0:01 /)).not.toContain('four');
    await player.type(' -+s');
    await player.shows(/■ .*6 of 6/); // played to its end
    await player.type('q');
    const left = await player.shows('exit status 0');
    expect(left).not.toContain('four'); // the terminal is as it was
  });

  it('is lines in a pipe, with the original pauses (P8)', async () => {
    const replay = alice.start(['replay', '--with', 'bob']);
    const shownMs: number[] = [];
    for (const [index, text] of conversation.entries()) {
      expect(await replay.out.next(() => true, index)).toBe(`alice: '${text}'`);
      shownMs.push(performance.now());
    }
    expect(await replay.ended()).toBe(0);
    for (let index = 1; index < shownMs.length; index++)
      expect(shownMs[index]! - shownMs[index - 1]!).toBeGreaterThan(times[index]! - times[index - 1]! - 100);
  });

  it('becomes an asciinema recording', async () => {
    const file = join(tempFolder(), 'talk.cast');
    const { stdout } = await alice.done(['replay', '--with', 'bob', '--export', 'cast', '--out', file]);
    expect(stdout).toBe('');
    const [header, ...events] = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({
      version: 2,
      title: 'alice, bob',
      duration: (times.at(-1)! - times[0]!) / 1_000,
    });
    const said = events.filter(([, code, text]) => code === 'o' && text.includes("'"));
    expect(said.map(([, , text]) => text.replace(/\x1b\[\d+m/g, ''))).toEqual(
      conversation.map((text) => `alice: '${text}'\r\n`),
    );
    expect(said.map(([seconds]) => Math.round(seconds * 1_000))).toEqual(times.map((at) => at - times[0]!));
  });

  it('becomes a page of its own', async () => {
    const { stdout } = await alice.done(['replay', '--with', 'bob', '--export', 'html', '--max-gap', '1s']);
    expect(stdout).toMatch(/^<!doctype html>/);
    expect(stdout.match(/<\/script>/g)).toHaveLength(2);
    expect(stdout).toContain('\\u003c/script\\u003e');
  });

  it('refuses what makes no sense, and says why', async () => {
    const plain = await alice.run(['replay', '--with', 'bob', '--export', 'cast', '--plain']);
    expect(plain).toMatchObject({ status: 2, stdout: '' });
    const out = await alice.run(['replay', '--with', 'bob', '--out', 'x']);
    expect(out).toMatchObject({ status: 2, stderr: expect.stringContaining('--out is for --export') });
    const folder = await alice.run(['replay', '--with', 'bob', '--export', 'cast', '--out', tempFolder()]);
    expect(folder).toMatchObject({ status: 1, stderr: expect.stringContaining('output-unusable') });
  });
});
