/** Pong as people play it: two terminals, a leader that dies in mid-rally, and the match seen again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badWeather, playOverBadLines, twoPlayers } from '../support/bad-line.ts';
import { TestCluster } from '../support/cluster.ts';
import { hasTmux, Terminal } from '../support/terminal.ts';
import { countOf, hasScript, Tty } from '../support/tty.ts';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(async () => {
  await cluster.stop();
});

describe.skipIf(!hasTmux)('Pong in two terminals', () => {
  it('is invited to in the chat, outlives its leader in mid-rally and is played back as it was (P1, P8)', async () => {
    const [, bob] = await cluster.welcome('alice', 'bob');
    const chat = await Terminal.open(['chat', '--profile', 'alice'], cluster.env);
    await chat.shows('you are alice');
    const other = await Terminal.openShell(
      ['pong', '--with', 'alice', '--points', '2', '--profile', 'bob'],
      cluster.env,
    );
    await other.shows('alice is invited');
    await chat.shows('bob invites you to a match of Pong; /pong bob accepts');
    await chat.enter('/pong bob');
    await chat.shows('Ready? Press Space');
    await chat.press('Space');
    await other.shows('alice is ready');
    await other.press('Space');
    await other.shows('W ↑ up');
    await other.press('o');
    await other.shows(/state {2}rally/);

    const noticed = Promise.all([
      chat.shows('has taken over; the match goes on'),
      other.shows('has taken over'),
    ]);
    await cluster.killLeader();
    await noticed;
    expect(await other.shows(/epoch {2}2/)).toMatch(/late {3}\d/);
    // Both leave their place, so that what is served comes through.
    await chat.type('W');
    await other.type('W');
    await other.shows(/(you|alice) wins? 2 : \d/);
    await chat.shows(/(you|bob) wins? 2 : \d/);
    const [match] = (await bob!.done(['pong', 'list', '--all', '--json'])).json;
    const replay = (await bob!.done(['replay', '--session', String(match!.match), '--speed', '50', '--json']))
      .json;
    expect(replay.at(-1)).toMatchObject({ match: match!.match, score: match!.score, ticks: match!.ticks });
    expect(replay.at(-1)!.verified).toBeGreaterThan(5);

    await chat.press('q');
    await chat.shows('/help says what you can do'); // back in the chat
    await other.press('q');
    await other.shows(/shell> *$/);
    const player = await Terminal.open(
      ['replay', '--session', String(match!.match), '--profile', 'bob'],
      cluster.env,
    );
    await player.press('End');
    expect(await player.shows(/■ .*verified: \d+ hashes/)).toMatch(/bob – alice/);
    await player.press('q');
    await player.shows('exit status 0');
    await chat.press('C-d');
    await chat.shows('exit status 0');
  });

  it('gives the terminal back however it ends, and plays without colours', async () => {
    const env = { ...cluster.env, NO_COLOR: '1' };
    const terminal = await Terminal.openShell(['pong', '--bot', 'easy', '--profile', 'alice'], env);
    await terminal.shows('Ready? Press Space');
    await terminal.resize(50, 15);
    await terminal.shows('Pong needs 60 columns and 20 rows');
    await terminal.resize(60, 20);
    await terminal.press('Space');
    await terminal.shows('P pause');
    await terminal.press('C-z');
    await terminal.shows(/Stopped[\s\S]*shell>/);
    await terminal.enter('fg');
    await terminal.shows('P pause');
    await terminal.press('p');
    await terminal.shows(/paused by alice, \d+ s left/);
    await terminal.press('C-c');
    expect(await terminal.shows(/shell> *$/)).not.toContain('first to');
  });
});

const cyan = '\x1b[36m'; // the left paddle is drawn
const yellow = '\x1b[1;33m'; // so are the countdown and then the ball

it.skipIf(!hasScript)(
  'moves the paddle just as long as a key is held, where the terminal tells',
  async () => {
    await cluster.welcome('erin');
    const tty = new Tty(['pong', '--bot', 'easy', '--profile', 'erin'], cluster.env);
    await tty.writes('\x1b[>11u\x1b[?u');
    tty.type('\x1b[?11u');
    await tty.writes('Ready? Press Space');
    tty.type('\x1b[32u\x1b[32;1:3u');
    await tty.writes('P pause');
    const pressed = tty.written.length;
    tty.type('\x1b[119u');
    await tty.writes(cyan, 8, pressed); // when the countdown is over
    tty.type('\x1b[119;1:3u');
    await tty.writes(yellow, 20, tty.written.length);
    const stopped = tty.written.length;
    await tty.writes(yellow, 20, stopped); // the ball flies on
    expect(countOf(tty.written.slice(stopped), cyan)).toBe(0);
    tty.type('\x1b[99;5u');
    await tty.ended();
    expect(tty.written.indexOf('\x1b[<u')).toBeGreaterThan(stopped);
    expect(tty.written.trimEnd().endsWith('\x1b[?1049l')).toBe(true);
  },
);

it('over lines with 150 ms, jitter and stalls the ball is put right by less than 8 px, within 3 and 6 KB a second', async () => {
  const options = {
    weather: badWeather,
    points: 3,
    seed: 'one',
    levels: ['hard', 'easy'],
    msMax: 6_500,
  } as const;
  for (const seen of await playOverBadLines(cluster.port, await twoPlayers(cluster.url), options)) {
    const sorted = [...seen.corrections].sort((one, other) => one - other);
    expect(sorted.length).toBeGreaterThan(60);
    expect(sorted[Math.floor(0.95 * sorted.length)]).toBeLessThan(8);
    expect(seen.upPerSecond).toBeLessThan(3_000);
    expect(seen.downPerSecond).toBeLessThan(6_000);
  }
});
