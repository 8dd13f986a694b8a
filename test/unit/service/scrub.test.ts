import { beforeEach, expect, it } from 'vitest';
import type { Frame } from '../../../src/events/frame.ts';
import { MemoryStore } from '../../../src/log/memory.ts';
import { scrub } from '../../../src/service/scrub.ts';
import { chainOf } from '../../support/frame-chain.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type Observed, openCopy, silent } from '../../support/open-copy.ts';
import { World } from '../../support/world.ts';

const halfAnHourMs = 30 * 60_000;

let store: MemoryStore;
let node: Observed;
let frames: readonly Frame[];
let clock: ManualClock;

beforeEach(async () => {
  const world = new World();
  for (let index = 0; index < 40; index++) world.register(`user-${index}`);
  ({ frames } = chainOf(world.commands, [1], 1_000));
  store = new MemoryStore();
  node = await openCopy(store);
  for (const frame of frames) node.read(frame);
  node.copy.commitUpTo(frames.length);
  node.copy.flush();
  await node.copy.settled();
  clock = new ManualClock();
});

/** As if the disk had changed a letter in it. */
function rotten({ bytes }: Frame): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString().replace('"name":"user', '"name":"loser'));
}

it('finds nothing where nothing is wrong, again and again', async () => {
  const scrubbing = scrub(node.copy, clock, silent, true);
  await clock.advance(3 * halfAnHourMs);
  expect(node.damage).toEqual([]);
  scrubbing.stop();
});

it('finds a frame that is not what was written, and says where (P2)', async () => {
  const scrubbing = scrub(node.copy, clock, silent, true);
  store.rot(20, rotten(frames[19]!));
  await clock.advance(halfAnHourMs + 1_000);
  expect(node.damage).toEqual([
    expect.stringMatching(
      new RegExp(`^what was stored is not there any more from position ${frames[19]!.header.position}: `),
    ),
  ]);
  scrubbing.stop();
});

it('finds nothing any more once it is stopped', async () => {
  const scrubbing = scrub(node.copy, clock, silent, true);
  store.rot(20, rotten(frames[19]!));
  scrubbing.stop();
  await clock.advance(2 * halfAnHourMs);
  expect(node.damage).toEqual([]);
});

it('begins at once with a copy that nobody closed (P2)', async () => {
  store.rot(20, rotten(frames[19]!));
  const scrubbing = scrub(node.copy, clock, silent, false);
  await clock.advance(1_000);
  expect(node.damage).toHaveLength(1);
  scrubbing.stop();
});

it('takes nothing for damage that is not found again', async () => {
  const range = store.range.bind(store);
  let looks = 0;
  store.range = async function* (from, to) {
    looks += 1;
    try {
      yield* range(from, to);
    } finally {
      store.rot(20, frames[19]!.bytes);
    }
  };
  store.rot(20, rotten(frames[19]!));
  const scrubbing = scrub(node.copy, clock, silent, false);
  await clock.advance(1_000);
  expect(looks).toBe(2);
  expect(node.damage).toEqual([]);
  scrubbing.stop();
});
