/** The machine's own clock. */
import type { Clock, Timer } from '../ports/clock.ts';

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimeout: (task, delayMs) => setTimeout(task, delayMs),
  clearTimeout: (timer: Timer) => clearTimeout(timer as NodeJS.Timeout), // made by the line above
  soon: (task) => setImmediate(task),
};
