import type { ConversationView } from '../../src/client/conversations.ts';
import type { Event, Ports } from './events.ts';
import { heard, withNames, withNotice, withoutOldTyping, withReceipts, withSent } from './heard.ts';
import { lookOf, paneHeight } from './layout.ts';
import { entriesAbove, entriesBelow } from './pane.ts';
import { pressed } from './press.ts';
import {
  type Conversation,
  changed,
  conversationFrom,
  conversationOf,
  currentOf,
  type LineNews,
  newPair,
  pairKey,
  type State,
} from './state.ts';
import { goneTo, noted, quiet, type Step } from './step.ts';
import {
  emptyWindow,
  lastOfOthers,
  lastSaid,
  othersAfter,
  saidFrom,
  windowOf,
  withEarlier,
  withEnd,
  withFailed,
  withLater,
} from './window.ts';

export function update(state: State, event: Event, ports: Ports): Step {
  const step = react(state, event, ports);
  return settle(step);
}

function react(state: State, event: Event, ports: Ports): Step {
  switch (event.type) {
    case 'key':
      return pressed(state, event.key, event.nowMs, ports);
    case 'resized':
      return quiet({ ...state, size: event.size });
    case 'loggedIn':
      return quiet({ ...state, me: event.name });
    case 'line':
      return quiet(withLine(state, event.line));
    case 'conversations':
      return quiet(withConversations(state, event.views));
    case 'heard':
      return heard(state, event.item);
    case 'live':
      return withNotice(state, event.notice, event.nowMs);
    case 'receipts':
      return quiet(withReceipts(state, event.key, event.receipts));
    case 'page': {
      const shown = event.where === 'around' ? { ...state, search: undefined } : state;
      return quiet(changed(shown, event.key, (one) => withPage(one, event, state.me)));
    }
    case 'pageFailed':
      return quiet(changed(state, event.key, (one) => ({ ...one, loading: 'failed' })));
    case 'sent':
      return quiet(withSent(state, event.key, saidFrom(event.message, state.me), event.message.conversation));
    case 'notSent': {
      const failed = changed(state, event.key, (one) => ({
        ...one,
        window: withFailed(one.window, event.id),
      }));
      return quiet(noted(failed, event.why, 'problem', event.nowMs, event.key));
    }
    case 'note':
      return quiet(noted(state, event.text, event.tone, event.nowMs, event.key));
    case 'forget':
      return quiet(forgotten(state, event.text));
    case 'asked':
      return quiet({ ...state, question: event.question });
    case 'goTo':
      return quiet(goneTo(withPair(state, event.name, event.online), keyOfPair(state, event.name)));
    case 'goToKey':
      return quiet(goneTo(state, event.key));
    case 'names':
      return quiet(withNames(state, event.names));
    case 'searching':
      return quiet({
        ...state,
        highlight: event.text,
        search: { text: event.text, key: state.current, found: [], chosen: 0, isDone: false },
      });
    case 'found': {
      if (state.search?.text !== event.text) return quiet(state);
      const found = [...state.search.found, ...event.found];
      return quiet({ ...state, search: { ...state.search, found, isDone: event.isDone } });
    }
    case 'stale': {
      const key = conversationOf(state, event.conversation)?.key ?? '';
      return quiet(changed(state, key, (one) => ({ ...one, isStale: true })));
    }
    case 'clear':
      return quiet(
        changed(state, state.current, (one) => ({
          ...one,
          scroll: undefined,
          loading: 'cleared',
          window: {
            ...emptyWindow,
            hasEarlier: one.id !== undefined,
            entries: one.window.entries.filter(isPending),
          },
        })),
      );
    case 'covered':
      return quiet({ ...state, isCovered: event.isCovered });
    case 'tick':
      return quiet(withoutOldTyping(state, event.nowMs));
  }
}

function isPending(entry: { readonly type: string; readonly position?: number | undefined }): boolean {
  return entry.type === 'said' && entry.position === undefined;
}

/** What follows from any event: what is missing on the screen is fetched, and what is shown at the end is read. */
function settle({ state, effects }: Step): Step {
  const conversation = currentOf(state);
  const wanted = state.lock ? undefined : wantedPage(state, conversation);
  const next = wanted ? changed(state, conversation.key, (one) => ({ ...one, loading: 'underWay' })) : state;
  const load = wanted ? [{ do: 'load', key: conversation.key, where: wanted } as const] : [];
  const read = readHere(next);
  return { state: read.state, effects: [...effects, ...load, ...read.effects] };
}

function wantedPage(state: State, conversation: Conversation): 'earlier' | 'later' | 'end' | undefined {
  const { id, loading, isStale, scroll, window } = conversation;
  if (id === undefined || loading !== 'none') return undefined;
  if (scroll === undefined && (isStale || window.hasLater)) return 'end';
  if (window.hasLater && entriesBelow(conversation) < paneHeight(state)) return 'later';
  const height = paneHeight(state);
  if (window.hasEarlier && entriesAbove(conversation, lookOf(state), height) < height) return 'earlier';
  return undefined;
}

