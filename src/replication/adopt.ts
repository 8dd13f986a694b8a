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
import { type Base, fetchUpTo } from './fetch.ts';

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

export async function promiseAtLeast(copy: Copy, generation: number): Promise<void> {
  const { standing } = copy.store;
  if (standing.promised >= generation) return;
  await copy.store.stand({ ...standing, promised: generation, grantedTo: '' });
}

/**
 * An attempt that was given up changes nothing any more: the next one may be under way.
 * @throws {Diverged} when the copy must be replaced; whatever else is thrown may be different at another attempt.
 */
export async function reachBase(base: Base, options: AdoptOptions): Promise<void> {
  const { copy, signal } = options;
  await copy.settled();
  signal.throwIfAborted();
  await giveUpBeyond(base, copy, signal);
  signal.throwIfAborted();
  if (copy.tail.number !== base.number || copy.tail.hash !== base.hash) await fetchOrStepBack(base, options);
  signal.throwIfAborted();
  copy.beginGeneration();
}

/** Without the frames above the mark, if they are not those that lead there, another attempt may succeed. */
async function fetchOrStepBack(base: Base, options: AdoptOptions): Promise<void> {
  const { copy, signal } = options;
  try {
    await fetchFromAny(base, options);
  } catch (error) {
    signal.throwIfAborted();
    if (copy.tail.number > copy.mark.number) await copy.truncate(copy.mark.number);
    throw error;
  }
}

async function giveUpBeyond(base: Base, copy: Copy, signal: AbortSignal): Promise<void> {
  const { mark, tail } = copy;
  if (mark.number > base.number)
    throw new Diverged(`frames up to ${mark.number} are committed, the stream begins after ${base.number}`);
  const own = tail.number >= base.number && base.number > 0 ? await copy.store.read(base.number) : undefined;
  signal.throwIfAborted();
  const isOwn = own !== undefined && Frame.decode(own).hash === base.hash;
  if (own && !isOwn && mark.number === base.number)
    throw new Diverged(`frame ${base.number} is committed, the stream builds on another`);
  if (tail.number > base.number && (isOwn || base.number === 0)) await copy.truncate(base.number);
  else if (own && !isOwn) await copy.truncate(mark.number);
}

async function fetchFromAny(base: Base, { peers, ...options }: AdoptOptions): Promise<void> {
  let problem: unknown = new Error(`nobody is there to copy frames up to ${base.number} from`);
  for (const peer of peers) {
    try {
      return await fetchUpTo(base, { ...options, peer });
    } catch (error) {
      options.signal.throwIfAborted();
      problem = error;
    }
  }
  throw problem;
}
