/** What the chat on a terminal knows: one value, which `update` replaces at every event and `view` draws. Pure. */
import type { LineState } from '../../src/client/client.ts';
import type { ConversationView, ReceiptView } from '../../src/client/conversations.ts';
import { type Editor, emptyEditor } from '../tui/editor.ts';
import type { Size } from '../tui/terminal.ts';
import { emptyWindow, type Said, type Window } from './window.ts';

export const homeKey = 'home';

/** Which entry stands last on the screen, and how many of its rows are below the screen already. */
export interface Scroll {
  readonly id: string;
  readonly hidden: number;
}

export interface Conversation {
  /** Of this program's own; stays when a pair that never spoke begins to. */
  readonly key: string;
  /** The log's; undefined for the first window, and for a pair that never spoke. */
  readonly id: string | undefined;
  readonly kind: 'home' | 'pair' | 'group';
  /** Whom or what it is with; of a pair the other's name. */
  readonly others: readonly { readonly name: string; readonly online: boolean }[];
  readonly topic: string;
  readonly session: string | undefined;
  /** Whether one can write there. */
  readonly isOpen: boolean;
  readonly unread: number;
  readonly mentions: number;
  /** Up to which position it was read. */
  readonly read: number;
  /** What was read when it was last gone to: behind it the new begins. */
  readonly newAfter: number | undefined;
  readonly lastAt: number;
  /** The highest position heard of here. */
  readonly newest: number;
  /** Something may have been said that nobody told here. */
  readonly isStale: boolean;
  readonly window: Window;
  /** Undefined: the end is shown. */
  readonly scroll: Scroll | undefined;
  /**
   * Whether a part of it is being fetched; what failed is tried again when one scrolls, or there is a leader again. What
   * was cleared stays so until one scrolls.
   */
  readonly loading: 'none' | 'underWay' | 'failed' | 'cleared';
  readonly receipts: readonly ReceiptView[];
  /** Who types, and until when that holds. */
  readonly typing: readonly { readonly name: string; readonly untilMs: number }[];
  /** What stood in the line when another conversation was gone to. */
  readonly draft: string;
}

/** Why nothing can be typed, and how many keys were not taken because of it. */
export interface Lock {
  readonly why: 'leaderless' | 'disconnected' | 'connecting';
  readonly dropped: number;
}

export interface Question {
  readonly prompt: string;
  readonly isHidden: boolean;
}

export interface Search {
  readonly text: string;
  /** The conversation it was asked in. */
  readonly key: string;
  readonly found: readonly Found[];
  readonly chosen: number;
  readonly isDone: boolean;
}

export interface Found extends Said {
  readonly conversation: string;
}

/** Of the connection, for the status bar. */
export interface LineNews {
  readonly state: LineState;
  readonly server: string;
  readonly leader: string | null;
  readonly epoch: number;
  readonly lagMs: number | undefined;
}

export interface Completion {
  readonly candidates: readonly string[];
  readonly index: number;
  /** What stands before and behind the candidate. */
  readonly before: string;
  readonly after: string;
}

export interface Settings {
  readonly hasBell: boolean;
  readonly timeFormat: TimeFormat;
}

export type TimeFormat = '24h' | '12h' | 'seconds' | 'iso';

export interface State {
  readonly me: string;
  readonly size: Size;
  readonly settings: Settings;
  readonly conversations: readonly Conversation[];
  readonly current: string;
  readonly editor: Editor;
  readonly line: LineNews;
  readonly lock: Lock | undefined;
  /** Keys that were not taken while nobody led, since the line was last entered: it may have a hole. */
  readonly hole: number;
  /** What was being typed before the command that is typed while locked. */
  readonly aside: string | undefined;
  readonly question: Question | undefined;
  readonly search: Search | undefined;
  /** What was found last, shown wherever it stands; empty: nothing. */
  readonly highlight: string;
  readonly completion: Completion | undefined;
  /** Names that were heard of, for Tab. */
  readonly names: readonly string[];
  /** Something else has the terminal. */
  readonly isCovered: boolean;
  /** Said by others last. */
  readonly lastHeard: string;
  /** Matches of Pong to which one is invited, or has invited: what was told of. */
  readonly invitations: readonly string[];
  readonly notes: number;
}

export function initialState(size: Size, settings: Settings): State {
  return {
    me: '',
    size,
    settings,
    conversations: [{ ...newConversation(homeKey, 'home'), window: { ...emptyWindow, hasEarlier: false } }],
    current: homeKey,
    editor: emptyEditor,
    line: { state: 'connecting', server: '', leader: null, epoch: 0, lagMs: undefined },
    lock: { why: 'connecting', dropped: 0 },
    hole: 0,
    aside: undefined,
    question: undefined,
    search: undefined,
    highlight: '',
    completion: undefined,
    names: [],
    isCovered: false,
    lastHeard: '',
    invitations: [],
    notes: 0,
  };
}

function newConversation(key: string, kind: Conversation['kind']): Conversation {
  return {
    key,
    id: undefined,
    kind,
    others: [],
    topic: '',
    session: undefined,
    isOpen: kind !== 'home',
    unread: 0,
    mentions: 0,
    read: 0,
    newAfter: undefined,
    lastAt: 0,
    newest: 0,
    isStale: false,
    window: emptyWindow,
    scroll: undefined,
    loading: 'none',
    receipts: [],
    typing: [],
    draft: '',
  };
}

/** A pair that never spoke. */
export function newPair(name: string, online: boolean): Conversation {
  return {
    ...newConversation(pairKey(name), 'pair'),
    others: [{ name, online }],
    window: { ...emptyWindow, hasEarlier: false },
  };
}

export function pairKey(name: string): string {
  return `@${name.toLowerCase()}`;
}

export function conversationFrom(view: ConversationView): Conversation {
  const { conversation, kind, session, others, isOpen, topic, unread, read, last } = view;
  const lastAt = last?.at ?? 0;
  return {
    ...newConversation(conversation, kind),
    id: conversation,
    session,
    others,
    isOpen,
    topic,
    unread,
    read,
    lastAt,
    newest: last?.position ?? 0,
  };
}

export function currentOf(state: State): Conversation {
  return state.conversations.find(({ key }) => key === state.current) ?? state.conversations[0]!;
}

export function conversationOf(state: State, id: string): Conversation | undefined {
  return state.conversations.find((one) => one.id === id);
}

/** As it is called in the list and before the line. */
export function titleOf({ kind, others, topic }: Conversation): string {
  if (kind === 'home') return 'verbatim';
  if (kind === 'pair') return others[0]?.name ?? '?';
  return topic || others.map(({ name }) => name).join(', ') || 'a group';
}

export function changed(state: State, key: string, change: (one: Conversation) => Conversation): State {
  const conversations = state.conversations.map((one) => (one.key === key ? change(one) : one));
  return { ...state, conversations };
}
