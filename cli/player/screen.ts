/** The player's screen: a frame made of what the player says, and what each key does to it; neither needs a terminal. */
import { visible } from '../render/text.ts';
import type { Key } from '../tui/keys.ts';
import { type Frame, fitLine, type Line, type Span, span, wrapLine } from '../tui/spans.ts';
import type { Size } from '../tui/terminal.ts';
import { widthOf } from '../tui/width.ts';
import { offsetFrom, positionText, timeOfDay } from './model/moment.ts';
import type { Phase, Player } from './model/player.ts';
import { type Cell, cellAt, progressCells } from './model/progress.ts';
import { lengthInWords, wordsFor } from './model/recording.ts';
import type { Timeline } from './model/timeline.ts';
import { type Told, toldAt } from './model/told.ts';

const seekMs = 5_000;
const farSeekMs = 60_000;
/** A silence of which so much is left is worth saying how long it still is. */
const longSilenceMs = 5_000;
const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** A cell is high when so much happened in it, or more where more happened elsewhere. */
const crowd = 4;
const signs: Readonly<Record<Phase, string>> = { playing: '▶', paused: '‖', ended: '■' };
const helpText =
  'q quit · space pause · ←→ 5 s · + - speed · s silences · g jump · ↑↓ message · PgUp PgDn 1 min · Home End';
const pictureHelpText =
  'q quit · space pause · ←→ 5 s · + - speed · g jump · ↑↓ point · PgUp PgDn 1 min · Home End';

/** What is shown instead of what happened so far: a match is seen. */
export interface Picture {
  /** @param offsetMs the recorded moment. @returns just so many lines. */
  draw(offsetMs: number, columns: number, rows: number): Line[];
  /** Stands beside the position. */
  readonly remark: string;
}

export class PlayerScreen {
  readonly #player: Player;
  readonly #picture: Picture | undefined;
  /** What is typed of the time to jump to. */
  #jump: string | undefined;
  #problem = '';
  #bar: { readonly timeline: Timeline; readonly cells: readonly Cell[] } | undefined;

  constructor(player: Player, picture?: Picture) {
    this.#player = player;
    this.#picture = picture;
  }