/** Whoever looks at the end has read it. */
function readHere(state: State): Step {
  const { id, key, scroll, window, read, unread } = currentOf(state);
  const isSeen = !state.isCovered && !state.search && !scroll && !window.hasLater;
  if (id === undefined || state.lock || !isSeen) return quiet(state);
  const last = lastOfOthers(window)?.position;
  if (last === undefined || (last <= read && unread === 0)) return quiet(state);
  const next = changed(state, key, (one) => ({ ...one, unread: 0, mentions: 0, read: Math.max(read, last) }));
  return { state: next, effects: last > read ? [{ do: 'read', conversation: id, position: last }] : [] };
}

function withLine(state: State, line: LineNews): State {
  if (line.state === 'ready') {
    const hole = state.hole + (state.lock?.dropped ?? 0);
    const next = { ...state, line, lock: undefined, hole };
    return state.lock ? withStale(next) : next;
  }
  const before = state.lock ?? { dropped: 0 };
  const isKnown = line.state === 'leaderless' || line.state === 'disconnected';
  const why = isKnown ? line.state : (state.lock?.why ?? 'connecting');
  return { ...state, line, lock: { dropped: before.dropped, why } };
}

/** What was said meanwhile by oneself, on another machine, was told to nobody here. */
function withStale(state: State): State {
  const conversations = state.conversations.map((one) => ({
    ...one,
    isStale: lastSaid(one.window) !== undefined,
    loading: one.loading === 'cleared' ? one.loading : ('none' as const),
  }));
  return { ...state, conversations };
}

/**
 * What was there already keeps its window and its place, so that the list does not move under one's fingers; what is new
 * stands below, newest first. A pair that spoke meanwhile is known by its name.
 */
function withConversations(state: State, views: readonly ConversationView[]): State {
  let next = state;
  for (const fresh of views.map(conversationFrom).sort((a, b) => b.lastAt - a.lastAt)) {
    const known = conversationOf(next, fresh.id ?? '') ?? namedLike(next, fresh);
    next = known
      ? changed(next, known.key, (one) => renewed(one, fresh))
      : { ...next, conversations: [...next.conversations, fresh] };
  }
  return withNames(
    next,
    views.flatMap(({ others }) => others.map(({ name }) => name)),
  );
}

function renewed(one: Conversation, fresh: Conversation): Conversation {
  const { id, session, others, isOpen, topic } = fresh;
  return {
    ...one,
    id,
    session,
    others,
    isOpen,
    topic,
    unread: unreadOf(one, fresh),
    newest: Math.max(fresh.newest, one.newest),
    read: Math.max(fresh.read, one.read),
    lastAt: Math.max(fresh.lastAt, one.lastAt),
    window: one.id === undefined ? { ...one.window, hasEarlier: true } : one.window,
  };
}

/** What was heard or read here while that was asked for, it does not know yet. */
function unreadOf({ window, read }: Conversation, fresh: Conversation): number {
  if (read > fresh.read) return Math.min(fresh.unread, othersAfter(window, read));
  return fresh.unread + othersAfter(window, Math.max(fresh.newest, read));
}

function namedLike({ conversations }: State, { kind, others }: Conversation): Conversation | undefined {
  const name = others[0]?.name;
  if (kind !== 'pair' || name === undefined) return undefined;
  return conversations.find((one) => one.id === undefined && one.key === pairKey(name));
}

function withPage(
  conversation: Conversation,
  { where, messages, hasMore, position }: Extract<Event, { type: 'page' }>,
  me: string,
): Conversation {
  const page = messages.map((message) => saidFrom(message, me));
  const { window } = conversation;
  const loaded: Conversation = { ...conversation, loading: 'none' };
  switch (where) {
    case 'earlier':
      return { ...loaded, window: withEarlier(window, page, hasMore) };
    case 'later': {
      const hasLater = hasMore || (page.at(-1)?.position ?? 0) < conversation.newest;
      return { ...loaded, window: withLater(window, page, hasLater && page.length > 0) };
    }
    case 'end':
      return { ...loaded, isStale: false, window: withEnd(window, page, hasMore) };
    case 'around':
      return {
        ...loaded,
        window: windowOf(window, page, true, hasMore),
        scroll: position === undefined ? undefined : { id: String(position), hidden: 0 },
      };
  }
}

function forgotten(state: State, text: string): State {
  const conversations = state.conversations.map((one) => ({
    ...one,
    window: {
      ...one.window,
      entries: one.window.entries.filter((entry) => entry.type !== 'note' || !entry.text.includes(text)),
    },
  }));
  return { ...state, conversations };
}

function keyOfPair(state: State, name: string): string {
  const isPair = ({ kind, others }: Conversation) => kind === 'pair' && others[0]?.name === name;
  return state.conversations.find(isPair)?.key ?? pairKey(name);
}

function withPair(state: State, name: string, online: boolean): State {
  const key = keyOfPair(state, name);
  if (state.conversations.some((one) => one.key === key)) return state;
  return { ...state, conversations: [...state.conversations, newPair(name, online)] };
}
