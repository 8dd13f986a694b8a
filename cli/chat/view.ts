/** The screen, drawn from the state: title, conversations, what was said, status, the line. Pure. */
import { unreadMax } from '../../src/client/conversations.ts';
import { masked, visible } from '../render/text.ts';
import { textOf } from '../tui/editor.ts';
import { type Frame, fitLine, type Line, lineWidth, type Span, type Style, span } from '../tui/spans.ts';
import { cut, graphemes, widthOf } from '../tui/width.ts';
import { foundRows } from './found.ts';
import { listWidth, lookOf, paneHeight } from './layout.ts';
import { paneRows } from './pane.ts';
import { type Conversation, currentOf, type State, titleOf } from './state.ts';

const bar: Style = { inverse: true };
const dim: Style = { dim: true };
const alarm: Style = { inverse: true, bold: true, colour: 'red' };

export function view(state: State): Frame {
  const { columns, rows } = state.size;
  const height = paneHeight(state);
  const line = lineRow(state);
  const lines = [titleRow(state), ...middle(state, height), statusRow(state), line.row].slice(-rows);
  return { lines, cursor: { row: lines.length - 1, column: Math.min(line.column, columns - 1) } };
}

function titleRow(state: State): Line {
  const conversation = currentOf(state);
  return fitLine(
    [
      span(' ', bar),
      ...titleOfRow(conversation, isLoggingIn(state)).map((one) => ({
        ...one,
        style: { ...bar, ...one.style },
      })),
    ],
    state.size.columns,
    bar,
  );
}

/** Nobody is anybody yet, and no command is one. */
function isLoggingIn({ me, question }: State): boolean {
  return me === '' && question !== undefined;
}

function titleOfRow(conversation: Conversation, isAsking: boolean): Span[] {
  const { kind, others, topic, isOpen } = conversation;
  const title = span(visible(titleOf(conversation)), { bold: true });
  if (isAsking) return [title, span('  Ctrl-C leaves')];
  if (kind === 'home')
    return [title, span('  /help says what you can do, /query NAME begins a conversation')];
  const state = isOpen ? '' : kind === 'group' ? '  you left; it stays readable' : '  closed';
  if (kind === 'pair') return [title, span(`  ${others[0]?.online ? 'online' : 'offline'}${state}`)];
  const members = others.map(({ name, online }) => `${online ? '●' : '○'} ${visible(name)}`).join('  ');
  return [title, span(`${topic ? `  ${members}` : `  ${others.length + 1} members`}${state}`)];
}

function middle(state: State, height: number): Line[] {
  const width = listWidth(state);
  const look = lookOf(state);
  const pane = state.search
    ? foundRows(state.search, look, height)
    : paneRows(currentOf(state), look, height);
  const blank = Array.from({ length: height - pane.length }, (): Line => []);
  const rows = [...blank, ...pane];
  if (width === 0) return rows;
  const list = listRows(state, width - 1, height);
  return rows.map((row, index) => [
    ...(list[index] ?? [span(' '.repeat(width - 1))]),
    span('│', dim),
    ...row,
  ]);
}

function listRows(state: State, width: number, height: number): Line[] {
  const { conversations, current } = state;
  const at = conversations.findIndex(({ key }) => key === current);
  const first = Math.max(0, Math.min(at - (height >> 1), conversations.length - height));
  return conversations.slice(first, first + height).map((one, index) => {
    const number = first + index < 10 ? `${(first + index + 1) % 10} ` : '  ';
    return listRow(one, number, one.key === current, width);
  });
}

function listRow(conversation: Conversation, number: string, isCurrent: boolean, width: number): Line {
  const { kind, others, unread, mentions } = conversation;
  const presence = kind === 'pair' ? (others[0]?.online ? '● ' : '○ ') : kind === 'group' ? '# ' : '  ';
  const amount = unread > 0 ? ` ${unread >= unreadMax ? `${unreadMax - 1}+` : unread}` : '';
  const style: Style = isCurrent
    ? bar
    : mentions > 0
      ? { bold: true, colour: 'yellow' }
      : unread > 0
        ? { bold: true }
        : {};
  const title = fitLine([span(visible(titleOf(conversation)))], Math.max(1, width - 4 - amount.length));
  return fitLine(
    [span(number, dim), span(presence + title.map(({ text }) => text).join('') + amount, style)],
    width,
  );
}

