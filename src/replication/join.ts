/**
 * Joining: finding the stream to follow, and making sure that it continues what this node has stored and promised.
 *
 * The newest generation is the one that counts, unless something newer was promised already. Within a generation the
 * stream's entry at the copy's own last sequence must be the copy's own last frame (the seam); for another generation
 * the copy is brought to where that begins.
 */
import type { OrderedLog, OrderedLogs } from '../log/port.ts';
import type { Journal } from '../ports/journal.ts';
import { type AdoptOptions, baseOf, promiseAtLeast, reachBase } from './adopt.ts';
import type { Copy } from './copy.ts';
import { verifySeam } from './follower.ts';
import type { Tail } from './tail.ts';

export interface JoinOptions extends AdoptOptions {
  readonly logs: OrderedLogs;
}

export interface Found {
  readonly log: OrderedLog;
  readonly generation: number;
}

/**
 * @returns the stream that continues this copy; undefined when there is none and a new generation has to be seeded.
 * @throws {SeamBroken} {Diverged} when the copy is not what the stream holds.
 */
export async function findStream({
  logs,
  copy,
}: Pick<JoinOptions, 'logs' | 'copy'>): Promise<Found | undefined> {
  const generation = await logs.newest();
  if (generation === 0 || generation < copy.tail.generation || generation < copy.store.standing.promised)
    return undefined;
  const log = await logs.open(generation, false);
  if (!log || !(await baseOf(log))) return undefined;
  if (generation === copy.tail.generation && (await log.last()) < copy.tailSequence) return undefined;
  return { log, generation };
}

/** Makes the copy end where the stream can be followed from. */
export async function prepareToFollow({ log, generation }: Found, options: AdoptOptions): Promise<void> {
  const { copy, signal } = options;
  await promiseAtLeast(copy, generation);
  signal.throwIfAborted();
  if (generation === copy.tail.generation) return await verifySeam(log, copy);
  const base = await baseOf(log);
  if (base) await reachBase(base, options);
}

/** Everything that this node ever acknowledged is here again, once it has read all that the stream held. */
export async function declareComplete({ standing }: Copy): Promise<void> {
  await standing.change((now) => (now.complete ? now : { ...now, complete: true }));
}

/** What was missed in a moment is not worth a word. */
const framesWorthAWord = 20;

export function tellCaughtUp(before: Tail, now: Tail, journal: Journal): void {
  const frames = now.number - before.number;
  if (frames < framesWorthAWord) return;
  const how = before.number === 0 ? 'filled its empty copy' : 'caught up';
  journal.notice(`${how}: ${frames} frames, up to position ${now.position}`);
}
