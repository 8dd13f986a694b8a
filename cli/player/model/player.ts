/**
 * The player: where in the film it is, whether it runs, how fast. Each change of course (play, pause, seek, speed) sets an
 * anchor, a moment of the clock and the film's time then; where the film is now follows from the anchor alone. So timers
 * that come late make one happening late and never the next: lateness does not add up.
 *
 *   playing ⇄ paused, either → ended at the film's end, ended → playing from the start, → paused by seeking back.
 */
import type { Recording } from './recording.ts';
import { Timeline } from './timeline.ts';

export interface PlayerClock {
  monotonicMs(): number;
  setTimeout(task: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

export type Phase = 'playing' | 'paused' | 'ended';

/** Replaced at every change, never mutated. */
export interface PlayerState {
  readonly phase: Phase;
  readonly speed: number;
  /** How many happenings are on the screen. */
  readonly shown: number;
  readonly timeline: Timeline;
  /** Whether long silences are shortened now. */
  readonly isShortened: boolean;
}

export interface Pace {
  readonly speed: number;
  /** No silence lasts longer than this as it is played at that speed. */
  readonly maxGapMs: number;
}

const speeds = [0.25, 0.5, 1, 1.5, 2, 3, 4, 8, 16, 32, 64];
/** Whoever goes back while it plays means what came before what has only just been shown. */
const justShownMs = 500;
/** How long a silence lasts where nobody said, once they are to be shortened. */
const usualGapMs = 3_000;
/** Longer than a timer of the system can wait is waited in parts. */
const timerMsMax = 2 ** 31 - 1;

export class Player {
  readonly recording: Recording;
  readonly #clock: PlayerClock;
  readonly #offsetsMs: readonly number[];
  readonly #gapMs: number;
  readonly #watchers = new Set<() => void>();
  #anchor: { readonly clockMs: number; readonly filmMs: number };
  #timer: unknown;
  #state: PlayerState;

  constructor(recording: Recording, { speed, maxGapMs }: Pace, clock: PlayerClock) {
    this.recording = recording;
    this.#clock = clock;
    this.#offsetsMs = recording.happenings.map(({ offsetMs }) => offsetMs);
    const isShortened = Number.isFinite(maxGapMs);
    this.#gapMs = isShortened ? maxGapMs * speed : usualGapMs;
    this.#anchor = { clockMs: clock.monotonicMs(), filmMs: 0 };
    const timeline = this.#newTimeline(isShortened);
    const shown = timeline.countAt(0);
    this.#state = { phase: 'paused', speed, shown, timeline, isShortened };
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** The film's time now. */
  get filmMs(): number {
    const { phase, speed, timeline } = this.#state;
    if (phase !== 'playing') return this.#anchor.filmMs;
    const ranMs = (this.#clock.monotonicMs() - this.#anchor.clockMs) * speed;
    return Math.min(this.#anchor.filmMs + ranMs, timeline.durationMs);
  }

  /** The recorded moment that the film shows now. */
  get offsetMs(): number {
    return this.#state.timeline.offsetAt(this.filmMs);
  }

  /** Calls back after every change of the state; not as the film's time passes. @returns how to stop that. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  play(): void {
    if (this.#state.phase === 'playing') return;
    this.#go(this.#state.phase === 'ended' ? 0 : this.filmMs, { phase: 'playing' });
  }

  pause(): void {
    if (this.#state.phase === 'playing') this.#go(this.filmMs, { phase: 'paused' });
  }

  toggle(): void {
    if (this.#state.phase === 'playing') this.pause();
    else this.play();
  }

  /** To a time of the film, or to its nearest end. */
  seek(filmMs: number): void {
    const { phase, timeline } = this.#state;
    const target = Math.min(Math.max(filmMs, 0), timeline.durationMs);
    this.#go(target, { phase: phase === 'ended' ? 'paused' : phase });
  }

  seekBy(filmMs: number): void {
    this.seek(this.filmMs + filmMs);
  }

  /** To a recorded moment. */
  seekOffset(offsetMs: number): void {
    this.seek(this.#state.timeline.filmAt(offsetMs));
  }

  /** To the next happening, or to the one before what is shown. Those of one moment count as one. */
  step(direction: 1 | -1): void {
    const { phase, speed, timeline } = this.#state;
    const { filmMs } = this;
    const before = phase === 'playing' ? filmMs - justShownMs * speed : filmMs;
    if (direction > 0) this.seek(timeline.dueMs.find((due) => due > filmMs) ?? timeline.durationMs);
    else this.seek(timeline.dueMs.findLast((due) => due < before) ?? 0);
  }

  faster(): void {
    this.#setSpeed(speeds.find((speed) => speed > this.#state.speed));
  }

  slower(): void {
    this.#setSpeed(speeds.findLast((speed) => speed < this.#state.speed));
  }

  /** Long silences are shortened, or played in full; what is shown stays. */
  toggleSilences(): void {
    const { offsetMs } = this;
    const isShortened = !this.#state.isShortened;
    const timeline = this.#newTimeline(isShortened);
    this.#go(timeline.filmAt(offsetMs), { isShortened, timeline });
  }

  /** Nothing more is scheduled, and nobody called. */
  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#watchers.clear();
  }

  #setSpeed(speed: number | undefined): void {
    if (speed !== undefined) this.#go(this.filmMs, { speed });
  }

  #newTimeline(isShortened: boolean): Timeline {
    return new Timeline(this.#offsetsMs, isShortened ? this.#gapMs : Number.POSITIVE_INFINITY);
  }

  /** A new course from that time of the film on. */
  #go(filmMs: number, change: Partial<PlayerState>): void {
    this.#anchor = { clockMs: this.#clock.monotonicMs(), filmMs };
    this.#state = { ...this.#state, ...change };
    this.#show();
  }

  /** What is due now, and a timer for what is due next. */
  readonly #show = () => {
    this.#clock.clearTimeout(this.#timer);
    const { filmMs } = this;
    const { phase, speed, timeline } = this.#state;
    const shown = timeline.countAt(filmMs);
    const next = timeline.dueMs[shown];
    if (next === undefined) this.#anchor = { clockMs: this.#clock.monotonicMs(), filmMs };
    else if (phase === 'playing') {
      const waitMs = Math.ceil((next - filmMs) / speed);
      this.#timer = this.#clock.setTimeout(this.#show, Math.min(waitMs, timerMsMax));
    }
    this.#state = { ...this.#state, phase: next === undefined ? 'ended' : phase, shown };
    for (const changed of this.#watchers) changed();
  };
}
