/**
 * Appending one frame, for certain.
 *
 * A publish can fail in ways that decide nothing: a time-out may have stored it, and a refused expectation may be the
 * echo of one's own first attempt (on R1 the server checks the expectation before it recognises a repeat). So errors
 * only lead to a look at the place: my bytes there mean stored, others mean that somebody else was first, nothing means
 * to try again with the very same bytes. There is never more than one frame under way, so the place cannot be skipped.
 *
 * While nobody answered the log may have lost its end, and another leader's frame may stand where this frame's predecessor
 * stood: the sequence that is expected is the same again. So before a frame is sent once more the seam is looked at.
 */
import type { Frame } from '../events/frame.ts';
import { LogConflict, LogGone, type OrderedLog, OutcomeUnknown } from '../log/port.ts';
import { type Clock, delay } from '../ports/clock.ts';
import { type Seam, SeamBroken, verifySeam } from './follower.ts';

const retryMs = 50;

/**
 * @param before where the frame before stands; sequence 0 in a log that is to be empty.
 * @throws {LogGone} when there is no such log any more.
 * @returns `lost` when another frame stands there, `abandoned` when `isWanted` turned
 * false before it was known.
 */
export async function appendFrame(
  log: OrderedLog,
  frame: Frame,
  sequence: number,
  before: Seam,
  clock: Clock,
  isWanted: () => boolean,
): Promise<'stored' | 'lost' | 'abandoned'> {
  const { generation, epoch, number } = frame.header;
  while (isWanted()) {
    try {
      await log.append(frame.bytes, sequence, `${generation}:${epoch}:${number}:${frame.hash}`);
      return 'stored';
    } catch (error) {
      if (!(error instanceof LogConflict || error instanceof OutcomeUnknown)) throw error;
    }
    while (isWanted()) {
      const outcome = await look(log, frame, sequence, before).catch(unlessGone);
      if (outcome === 'stored' || outcome === 'lost') return outcome;
      await delay(clock, retryMs);
      if (outcome === 'free') break;
    }
  }
  return 'abandoned';
}

/** What stands in the frame's place, or keeps it from ever standing there. */
async function look(
  log: OrderedLog,
  frame: Frame,
  sequence: number,
  before: Seam,
): Promise<'stored' | 'lost' | 'free'> {
  const there = await log.read(sequence);
  if (there) return Buffer.compare(there, frame.bytes) === 0 ? 'stored' : 'lost';
  try {
    await verifySeam(log, before);
    return 'free';
  } catch (error) {
    if (error instanceof SeamBroken) return 'lost';
    throw error;
  }
}

/** Nothing will ever stand in a log that is gone; whatever else keeps from reading may pass. */
function unlessGone(error: unknown): undefined {
  if (error instanceof LogGone) throw error;
  return undefined;
}
