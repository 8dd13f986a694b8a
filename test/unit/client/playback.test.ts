import { expect, it } from 'vitest';
import { played } from '../../../src/client/playback.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { turn } from '../../support/turns.ts';

const at = (offsetMs: number) => ({ at: 1_000_000 + offsetMs });

async function* said(...offsetsMs: number[]) {
  for (const offsetMs of offsetsMs) yield at(offsetMs);
}

/** What was played until then, as [when, offset]. */
async function play(speed: number, maxGapMs: number, untilMs: number, abortMs = Number.POSITIVE_INFINITY) {
  const clock = new ManualClock();
  const abort = new AbortController();
  const seen: [number, number][] = [];
  const playing = (async () => {
    for await (const { offsetMs } of played(said(0, 100, 5_100), { speed, maxGapMs }, clock, abort.signal))
      seen.push([clock.monotonicMs(), offsetMs]);
  })();
  for (let nowMs = 0; nowMs < untilMs; nowMs += 50) {
    await turn();
    if (nowMs >= abortMs) abort.abort();
    await clock.advance(50);
  }
  await turn();
  return { seen, playing };
}

it('plays with the pauses as they were, as fast as wanted, none longer than wanted (P8)', async () => {
  expect((await play(1, Number.POSITIVE_INFINITY, 6_000)).seen).toEqual([
    [0, 0],
    [100, 100],
    [5_100, 5_100],
  ]);
  expect((await play(2, 1_000, 2_000)).seen.map(([whenMs]) => whenMs)).toEqual([0, 50, 1_050]);
});

it('stops where it is told to', async () => {
  const { seen, playing } = await play(1, Number.POSITIVE_INFINITY, 1_000, 300);
  await playing;
  expect(seen).toHaveLength(2);
});
