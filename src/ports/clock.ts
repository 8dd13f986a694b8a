/** Time as a port. A simulation owns its own; nothing below the composition root asks the system. */
export interface Clock {
  /** Milliseconds from an arbitrary start, never going back, with fractions. */
  monotonicMs(): number;
  /** Milliseconds since 1970 by the machine's wall clock, which may jump. */
  wallMs(): number;
  setTimeout(task: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
  /** Runs the task once whatever has arrived by now has been handled. */
  soon(task: () => void): void;
}

/** Opaque: only the clock that made it knows what it is. */
export type Timer = unknown;

export function delay(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimeout(resolve, delayMs));
}

/** Runs a task again and again, with `periodMs` between the starts, until stopped. */
export function every(clock: Clock, periodMs: number, task: () => void): { stop(): void } {
  let timer: Timer;
  const run = () => {
    timer = clock.setTimeout(run, periodMs);
    task();
  };
  timer = clock.setTimeout(run, periodMs);
  return { stop: () => clock.clearTimeout(timer) };
}

/** The promise's value, or undefined if it takes longer than `timeoutMs`. */
export function within<T>(clock: Clock, timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => resolve(undefined), timeoutMs);
    promise.then(
      (value) => {
        clock.clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clock.clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** XState takes timers from here, so that a simulation owns them too. */
export function machineClock(clock: Clock) {
  return {
    setTimeout: (task: (...args: unknown[]) => void, delayMs: number) =>
      clock.setTimeout(() => task(), delayMs),
    clearTimeout: (timer: unknown) => clock.clearTimeout(timer),
  };
}
