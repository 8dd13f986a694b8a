/**
 * A process of the simulated machine, and the clock that it sees.
 *
 * Dead (kill -9): nothing that was to happen in it ever does, so whatever its code awaited is awaited for ever. Paused
 * (SIGSTOP): everything waits, and when the process goes on its timers are late and its messages old.
 */
import type { Clock, Timer } from '../ports/clock.ts';
import type { SeededRandom } from './random.ts';
import type { Happening, Host, Timeline } from './timeline.ts';

/** How long after a message the event loop gets to what was put off to later. */
const turnMsMax = 0.3;
const clockRateSpread = 0.001;
const wallSpreadMs = 300;
const wallStartMs = Date.UTC(2026, 0, 1);

export class SimulatedProcess implements Clock, Host {
  readonly name: string;
  readonly timeline: Timeline;
  readonly random: SeededRandom;
  readonly #monotonicStartMs: number;
  /** No two quartzes are the same. */
  readonly #rate: number;
  #wallOffsetMs: number;
  #state: 'running' | 'paused' | 'dead' = 'running';
  #held: Happening[] = [];
  readonly #timers = new WeakSet<Happening>();

  constructor(name: string, timeline: Timeline, random: SeededRandom) {
    this.name = name;
    this.timeline = timeline;
    this.random = random;
    this.#monotonicStartMs = random.between(0, 1e6);
    this.#rate = random.between(1 - clockRateSpread, 1 + clockRateSpread);
    this.#wallOffsetMs = random.between(-wallSpreadMs, wallSpreadMs);
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** Does something in this process, if it lives then. */
  after(delayMs: number, task: () => void): Happening {
    return this.timeline.after(delayMs, task, this);
  }

  take(happening: Happening): void {
    if (this.#state === 'running') happening.task();
    else if (this.#state === 'paused') this.#held.push(happening);
  }

  kill(): void {
    this.#state = 'dead';
    this.#held = [];
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const held = this.#held.splice(0);
    const timersFirst = this.random.chance(0.5); // whichever the event loop stood before when it was stopped
    const late = timersFirst ? held.filter((happening) => this.#timers.has(happening)) : [];
    for (const happening of new Set([...late, ...held])) this.timeline.postpone(happening);
  }

  jumpWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  monotonicMs(): number {
    return this.#monotonicStartMs + this.timeline.nowMs * this.#rate;
  }

  wallMs(): number {
    return Math.floor(wallStartMs + this.timeline.nowMs + this.#wallOffsetMs);
  }

  setTimeout(task: () => void, delayMs: number): Timer {
    const timer = this.after(Math.max(delayMs, 1) / this.#rate, task); // as Node does: at least a millisecond
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    if (timer) (timer as Happening).isCancelled = true; // made by the method above
  }

  soon(task: () => void): void {
    this.after(this.random.between(0, turnMsMax), task);
  }
}
