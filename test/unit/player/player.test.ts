import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pace, Player, type PlayerClock } from '../../../cli/player/model/player.ts';
import type { Recording } from '../../../cli/player/model/recording.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const asItWas = { speed: 1, maxGapMs: Number.POSITIVE_INFINITY };

function recordingOf(offsetsMs: readonly number[]): Recording {
  const happenings = offsetsMs.map((offsetMs, index) => ({
    kind: 'said' as const,
    offsetMs,
    from: 'alice',
    text: String(index),
  }));
  return { title: 'alice, bob', startedAt: 0, happenings };
}

function playerOf(offsetsMs: readonly number[], pace: Pace = asItWas) {
  const clock = new ManualClock();
  return { clock, player: new Player(recordingOf(offsetsMs), pace, clock) };
}

/** When the screen showed how many, by the clock, as long as it played. */
function shownAt(player: Player, clock: PlayerClock): number[] {
  const times: number[] = [];
  player.watch(() => {
    while (times.length < player.state.shown) times.push(clock.monotonicMs());
  });
  return times;
}

/** Whose timers come late, each by as much as it likes. */
class LateClock extends ManualClock {
  readonly #latenessMs: () => number;

  constructor(latenessMs: () => number) {
    super();
    this.#latenessMs = latenessMs;
  }

  override setTimeout(task: () => void, delayMs: number) {
    return super.setTimeout(task, delayMs + this.#latenessMs());
  }
}

describe('the player (P8)', () => {
  it('waits as long as the original did', async () => {
    const { clock, player } = playerOf([0, 1_000, 1_500, 61_500]);
    const times = shownAt(player, clock);
    expect(player.state).toMatchObject({ phase: 'paused', shown: 1 });
    player.play();
    await clock.advance(61_499);
    expect(player.state).toMatchObject({ phase: 'playing', shown: 3 });
    await clock.advance(1);
    expect(player.state).toMatchObject({ phase: 'ended', shown: 4 });
    expect(times).toEqual([0, 1_000, 1_500, 61_500]);
  });

  it('keeps pauses within 20 ms and the whole within 0.5 % where every timer is late, for lateness does not add up', async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 100, maxLength: 100 });
    const lateness = fc.array(fc.integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(gaps, lateness, async (gapsMs, latenessMs) => {
        let timers = 0;
        const clock = new LateClock(() => latenessMs[timers++ % latenessMs.length]!);
        let offsetMs = 0;
        const offsetsMs = [0, ...gapsMs.map((gapMs) => (offsetMs += gapMs))];
        const player = new Player(recordingOf(offsetsMs), asItWas, clock);
        const times = shownAt(player, clock);
        player.play();
        await clock.advance(offsetMs + 20);
        expect(player.state.phase).toBe('ended');
        for (const [index, gapMs] of gapsMs.entries())
          expect(Math.abs(times[index + 1]! - times[index]! - gapMs)).toBeLessThanOrEqual(20);
        expect(Math.abs(times.at(-1)! - times[0]! - offsetMs)).toBeLessThanOrEqual(
          Math.max(20, offsetMs * 0.005),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('pauses in the middle of a wait and goes on from there', async () => {
    const { clock, player } = playerOf([0, 1_000]);
    player.play();
    await clock.advance(400);
    player.toggle();
    await clock.advance(5_000);
    expect(player.filmMs).toBe(400);
    expect(player.state).toMatchObject({ phase: 'paused', shown: 1 });
    player.toggle();
    await clock.advance(599);
    expect(player.state.shown).toBe(1);
    await clock.advance(1);
    expect(player.state).toMatchObject({ phase: 'ended', shown: 2 });
  });

  it('plays faster and slower from where it is', async () => {
    const { clock, player } = playerOf([0, 1_000, 2_000]);
    player.play();
    await clock.advance(500);
    player.faster();
    player.faster();
    expect(player.state.speed).toBe(2);
    await clock.advance(250);
    expect(player.state.shown).toBe(2);
    for (let time = 0; time < 20; time++) player.slower();
    expect(player.state.speed).toBe(0.25);
    await clock.advance(3_999);
    expect(player.state.shown).toBe(2);
    await clock.advance(1);
    expect(player.state.shown).toBe(3);
    for (let time = 0; time < 20; time++) player.faster();
    expect(player.state.speed).toBe(64);
  });

  it('seeks: forth, back, to either end and beyond, by happening, to a moment', async () => {
    const { clock, player } = playerOf([0, 1_000, 1_000, 8_000]);
    player.seekBy(5_000);
    expect(player).toMatchObject({ filmMs: 5_000, state: { shown: 3, phase: 'paused' } });
    player.seekBy(-60_000);
    expect(player).toMatchObject({ filmMs: 0, state: { shown: 1 } });
    player.step(1);
    expect(player).toMatchObject({ filmMs: 1_000, state: { shown: 3 } });
    player.step(-1);
    expect(player.filmMs).toBe(0);
    player.seekOffset(999_999);
    expect(player).toMatchObject({ filmMs: 8_000, state: { shown: 4, phase: 'ended' } });
    player.step(1);
    player.step(-1);
    expect(player).toMatchObject({ filmMs: 1_000, state: { shown: 3, phase: 'paused' } });
    player.play();
    await clock.advance(100);
    player.step(-1); // what was shown only just now does not count as where one is
    expect(player).toMatchObject({ filmMs: 0, state: { phase: 'playing' } });
  });

  it('begins anew where it ended', async () => {
    const { clock, player } = playerOf([0, 1_000]);
    player.play();
    await clock.advance(1_000);
    player.play();
    expect(player).toMatchObject({ filmMs: 0, state: { phase: 'playing', shown: 1 } });
  });

  it('shortens long silences, as long as they are at the speed asked for, and stays where it is when that changes', async () => {
    const { clock, player } = playerOf([0, 1_000, 101_000], { speed: 2, maxGapMs: 3_000 });
    const times = shownAt(player, clock);
    player.play();
    await clock.advance(500 + 1_500);
    expect(times).toEqual([0, 500]);
    expect(player.offsetMs).toBe(51_000);
    player.toggleSilences();
    expect(player.offsetMs).toBe(51_000);
    await clock.advance(24_999);
    expect(player.state.shown).toBe(2);
    player.toggleSilences();
    await clock.advance(1);
    expect(player.state.shown).toBe(3);
  });

  it('has nothing to play where nothing happened, and no timers once it is closed', async () => {
    const { player: empty } = playerOf([]);
    empty.play();
    expect(empty).toMatchObject({ filmMs: 0, offsetMs: 0, state: { phase: 'ended', shown: 0 } });
    const { clock, player } = playerOf([0, 1_000]);
    player.play();
    player.close();
    await clock.advance(2_000);
    expect(player.state.shown).toBe(1);
  });

  it('waits longer than a timer of the system can', async () => {
    const monthMs = 31 * 86_400_000;
    const { clock, player } = playerOf([0, monthMs]);
    player.play();
    await clock.advance(monthMs);
    expect(player.state.shown).toBe(2);
  });
});
