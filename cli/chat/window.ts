/**
 * The part of a conversation that is in memory: a window on the log, however long that is. It grows where one looks and is
 * cut at the other end. Everything has the place that the log gave it, whatever came first here; what is not in the log
 * yet stands at the end, and notes stay where they were made. Pure.
 */
import type { ItemView, MessageView } from '../../src/client/client.ts';

export type Outcome = 'sending' | 'failed';

/** Something that was said or done, in the log or on its way there. */
export interface Said {
  readonly type: 'said';
  readonly id: string;
  readonly kind: ItemView['kind'];
  readonly from: string;
  readonly text: string;
  readonly at: number;
  readonly session: string;
  /** Undefined until it is acknowledged. */
  readonly position: number | undefined;
  readonly members?: readonly string[] | undefined;
  readonly outcome?: Outcome;
  readonly isOwn: boolean;
}

/** What the client itself says; not in the log. */
export interface Note {
  readonly type: 'note';
  readonly id: string;
  readonly text: string;
  readonly at: number;
  readonly tone: 'plain' | 'quiet' | 'problem';
}

export type Entry = Said | Note;

export interface Window {
  readonly entries: readonly Entry[];
  /** Whether the log holds more before the first, after the last. */
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

/** Enough for the tallest screen several times over. */
export const entriesMax = 1_000;
/** Cut to so many, so that not every message is a cut. */
const entriesKept = 800;

export const emptyWindow: Window = { entries: [], hasEarlier: true, hasLater: false };

export function saidFrom(view: MessageView | ItemView, me: string): Said {
  const { id, kind, from, text, at, session, members } = view;
  const isOwn = from === me && kind !== 'returned';
  const position = kind === 'returned' ? view.item : view.position;
  return { type: 'said', id, kind, from, text, at, session, position, members, isOwn };
}

/** Puts something where it belongs; what is there already stays as it is. A window that ends earlier is not concerned. */
export function withSaid(window: Window, said: Said): Window {
  const there = window.entries.findLastIndex((entry) => isSame(entry, said));
  const known = window.entries[there];
  if (known?.type === 'said' && known.position !== undefined) return window;
  if (known === undefined && window.hasLater && said.position !== undefined) return window;
  const others = known === undefined ? window.entries : window.entries.toSpliced(there, 1);
  return cutStart({ ...window, entries: others.toSpliced(placeOf(others, said), 0, said) });
}

export function withNote(window: Window, note: Note): Window {
  return cutStart({ ...window, entries: [...window.entries, note] });
}

/** It was not said, and its text is the user's again. */
export function withFailed(window: Window, id: string): Window {
  const entries = window.entries.map((entry) =>
    entry.type === 'said' && entry.isOwn && entry.id === id && entry.position === undefined
      ? { ...entry, outcome: 'failed' as const }
      : entry,
  );
  return { ...window, entries };
}

/** What stands before the window, oldest first. */
export function withEarlier(window: Window, earlier: readonly Said[], hasEarlier: boolean): Window {
  const first = firstPosition(window) ?? Number.POSITIVE_INFINITY;
  const new_ = earlier.filter(({ position = 0 }) => position < first);
  const entries = [...new_, ...window.entries];
  if (entries.length <= entriesMax) return { ...window, entries, hasEarlier };
  return { entries: entries.slice(0, entriesKept), hasEarlier, hasLater: true };
}

/** What stands after it, oldest first. */
export function withLater(window: Window, later: readonly Said[], hasLater: boolean): Window {
  const last = lastPosition(window) ?? 0;
  const entries = [...window.entries, ...later.filter(({ position = 0 }) => position > last)];
  return cutStart({ ...window, entries, hasLater });
}

/** The end of the log, which may follow on what is there or lie far behind it. */
export function withEnd(window: Window, page: readonly Said[], hasEarlier: boolean): Window {
  const last = lastPosition(window);
  const first = page[0]?.position ?? Number.POSITIVE_INFINITY;
  const isConnected = !window.hasLater && last !== undefined && (first <= last || !hasEarlier);
  if (!isConnected) return windowOf(window, page, hasEarlier);
  return page.reduce(withSaid, window);
}

/** Another part of the log; what is newer than its end, and not yet in the log, stays behind its end. */
export function windowOf(
  before: Window,
  page: readonly Said[],
  hasEarlier: boolean,
  hasLater = false,
): Window {
  const last = page.at(-1);
  const isAfter = (entry: Entry) => {
    if (entry.type === 'note') return entry.at > (last?.at ?? 0);
    return entry.position === undefined || entry.position > (last?.position ?? 0);
  };
  return { entries: [...page, ...(hasLater ? [] : before.entries.filter(isAfter))], hasEarlier, hasLater };
}

export function lastOfOthers({ entries }: Window): Said | undefined {
  return entries.findLast(
    (entry): entry is Said => entry.type === 'said' && entry.position !== undefined && !entry.isOwn,
  );
}

/** How much others said after a position, as far as it is in memory. */
export function othersAfter({ entries }: Window, position: number): number {
  const isLater = (entry: Entry) =>
    entry.type === 'said' && entry.kind === 'message' && !entry.isOwn && (entry.position ?? 0) > position;
  return entries.filter(isLater).length;
}

export function firstSaid({ entries }: Window): Said | undefined {
  return entries.find((entry): entry is Said => entry.type === 'said' && entry.position !== undefined);
}

export function lastSaid({ entries }: Window): Said | undefined {
  return entries.findLast((entry): entry is Said => entry.type === 'said' && entry.position !== undefined);
}

function firstPosition(window: Window): number | undefined {
  return firstSaid(window)?.position;
}

function lastPosition(window: Window): number | undefined {
  return lastSaid(window)?.position;
}

/** Before what the log has after it, and before what is not in the log yet. */
function placeOf(entries: readonly Entry[], { position }: Said): number {
  if (position === undefined) return entries.length;
  let place = entries.length;
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index]!;
    if (entry.type === 'note') continue;
    if (entry.position !== undefined && entry.position <= position) break;
    place = index;
  }
  return place;
}

/** What came back stands where it did so, and not where it was said; all that came back at once at one place. */
function isSame(entry: Entry, { id, position, isOwn, kind }: Said): boolean {
  if (entry.type !== 'said' || (entry.kind === 'returned') !== (kind === 'returned')) return false;
  if (kind === 'returned') return entry.position === position && entry.id === id;
  if (entry.position !== undefined && position !== undefined) return entry.position === position;
  return isOwn && entry.isOwn && entry.id === id;
}

function cutStart(window: Window): Window {
  const { entries } = window;
  if (entries.length <= entriesMax) return window;
  return { ...window, entries: entries.slice(-entriesKept), hasEarlier: true };
}
