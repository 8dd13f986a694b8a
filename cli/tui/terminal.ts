/**
 * A terminal that the program has to itself: a screen of its own, keys one by one, and everything given back however the
 * program ends, by its own will, by a crash or by a signal, and while it is suspended.
 */
import { hasColour } from '../render/colour.ts';
import { ansi, Painter } from './ansi.ts';
import { type Key, KeyDecoder, type Stroke } from './keys.ts';
import type { Frame } from './spans.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalOptions {
  onKey(key: Key): void;
  /** Of another size, or shown again: what it showed is gone. */
  onResize(size: Size): void;
  /** The terminal was closed. */
  onHangUp?(): void;
  /** Asks the terminal to tell when keys are let go too; few can. */
  readonly releases?: {
    onRelease(name: string): void;
    /** It can. */
    onTold(): void;
  };
}

/** How long the rest of an escape sequence may take; then it was the Escape key. */
const escapeMs = 50;
/** Faster than any screen, and slow enough that a flood of messages is not drawn one by one. */
const frameMs = 8;

export class Terminal {
  readonly #options: TerminalOptions;
  readonly #decoder = new KeyDecoder();
  readonly #painter = new Painter(hasColour(process.env));
  #escapeTimer: NodeJS.Timeout | undefined;
  #isOpen = false;
  #draw: (() => Frame) | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  #paintedMs = Number.NEGATIVE_INFINITY;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  get size(): Size {
    return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
  }

  open(): void {
    process.on('exit', this.#restore);
    process.on('uncaughtExceptionMonitor', this.#restore);
    process.on('SIGCONT', this.#resumed);
    process.on('SIGHUP', this.#hungUp);
    process.stdin.on('data', this.#typed).on('end', this.#hungUp);
    process.stdout.on('resize', this.#resized);
    this.#take();
  }

  close(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined; // it may be opened again
    clearTimeout(this.#escapeTimer);
    process.off('exit', this.#restore);
    process.off('uncaughtExceptionMonitor', this.#restore);
    process.off('SIGCONT', this.#resumed);
    process.off('SIGHUP', this.#hungUp);
    process.stdin.off('data', this.#typed).off('end', this.#hungUp);
    process.stdout.off('resize', this.#resized);
    this.#restore();
    process.stdin.pause();
  }

  /** Has the screen drawn soon: at once, unless it was just before. `draw` is asked when it comes to it. */
  paint(draw: () => Frame): void {
    this.#draw = draw;
    if (this.#frameTimer) return;
    const waitMs = this.#paintedMs + frameMs - performance.now();
    if (waitMs <= 0) this.#paintNow();
    else this.#frameTimer = setTimeout(() => this.#paintNow(), waitMs);
  }

  /** All of it, whatever the terminal shows. */
  redraw(): void {
    this.#painter.forget();
    this.#paintNow();
  }

  bell(): void {
    if (this.#isOpen) process.stdout.write(ansi.bell);
  }

  /** Gives the terminal back to the shell until the program is resumed; at once where there is no shell to resume it. */
  suspend(): void {
    this.#restore();
    process.kill(0, 'SIGTSTP');
    setImmediate(this.#resumed);
  }

  #paintNow(): void {
    this.#frameTimer = undefined;
    this.#paintedMs = performance.now();
    if (!this.#isOpen || !this.#draw) return;
    const bytes = this.#painter.paint(this.#draw());
    if (bytes) process.stdout.write(bytes);
  }

  #take(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    process.stdin.setRawMode(true);
    process.stdin.resume();
    process.stdout.write(this.#options.releases ? ansi.enter + ansi.tellReleases : ansi.enter);
    this.#painter.forget();
  }

  readonly #restore = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.stdout.write(this.#options.releases ? ansi.tellNoReleases + ansi.leave : ansi.leave);
    try {
      process.stdin.setRawMode(false);
    } catch {
      // The terminal is gone already.
    }
  };

  readonly #resumed = (): void => {
    this.#isOpen = false; // the shell has set the terminal as it likes it
    this.#take();
    this.#options.onResize(this.size);
  };

  readonly #hungUp = (): void => {
    this.#options.onHangUp?.();
  };

  readonly #resized = (): void => {
    this.#painter.forget();
    this.#options.onResize(this.size);
  };

  readonly #typed = (bytes: Buffer): void => {
    clearTimeout(this.#escapeTimer);
    this.#pass(this.#decoder.feed(bytes));
    if (this.#decoder.isOpen) this.#escapeTimer = setTimeout(this.#flush, escapeMs);
  };

  readonly #flush = (): void => this.#pass(this.#decoder.flush());

  #pass(strokes: readonly Stroke[]): void {
    const { onKey, releases } = this.#options;
    for (const stroke of strokes) {
      if (stroke.kind === 'release') releases?.onRelease(stroke.name);
      else if (stroke.kind === 'releasesTold') releases?.onTold();
      else onKey(stroke);
    }
  }
}
