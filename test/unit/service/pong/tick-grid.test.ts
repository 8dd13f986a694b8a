import { expect, it } from 'vitest';
import { TickGrid } from '../../../../src/service/pong/tick-grid.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class BusyClock extends ManualClock {
  /** Timers that were set. */
  count = 0;
  /** By how much the next timer comes too late. */
  lateMs = 0;

  override setTimeout(task: () => void, delayMs: number) {
    const lateMs = this.lateMs;
    this.count += 1;
    this.lateMs = 0;
    return super.setTimeout(task, delayMs + lateMs);
  }
}

function gridOf(onTick: (grid: TickGrid) => void = () => undefined) {
  const clock = new BusyClock();
  const state = { isPlaying: true, ticks: 0 };
  const grid = new TickGrid(clock, {
    isPlaying: () => state.isPlaying,
    isCertain: () => true,
    ticked: () => undefined,
    tick: () => {
      state.ticks += 1;
      onTick(grid);
    },
  });
  grid.wake();
  return { clock, grid, state };
}

it('has one timer, whoever wakes it while it plays', async () => {
  const { clock, state } = gridOf((grid) => grid.wake());
  await clock.advance(1_001);
  expect(state.ticks).toBe(60);
  expect(clock.count).toBeLessThanOrEqual(62);
});

it('makes up for what was missed for a moment, and freezes for what was missed for longer', async () => {
  const { clock, state } = gridOf();
  await clock.advance(501);
  expect(state.ticks).toBe(30);
  clock.lateMs = 100;
  await clock.advance(500);
  expect(state.ticks).toBe(60);
  clock.lateMs = 3_000;
  await clock.advance(3_050);
  expect(state.ticks).toBeLessThanOrEqual(60 + 4);
});

it('rests when nothing is played, until it is woken', async () => {
  const { clock, grid, state } = gridOf();
  await clock.advance(101);
  state.isPlaying = false;
  await clock.advance(1_000);
  const rested = state.ticks;
  expect(rested).toBeLessThanOrEqual(8);
  state.isPlaying = true;
  await clock.advance(1_000);
  expect(state.ticks).toBe(rested);
  grid.wake();
  await clock.advance(101);
  expect(state.ticks).toBe(rested + 6);
});
