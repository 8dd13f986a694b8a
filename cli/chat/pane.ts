/**
 * What was said, as rows of a screen: wrapped, with day marks, found words shown. Only what the screen shows is wrapped,
 * from its end upwards, so that a key press costs the same however long the conversation is. Pure.
 */
import { paletteFor } from '../render/colour.ts';
import { renderSpoken } from '../render/messages.ts';
import { visible } from '../render/text.ts';
import { fitLine, type Line, type Span, type Style, span, wrapLine } from '../tui/spans.ts';
import { cut, widthOf } from '../tui/width.ts';
import { clockTime, dayOf } from './clock-time.ts';
import { marks } from './commands.ts';
import type { Conversation, Scroll, Settings } from './state.ts';
import type { Entry, Note, Said } from './window.ts';

/** How a conversation is looked at. */
export interface Look {
  readonly me: string;
  readonly width: number;
  readonly settings: Settings;
  /** Words to be shown where they occur. */
  readonly found: string;
}

const dim: Style = { dim: true };
const nameWidthMax = 14;
const uncoloured = paletteFor(false, {});

/** The rows that fit, the last one at the bottom; fewer where there is not more. */
export function paneRows(conversation: Conversation, look: Look, height: number): Line[] {
  const { entries } = conversation.window;
  const at = placeOf(entries, conversation.scroll);
  const rows: Line[] = [];
  for (let index = at.index; index >= 0 && rows.length < height; index--) {
    const own = rowsAt(conversation, index, look);
    const shown = index === at.index ? own.slice(0, own.length - at.hidden) : own;
    rows.unshift(...shown.slice(-(height - rows.length)));
  }
  return rows;
}

/** How many entries before the first one shown are still in memory: few means that earlier ones are to be fetched. */
export function entriesAbove(conversation: Conversation, look: Look, height: number): number {
  const { entries } = conversation.window;
  const at = placeOf(entries, conversation.scroll);
  let left = height + at.hidden;
  let index = at.index;
  for (; index >= 0 && left > 0; index--) left -= rowsAt(conversation, index, look).length;
  return index + 1;
}

export function entriesBelow({ window: { entries }, scroll }: Conversation): number {
  return entries.length - 1 - placeOf(entries, scroll).index;
}

/** Moves the view; up is towards what was earlier. Never above the first row, and below the last it is the end again. */
export function scrolled(
  conversation: Conversation,
  look: Look,
  height: number,
  rowsUp: number,
): Scroll | undefined {
  const { entries, hasLater } = conversation.window;
  let { index, hidden } = placeOf(entries, conversation.scroll);
  if (entries.length === 0) return undefined;
  const rows = (place: number) => rowsAt(conversation, place, look).length;
  hidden += rowsUp;
  while (hidden < 0 && index < entries.length - 1) hidden += rows(++index);
  while (index > 0 && hidden >= rows(index)) hidden -= rows(index--);
  if (index === entries.length - 1 && hidden <= 0 && !hasLater) return undefined;
  const missing = height - rowsUpTo(index, rows) + Math.max(0, hidden);
  if (missing > 0 && rowsUp > 0) return withFirstAtTop(entries, rows, height);
  return { id: anchorOf(entries[index]!), hidden: Math.max(0, hidden) };

  /** Of the entries up to there, counted only as far as they matter. */
  function rowsUpTo(last: number, count: (place: number) => number): number {
    let sum = 0;
    for (let place = last; place >= 0 && sum < height + hidden; place--) sum += count(place);
    return sum;
  }
}

function withFirstAtTop(
  entries: readonly Entry[],
  rows: (place: number) => number,
  height: number,
): Scroll | undefined {
  let sum = 0;
  for (const [index, entry] of entries.entries()) {
    sum += rows(index);
    if (sum >= height) {
      const isEnd = index === entries.length - 1 && sum === height;
      return isEnd ? undefined : { id: anchorOf(entry), hidden: sum - height };
    }
  }
  return undefined;
}

function placeOf(entries: readonly Entry[], scroll: Scroll | undefined): { index: number; hidden: number } {
  const index = scroll ? entries.findIndex((entry) => anchorOf(entry) === scroll.id) : -1;
  return index < 0 ? { index: entries.length - 1, hidden: 0 } : { index, hidden: scroll?.hidden ?? 0 };
}

/** Ids are an author's own, positions are the log's; what came back is one's own, and may share its position. */
function anchorOf(entry: Entry): string {
  const isPlaced = entry.type === 'said' && entry.position !== undefined && entry.kind !== 'returned';
  return isPlaced ? String(entry.position) : entry.id;
}

/** Wrapping is most of the work, and what was said does not change. */
const wrapped = new WeakMap<Entry, { readonly how: string; readonly rows: readonly Line[] }>();

function rowsAt(conversation: Conversation, index: number, look: Look): readonly Line[] {
  const { entries } = conversation.window;
  const entry = entries[index]!;
  const before = entries[index - 1];
  const mark = entry.type === 'said' ? markOf(entry, conversation) : '';
  const isNewDay = !before || dayOf(before.at) !== dayOf(entry.at);
  const isFirstNew = isFirstUnread(conversation, index);
  const { width, settings, found, me } = look;
  const how = [width, settings.timeFormat, found, me, mark, isNewDay, isFirstNew].join('\n');
  const known = wrapped.get(entry);
  if (known?.how === how) return known.rows;
  const rows = [
    ...(isNewDay ? [rule(dayOf(entry.at), width, dim)] : []),
    ...(isFirstNew ? [rule('new', width, { colour: 'red' })] : []),
    ...(entry.type === 'note' ? noteRows(entry, look) : saidRows(entry, look, mark)),
  ];
  wrapped.set(entry, { how, rows });
  return rows;
}