/** Quiet while all is well. */
function statusRow(state: State): Line {
  const { conversations, current } = state;
  const left = standingOf(state);
  const elsewhere = conversations
    .filter(({ key, unread }) => key !== current && unread > 0)
    .map((one) => `${visible(titleOf(one))}:${one.unread}`);
  const right =
    typingText(currentOf(state)) || (listWidth(state) === 0 ? elsewhere.join(' ') : scrollText(state));
  const { columns } = state.size;
  const room = columns - lineWidth(left);
  if (room < 8 || right === '') return fitLine(left, columns, bar);
  const shown = fitLine([span(right, bar)], Math.min(widthOf(right), room - 1), bar);
  return [...fitLine(left, columns - lineWidth(shown) - 1, bar), ...shown, span(' ', bar)];
}

function standingOf(state: State): Span[] {
  const { me, line, lock } = state;
  if (isLoggingIn(state)) return [span(' not logged in ', bar)];
  if (lock) return [span(` ${lockText[lock.why]} `, alarm), span(' ', bar)];
  const parts = [visible(me), line.server, leaderText(state), lagText(state)];
  return [span(` ${parts.filter(Boolean).join('  ')} `, bar)];
}

const lockText = {
  leaderless: 'no leader: typing is off',
  disconnected: 'no server: typing is off',
  connecting: 'connecting',
} as const;

function leaderText({ line }: State): string {
  return line.leader === null ? '' : `${line.leader} leads epoch ${line.epoch}`;
}

function lagText({ line }: State): string {
  return line.lagMs === undefined ? '' : `${Math.max(1, Math.round(line.lagMs))} ms`;
}

function typingText({ typing }: Conversation): string {
  const names = typing.map(({ name }) => visible(name));
  if (names.length === 0) return '';
  return names.length > 3
    ? 'several are typing'
    : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing`;
}

function scrollText(state: State): string {
  return currentOf(state).scroll ? 'earlier; Ctrl-End: back to now' : '';
}

interface Row {
  readonly row: Line;
  /** Of the cursor. */
  readonly column: number;
}

/** The line scrolls sideways where it is too long, so that the cursor is always seen. */
function lineRow(state: State): Row {
  const { columns } = state.size;
  const prompt = promptOf(state);
  const room = Math.max(4, columns - lineWidth(prompt) - 1);
  const { before, after } = state.editor;
  const isHidden = state.question?.isHidden ?? false;
  const [left, right] = [before, after].map((text) =>
    isHidden ? '•'.repeat(graphemes(text).length) : inLine(text),
  );
  const style: Style = state.lock && !state.question && state.aside === undefined ? dim : {};
  const from = tailThatFits(left!, right === '' ? room : room - 1);
  const row = [...prompt, span(from, style), span(cut(right!, room - widthOf(from)), style)];
  return { row: fitLine(row, columns), column: lineWidth(prompt) + widthOf(from) };
}

/** Line breaks and what else cannot be shown are signs of one column each. */
function inLine(text: string): string {
  return masked(text.replaceAll('\n', '⏎'));
}

function tailThatFits(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  const kept: string[] = [];
  let used = 0;
  for (const letter of graphemes(text).reverse()) {
    used += widthOf(letter);
    if (used > room) break;
    kept.push(letter);
  }
  return kept.reverse().join('');
}

function promptOf(state: State): Line {
  const { question, lock, aside, hole, search } = state;
  if (question) return [span(visible(question.prompt), { bold: true })];
  if (lock && aside === undefined) return [span(`(${lockShort[lock.why]}) `, { colour: 'red' })];
  if (hole > 0 && textOf(state.editor) !== '')
    return [
      span(`(${hole} ${hole === 1 ? 'key was' : 'keys were'} not taken; read it, then Enter) `, {
        colour: 'yellow',
        bold: true,
      }),
    ];
  if (search) return [span('search: Enter shows it, Escape leaves> ', dim)];
  const conversation = currentOf(state);
  if (conversation.kind === 'home') return [span('> ')];
  const title = cut(visible(titleOf(conversation)), 20);
  return [span(title, conversation.kind === 'pair' ? { colour: { ofName: title } } : {}), span('> ')];
}

const lockShort = { leaderless: 'no leader', disconnected: 'no server', connecting: 'connecting' } as const;
