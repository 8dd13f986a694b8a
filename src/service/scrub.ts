/**
 * Scrubbing: reading the whole copy again, slowly and for ever, because a disk that forgets does not say so.
 *
 * Old frames and rows are hardly ever read, so what has become of them would come out when they are needed most. What
 * is found is damage like any other: the copy is kept as evidence and replaced. Whatever killed a node may have damaged its
 * disk as well, and LevelDB compares no checksums when it reads: after that it is done at once.
 *
 * A copy that gives up frames meanwhile, because another generation parted before them, looks like a damaged one. So what is
 * found has to be found twice.
 */
import type { Subscription } from '../ports/bus.ts';
import { type Clock, delay, every } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Copy } from '../replication/copy.ts';
import { verifyStore } from '../replication/verify.ts';

const everyMs = 30 * 60_000;
/** Between portions of a thousand rows, so that nobody who is served meanwhile notices. */
const pauseMs = 5;

/** @param wasClosed whether the copy was closed by whoever wrote to it last. */
export function scrub(copy: Copy, clock: Clock, journal: Journal, wasClosed: boolean): Subscription {
  let isBusy = false;
  let isStopped = false;
  const pause = async () => {
    await delay(clock, pauseMs);
    if (isStopped) throw new Error('stopped');
  };
  const run = async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      const found = await verifyStore(copy.store, { pause });
      const {
        ok,
        reason = '',
        first_bad: position,
      } = found.ok ? found : await verifyStore(copy.store, { pause });
      if (!ok && !isStopped)
        copy.distrust(`what was stored is not there any more from position ${position}: ${reason}`);
    } catch (error) {
      if (!isStopped) journal.detail(`could not read the copy again: ${(error as Error).message}`);
    }
    isBusy = false;
  };
  const running = every(clock, everyMs, () => void run());
  if (!wasClosed) void run();
  return {
    stop: () => {
      isStopped = true;
      running.stop();
    },
  };
}
