/** A player with its screen, for whoever has a terminal: keys go in, frames come out, and `draw` says when. */
import { systemClock } from '../../src/system/clock.ts';
import type { Key } from '../tui/keys.ts';
import type { Frame } from '../tui/spans.ts';
import type { Size } from '../tui/terminal.ts';
import { type Pace, Player } from './model/player.ts';
import type { Recording } from './model/recording.ts';
import { type Picture, PlayerScreen } from './screen.ts';

/** How often the position moves while nothing happens. */
const tickMs = 100;
/** And where there is something to be seen. */
const frameMs = 1_000 / 60;

export class PlayerView {
  readonly #player: Player;
  readonly #screen: PlayerScreen;
  readonly #ticks: NodeJS.Timeout;

  /** @param draw asks for the next frame. */
  constructor(recording: Recording, pace: Pace, draw: () => void, picture?: Picture) {
    this.#player = new Player(recording, pace, systemClock);
    this.#screen = new PlayerScreen(this.#player, picture);
    const everyMs = picture ? frameMs : tickMs;
    this.#ticks = setInterval(() => this.#player.state.phase === 'playing' && draw(), everyMs);
    this.#player.watch(draw);
  }

  play(): void {
    this.#player.play();
  }

  frame(size: Size): Frame {
    return this.#screen.frame(size);
  }

  /** What it changes is drawn by the caller. @returns whether the player is to be left. */
  press(key: Key): boolean {
    return this.#screen.press(key);
  }

  pause(): void {
    this.#player.pause();
  }

  close(): void {
    clearInterval(this.#ticks);
    this.#player.close();
  }
}
