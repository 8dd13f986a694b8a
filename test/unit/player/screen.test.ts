import { describe, expect, it } from 'vitest';
import { Player } from '../../../cli/player/model/player.ts';
import type { Happening } from '../../../cli/player/model/recording.ts';
import { PlayerScreen } from '../../../cli/player/screen.ts';
import type { Key } from '../../../cli/tui/keys.ts';
import { plainText } from '../../../cli/tui/spans.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const startedAt = new Date(2026, 10, 21, 19, 30, 4).getTime();
const said = (offsetMs: number, from: string, text: string): Happening => ({
  kind: 'said',
  offsetMs,
  from,
  text,
});
const happenings: readonly Happening[] = [
  said(0, 'alice', 'hello'),
  { kind: 'came', offsetMs: 2_000, name: 'bob', what: '' },
  said(4_000, 'bob', '你好, this is wider than it has letters'),
  said(604_000, 'alice', 'so long\n\x1b[31m'),
];

function screenOf(maxGapMs = Number.POSITIVE_INFINITY, all = happenings) {
  const clock = new ManualClock();
  const player = new Player(
    { title: 'alice, bob', startedAt, happenings: all },
    { speed: 1, maxGapMs },
    clock,
  );
  const screen = new PlayerScreen(player);
  const frame = (columns = 40, rows = 10) => screen.frame({ columns, rows });
  const shows = (columns = 40) =>
    frame(columns)
      .lines.map((line) => plainText(line).trimEnd())
      .join('\n');
  const press = (...keys: string[]) => keys.map((name) => screen.press(keyOf(name)));
  return { clock, player, screen, frame, shows, press };
}

function keyOf(name: string): Key {
  return [...name].length === 1 ? { kind: 'text', text: name } : { kind: 'key', name };
}

describe("the player's screen", () => {
  it('shows what was said so far, where the film is, and what lies ahead', async () => {
    const { clock, player, shows } = screenOf(6_000);
    player.play();
    await clock.advance(4_000);
    expect(`\n${shows()}\n`).toMatchInlineSnapshot(`
      "
       replay  alice, bob  2026-11-21 19:30:04
      19:30:04 alice: 'hello'
      19:30:06 * bob came online
      19:30:08 bob: '你好, this is wider than
               it has letters'
               ··· 10 min of silence ···

      ▂───────▂───────▂┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▂
      ▶ 0:04 / 10:04  1 ×  3 of 4  silences s…
      q quit · space pause · ←→ 5 s · + - spe…
      "
    `);
  });

  it('says how long nothing will happen', async () => {
    const { clock, player, shows } = screenOf();
    player.play();
    await clock.advance(4_000);
    expect(shows(80)).toContain('silence, 10 min to go');
    await clock.advance(594_000);
    expect(shows(80)).toContain('silence, 6 s to go');
    await clock.advance(6_000);
    expect(shows()).toContain(`alice: 'so long\\n\\x1b[31m'`);
    expect(shows()).toContain('■');
  });

  it('is as large as the terminal, however small that is, and its lines are no wider', () => {
    const { frame, press } = screenOf();
    press('end');
    for (const [columns, rows] of [
      [80, 24],
      [12, 5],
      [3, 3],
      [1, 1],
    ] as const)
      expect(frame(columns, rows).lines).toHaveLength(rows);
  });

  it('plays, pauses, seeks and changes speed by keys', async () => {
    const { player, press } = screenOf();
    press(' ');
    expect(player.state.phase).toBe('playing');
    press(' ', '+', 'right');
    expect(player).toMatchObject({ filmMs: 5_000, state: { phase: 'paused', speed: 1.5 } });
    press('-', '-', 'left', 'down');
    expect(player).toMatchObject({ filmMs: 2_000, state: { speed: 0.5, shown: 2 } });
    press('pgdn', 'up');
    expect(player.filmMs).toBe(4_000);
    press('end', 'home', 's');
    expect(player).toMatchObject({ filmMs: 0, state: { shown: 1, isShortened: true } });
    expect(press('x', 'f1', 'q')).toEqual([false, false, true]);
  });

  it('jumps to a time that is typed, and says what is none', () => {
    const { player, press, shows, frame } = screenOf();
    press('g', ...'1:0', 'q', 'backspace');
    expect(shows()).toContain('jump to (1:30, 90s, @19:31): 1:0');
    expect(frame(80).cursor).toEqual({ row: 8, column: 32 });
    press('0', 'enter');
    expect(player.offsetMs).toBe(60_000);
    press('g', ...'@19:32', 'enter');
    expect(player.offsetMs).toBe(116_000);
    press('g', ...'soon', 'enter');
    expect(shows()).toContain('no time: soon');
    press('g', '1', 'escape');
    expect(player.offsetMs).toBe(116_000);
    expect(shows()).toContain('1:56 / 10:04');
  });

  it('takes what is typed fast, and comes together, letter by letter', () => {
    const { player, screen } = screenOf();
    expect(screen.press({ kind: 'text', text: ' ++' })).toBe(false);
    expect(player.state).toMatchObject({ phase: 'playing', speed: 2 });
    expect(screen.press({ kind: 'text', text: 'g9' })).toBe(false);
    screen.press({ kind: 'key', name: 'enter' });
    expect(player.offsetMs).toBe(9_000);
    expect(screen.press({ kind: 'text', text: '-q' })).toBe(true);
  });

  it('shows nothing where nothing was said', () => {
    expect(screenOf(1, []).shows()).toContain('0 of 0');
  });
});
