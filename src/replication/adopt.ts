/**
 * Adopting a generation: making the own copy end where the generation begins.
 *
 * A generation's first frame, `Seeded`, names the base it builds on. A copy that ends there goes on; one that is behind
 * gets what is missing from a peer; one that holds more, or other frames, gives up what was never committed: the base
 * was chosen so that everything committed is in it. Joining is a promise, too: a node that has given frames up for a
 * generation must never go back to an older one.
 */
import { Frame } from '../events/frame.ts';
import type { OrderedLog } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import type { Journal } from '../ports/journal.ts';
import type { Copy } from './copy.ts';
import { type Base, type FetchOptions, fetchUpTo, hashOf, lastInCommon, WrongPeer } from './fetch.ts';

export interface AdoptOptions {
  readonly copy: Copy;
  readonly bus: Bus;
  readonly journal: Journal;
  /** Who may have what is missing, the likeliest first. */
  readonly peers: readonly string[];
  readonly signal: AbortSignal;
}

/** The frames below the mark are not those that the generation builds on. */
export class Diverged extends Error {
  override readonly name = 'Diverged';
}

/** What a generation builds on; undefined while nothing stands in its stream. */
export async function baseOf(log: OrderedLog): Promise<Base | undefined> {
  const bytes = await log.read(1);
  if (!bytes) return undefined;
  const event = Frame.decode(bytes).event(0);
  return event.type === 'Seeded' ? event.data.base : undefined;
}

export async function promiseAtLeast({ standing }: Copy, generation: number): Promise<void> {
  await standing.change((now) =>
    now.promised >= generation ? now : { ...now, promised: generation, grantedTo: '' },
  );
}

/**
 * An attempt that was given up changes nothing any more: the next one may be under way.
 * @throws {Diverged} when the copy must be replaced; whatever else is thrown may be different at another attempt.
 */
export async function reachBase(base: Base, options: AdoptOptions): Promise<void> {
  const { copy, signal } = options;
  await copy.settled();
  signal.throwIfAborted();
  if (copy.mark.number > base.number)
    throw new Diverged(
      `frames up to ${copy.mark.number} are committed, the stream begins after ${base.number}`,
    );
  if (copy.mark.number === base.number && base.number > 0 && (await hashOf(copy, base.number)) !== base.hash)
    throw new Diverged(`frame ${base.number} is committed, the stream builds on another`);
  signal.throwIfAborted();
  if (copy.tail.number > base.number) await giveUpBeyond(base, options);
  if (!isAt(base, copy)) await fetchFromAny(base, options);
  signal.throwIfAborted();
  copy.beginGeneration();
}

const isAt = ({ number, hash }: Base, { tail }: Copy) => tail.number === number && tail.hash === hash;

/** What lies beyond the base was never committed: all that was is in the base. */
async function giveUpBeyond({ number, hash }: Base, { copy, signal }: AdoptOptions): Promise<void> {
  const isOwn = (await hashOf(copy, number)) === hash;
  signal.throwIfAborted();
  if (isOwn) await copy.truncate(number);
}

async function fetchFromAny(base: Base, { peers, ...options }: AdoptOptions): Promise<void> {
  let problem: unknown = new Error(`nobody is there to copy frames up to ${base.number} from`);
  for (const peer of peers) {
    try {
      return await fetchFrom(base, { ...options, peer });
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof Diverged) throw error;
      problem = error;
    }
  }
  throw problem;
}

/**
 * Straight on from the tail; where that does not lead to the base, frames above the mark are of another branch, which was
 * never committed. Only they are given up: those in common may have been committed with this node's word.
 */
async function fetchFrom(base: Base, options: FetchOptions): Promise<void> {
  const { copy, signal } = options;
  try {
    if (copy.tail.number < base.number) return await fetchUpTo(base, options);
  } catch (error) {
    if (!(error instanceof WrongPeer)) throw error;
    await copy.settled();
    signal.throwIfAborted();
  }
  const common = await lastInCommon(base, options);
  if (common === undefined)
    throw new Diverged(`frame ${copy.mark.number} is committed, and does not lead to frame ${base.number}`);
  await copy.truncate(common);
  signal.throwIfAborted();
  await fetchUpTo(base, options);
}