  /** @returns whether the player is to be left. */
  press(key: Key): boolean {
    // What is typed fast comes together.
    if (key.kind === 'text')
      return [...key.text].some((letter) => this.#press({ kind: 'text', text: letter }));
    return this.#press(key);
  }

  #press(key: Key): boolean {
    this.#problem = '';
    if (this.#jump === undefined) return this.#steer(key);
    this.#typeJump(this.#jump, key);
    return false;
  }

  frame(size: Size): Frame {
    const head = [fitLine(this.#title(), size.columns, { inverse: true })];
    const help = this.#picture ? pictureHelpText : helpText;
    const foot = [this.#progress(size.columns), this.#status(), [span(help, { dim: true })]];
    const rows = Math.max(size.rows - head.length - foot.length, 0);
    const body =
      this.#picture?.draw(this.#player.offsetMs, size.columns, rows) ?? this.#told(rows, size.columns);
    const lines = [...head, ...body, ...foot].slice(0, size.rows).map((line) => fitLine(line, size.columns));
    if (this.#jump === undefined) return { lines };
    return {
      lines,
      cursor: { row: lines.length - 2, column: Math.min(widthOf(jumpPrompt + this.#jump), size.columns - 1) },
    };
  }

  #steer(key: Key): boolean {
    const name = key.kind === 'key' ? key.name : key.text;
    if (['q', 'escape', 'C-c', 'C-d'].includes(name)) return true;
    const player = this.#player;
    const actions: Readonly<Record<string, () => void>> = {
      ' ': () => player.toggle(),
      left: () => player.seekBy(-seekMs),
      right: () => player.seekBy(seekMs),
      pgup: () => player.seekBy(-farSeekMs),
      pgdn: () => player.seekBy(farSeekMs),
      up: () => player.step(-1),
      down: () => player.step(1),
      home: () => player.seek(0),
      end: () => player.seek(player.state.timeline.durationMs),
      '+': () => player.faster(),
      '=': () => player.faster(),
      '-': () => player.slower(),
      s: () => player.toggleSilences(),
      g: () => {
        this.#jump = '';
      },
    };
    if (Object.hasOwn(actions, name)) actions[name]!();
    return false;
  }

  #typeJump(typed: string, key: Key): void {
    if (key.kind !== 'key') this.#jump = typed + visible(key.text);
    else if (key.name === 'backspace') this.#jump = typed.slice(0, -1);
    else if (key.name === 'C-u') this.#jump = '';
    else if (['escape', 'C-c', 'C-g'].includes(key.name)) this.#jump = undefined;
    else if (key.name === 'enter') this.#jumpTo(typed);
  }

  #jumpTo(typed: string): void {
    this.#jump = undefined;
    if (typed === '') return;
    const offsetMs = offsetFrom(typed, this.#player.recording.startedAt);
    if (offsetMs === undefined) this.#problem = `no time: ${typed}; 1:30, 90s or @19:31 are`;
    else this.#player.seekOffset(offsetMs);
  }

  #title(): Line {
    const { title, startedAt } = this.#player.recording;
    const day = new Date(startedAt).toLocaleDateString('sv'); // as 2026-11-21
    return [span(` replay  ${visible(title)}  ${day} ${timeOfDay(startedAt)}`, { inverse: true })];
  }

  /** The newest lines that fit, at the bottom of their place. */
  #told(rows: number, columns: number): Line[] {
    const { recording, state } = this.#player;
    const lines: Line[] = [];
    for (let index = state.shown - 1; index >= 0 && lines.length < rows; index--) {
      const told = toldAt(recording.happenings, state.timeline, index);
      lines.unshift(...told.flatMap((one) => wrapLine(this.#line(one), columns, indent)));
    }
    const missing = Math.max(rows - lines.length, 0);
    return [...lines.slice(Math.max(lines.length - rows, 0)), ...new Array<Line>(missing).fill([])];
  }

  #line(told: Told): Line {
    if (told.kind === 'silence')
      return [span(`${' '.repeat(indent)}··· ${wordsFor(told)} ···`, { dim: true })];
    const time = span(`${timeOfDay(this.#player.recording.startedAt + told.offsetMs)} `, { dim: true });
    if (told.kind !== 'said') return [time, span(`* ${visible(wordsFor(told))}`, { dim: true })];
    const from = visible(told.from);
    return [time, span(from, { colour: { ofName: from } }), span(`: '${visible(told.text)}'`)];
  }

  #progress(columns: number): Line {
    const { filmMs, state } = this.#player;
    const cells = this.#cells(state.timeline, columns);
    const here = cellAt(state.timeline, filmMs, columns);
    const most = Math.max(...cells.map(({ count }) => count));
    const text = (from: number, to: number) =>
      cells
        .slice(from, to)
        .map((cell) => glyph(cell, most))
        .join('');
    return [
      span(text(0, here), { colour: 'cyan' }),
      span(text(here, here + 1), { colour: 'cyan', inverse: true }),
      span(text(here + 1, columns), { dim: true }),
    ];
  }

  #cells(timeline: Timeline, columns: number): readonly Cell[] {
    if (this.#bar?.timeline !== timeline || this.#bar.cells.length !== columns)
      this.#bar = { timeline, cells: progressCells(timeline, columns) };
    return this.#bar.cells;
  }

  #status(): Line {
    if (this.#jump !== undefined) return [span(jumpPrompt, { bold: true }), span(this.#jump)];
    if (this.#problem) return [span(this.#problem, { colour: 'yellow' })];
    const { recording, state, offsetMs } = this.#player;
    const lastMs = recording.happenings.at(-1)?.offsetMs ?? 0;
    const parts = [
      `${positionText(offsetMs)} / ${positionText(lastMs)}`,
      `${state.speed} ×`,
      `${state.shown} of ${recording.happenings.length}`,
      ...(this.#picture
        ? [this.#picture.remark]
        : [state.isShortened ? 'silences shortened' : '', this.#silenceLeft()]),
    ];
    return [span(`${signs[state.phase]} `, { bold: true }), ...separated(parts.filter(Boolean))];
  }

  /** While nothing happens for long. */
  #silenceLeft(): string {
    const { state, filmMs } = this.#player;
    const leftMs = (state.timeline.dueMs[state.shown] ?? filmMs) - filmMs;
    return leftMs > longSilenceMs ? `silence, ${lengthInWords(leftMs / state.speed)} to go` : '';
  }
}

const indent = '00:00:00 '.length;
const jumpPrompt = 'jump to (1:30, 90s, @19:31): ';

function glyph({ count, isSilence }: Cell, most: number): string {
  if (count === 0) return isSilence ? '┄' : '─';
  return levels[Math.ceil((count / Math.max(most, crowd)) * levels.length) - 1]!;
}

function separated(parts: readonly string[]): Span[] {
  return parts.flatMap((part, index) =>
    index === 0 ? [span(part)] : [span('  ', { dim: true }), span(part)],
  );
}
