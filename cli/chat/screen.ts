/**
 * The chat's screen while it lasts: holds the state, gives it every event, has it drawn, and hands out what is to be done.
 * Keys that come between a question and the next are kept for that: they may be a password, and are not shown before it
 * is clear that they are none.
 */
import { randomUUID } from 'node:crypto';
import type { Key } from '../tui/keys.ts';
import { Terminal } from '../tui/terminal.ts';
import type { Effect, Event } from './events.ts';
import { initialState, type Settings, type State } from './state.ts';
import { update } from './update.ts';
import { view } from './view.ts';
import type { Note } from './window.ts';

export interface ScreenOptions {
  readonly settings: Settings;
  /** Does what the screen itself does not. */
  onEffect(effect: Effect): void;
  onHangUp(): void;
}

/** What passes by itself: somebody stopped typing. */
const tickMs = 1_000;
/** Many messages at once are one event for the ear. */
const bellEveryMs = 1_000;

export class Screen {
  readonly #options: ScreenOptions;
  readonly #terminal: Terminal;
  readonly #keys: Key[] = [];
  /** Keys are kept for the next question. */
  #isHolding = false;
  #isAsking = false;
  #answered: ((text: string | undefined) => void) | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #rangMs = Number.NEGATIVE_INFINITY;
  #lending: AbortController | undefined;
  #state: State;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#terminal = new Terminal({
      onKey: (key) => {
        this.#keys.push(key);
        this.#takeKeys();
      },
      onResize: (size) => this.dispatch({ type: 'resized', size }),
      onHangUp: () => options.onHangUp(),
    });
    this.#state = initialState(this.#terminal.size, options.settings);
  }

  get state(): State {
    return this.#state;
  }

  open(): void {
    this.#terminal.open();
    this.#ticking = setInterval(() => this.dispatch({ type: 'tick', nowMs: Date.now() }), tickMs);
    this.#draw();
  }

  close(): void {
    this.#lending?.abort();
    clearInterval(this.#ticking);
    this.#terminal.close();
    this.#answered?.(undefined);
  }

  dispatch(event: Event): void {
    const { state, effects } = update(this.#state, event, { newId: () => `m-${randomUUID()}` });
    this.#state = state;
    for (const effect of effects) this.#do(effect);
    this.#draw();
  }

  goTo(key: string): void {
    this.dispatch({ type: 'goToKey', key });
  }

  note(text: string, tone: Note['tone'], key?: string): void {
    const nowMs = Date.now();
    for (const line of text.split('\n'))
      this.dispatch({ type: 'note', text: line, tone, nowMs, ...(key === undefined ? {} : { key }) });
  }

  /** While there are questions to come: what is typed is for them. */
  askOnly(isAsking: boolean): void {
    this.#isAsking = isAsking;
    this.#isHolding = isAsking;
    this.#takeKeys();
  }

  async ask(prompt: string, isHidden: boolean): Promise<string | undefined> {
    const answer = new Promise<string | undefined>((resolve) => {
      this.#answered = resolve;
    });
    this.dispatch({ type: 'asked', question: { prompt, isHidden } });
    this.#isHolding = false;
    this.#takeKeys();
    return await answer;
  }

  /** Lends the terminal to somebody else, who gives it back when the screen is closed at the latest. */
  async lend(use: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const lending = new AbortController();
    this.#lending = lending;
    this.dispatch({ type: 'covered', isCovered: true });
    this.#terminal.close();
    try {
      await use(lending.signal);
    } finally {
      this.#lending = undefined;
      if (!lending.signal.aborted) {
        this.#terminal.open();
        this.dispatch({ type: 'resized', size: this.#terminal.size });
        this.dispatch({ type: 'covered', isCovered: false });
      }
    }
  }

  #takeKeys(): void {
    while (!this.#isHolding && this.#keys.length > 0)
      this.dispatch({ type: 'key', key: this.#keys.shift()!, nowMs: Date.now() });
  }

  #do(effect: Effect): void {
    switch (effect.do) {
      case 'answer':
        this.#answer(effect.text);
        break;
      case 'bell':
        this.#ring();
        break;
      case 'suspend':
        this.#terminal.suspend();
        break;
      case 'redraw':
        this.#terminal.redraw();
        break;
      default:
        this.#options.onEffect(effect);
    }
  }

  #ring(): void {
    if (performance.now() - this.#rangMs < bellEveryMs) return;
    this.#rangMs = performance.now();
    this.#terminal.bell();
  }

  /** What was typed ahead waits until it is known whether there is another question. */
  #answer(text: string | undefined): void {
    this.#isHolding = true;
    setImmediate(() => {
      this.#isHolding = this.#isAsking && this.#state.question === undefined;
      this.#takeKeys();
    });
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(text);
  }

  #draw(): void {
    this.#terminal.paint(() => view(this.#state));
  }
}