/** Before the first of others that was not read when the conversation was gone to; nowhere where that is the very first. */
function isFirstUnread(
  { newAfter = Number.POSITIVE_INFINITY, window: { entries } }: Conversation,
  index: number,
): boolean {
  const isNew = (entry: Entry) => entry.type === 'said' && !entry.isOwn && (entry.position ?? 0) > newAfter;
  if (!isNew(entries[index]!)) return false;
  for (let place = index - 1; place >= 0; place--) {
    const entry = entries[place]!;
    if (entry.type === 'said' && !entry.isOwn) return !isNew(entry);
  }
  return index > 0;
}

function rule(title: string, width: number, style: Style): Line {
  const text = `── ${title} `;
  return fitLine([span(text + '─'.repeat(Math.max(0, width - widthOf(text))), style)], width);
}

/** What a command printed stands without a time: it may be a table. */
function noteRows({ text, at, tone }: Note, { width, settings }: Look): Line[] {
  if (tone === 'plain') return wrapLine([span(visible(text))], width, columnOf(text, width));
  const style: Style = tone === 'problem' ? { colour: 'red' } : dim;
  const time = clockTime(at, settings.timeFormat);
  return wrapLine([span(`${time} `, dim), span(visible(text), style)], width, time.length + 1);
}

/** Where the second column of a table of two begins: what is wrapped goes on there. */
function columnOf(text: string, width: number): number {
  const at = /^ {2}\S.*? {2,}/.exec(text)?.[0].length ?? 4;
  return at > width / 2 ? 4 : at;
}

function saidRows(said: Said, look: Look, mark: string): Line[] {
  const { width, settings } = look;
  const time = clockTime(said.at, settings.timeFormat);
  const head = [span(`${time} `, dim), ...headOf(said)];
  const indent = head.reduce((sum, { text }) => sum + widthOf(text), 0);
  const tail = mark ? [span(` ${mark}`, said.outcome === 'failed' ? { colour: 'red' } : dim)] : [];
  return wrapLine([...head, ...bodyOf(said, look), ...tail], width, indent <= width / 2 ? indent : 2);
}

const action = '/me ';

function headOf(said: Said): Span[] {
  const name = nameSpan(said.from, said.isOwn);
  if (said.kind === 'returned') return [span('undeliverable ', { colour: 'yellow' })];
  if (said.kind !== 'message') return [];
  if (said.text.startsWith(action)) return [span('* '), name, span(' ')];
  return [span('<', dim), name, span('> ', dim)];
}

function nameSpan(name: string, isOwn: boolean): Span {
  const shown = visible(name);
  const short = widthOf(shown) > nameWidthMax ? `${cut(shown, nameWidthMax - 1)}…` : shown;
  return span(short, { colour: { ofName: name }, ...(isOwn ? { bold: true } : {}) });
}

function bodyOf(said: Said, { me, found }: Look): Span[] {
  if (said.kind !== 'message' && said.kind !== 'returned')
    return [span(renderSpoken({ ...said, members: [...(said.members ?? [])] }, uncoloured), dim)];
  const { text } = said;
  const words = text.startsWith(action) ? text.slice(action.length) : text;
  return highlighted(shownText(words), [
    ...(said.isOwn ? [] : [[mentionOf(me), { bold: true, colour: 'yellow' }] as const]),
    [searchPattern(found), { inverse: true }] as const,
  ]);
}

/** A line break of the author's own is a sign within the line: one message stays one. */
export function shownText(text: string): string {
  return visible(text.replace(/\n/g, ' ⏎ '));
}

/** One's own name, as a word. */
export function mentionOf(me: string): RegExp | undefined {
  if (!me) return undefined;
  return new RegExp(`(?<![\\p{L}\\p{N}_])@?${escaped(me)}(?![\\p{L}\\p{N}_])`, 'giu');
}

/** `found` empty: nothing. */
export function searchPattern(found: string): RegExp | undefined {
  return found ? new RegExp(escaped(found), 'giu') : undefined;
}

export function highlighted(text: string, styles: readonly (readonly [RegExp | undefined, Style])[]): Span[] {
  let spans: Span[] = [span(text)];
  for (const [pattern, style] of styles) {
    if (!pattern) continue;
    spans = spans.flatMap((part) => splitBy(part, pattern, style));
  }
  return spans;
}

function splitBy({ text, style }: Span, pattern: RegExp, found: Style): Span[] {
  const parts: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '') continue;
    if (match.index > end) parts.push(span(text.slice(end, match.index), style));
    parts.push(span(match[0], { ...style, ...found }));
    end = match.index + match[0].length;
  }
  if (end < text.length || parts.length === 0) parts.push(span(text.slice(end), style));
  return parts;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** How far a message of one's own has come, with all who are to see it. */
function markOf(said: Said, { receipts }: Conversation): string {
  if (!said.isOwn || said.kind !== 'message') return '';
  if (said.outcome === 'failed') return marks.failed;
  const { position } = said;
  if (position === undefined) return marks.sending;
  const addressees = receipts.filter(({ since }) => since < position);
  if (addressees.length === 0) return marks.acknowledged;
  if (addressees.every(({ read }) => read >= position)) return marks.read;
  if (addressees.every(({ delivered }) => delivered >= position)) return marks.delivered;
  return marks.acknowledged;
}
