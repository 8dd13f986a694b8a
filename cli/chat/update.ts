/**
 * What every event makes of the chat: the next state, and what is to be done. Nothing here asks anybody or knows a
 * terminal, so whole evenings of chatting are tested as lists of events.
 */
import type { ItemView } from '../../src/client/client.ts';
import { type ConversationView, type LiveNotice, typingLastsMs } from '../../src/client/conversations.ts';
import type { Event, Ports } from './events.ts';
import { lookOf, paneHeight } from './layout.ts';
import { entriesAbove, entriesBelow, mentionOf } from './pane.ts';
import { pressed } from './press.ts';
import {
  type Conversation,
  changed,
  conversationFrom,
  conversationOf,
  currentOf,
  homeKey,
  type LineNews,
  newPair,
  pairKey,
  type State,
} from './state.ts';
import { goneTo, noted, quiet, type Step } from './step.ts';
import {
  emptyWindow,
  entriesMax,
  lastOfOthers,
  lastSaid,
  type Said,
  saidFrom,
  windowOf,
  withEarlier,
  withEnd,
  withFailed,
  withLater,
  withSaid,
} from './window.ts';

export function update(state: State, event: Event, ports: Ports): Step {
  const step = react(state, event, ports);
  return settle(step, event);
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
      return quiet(withNotice(state, event.notice, event.nowMs));
    case 'receipts':
      return quiet(changed(state, event.key, (one) => ({ ...one, receipts: event.receipts })));
    case 'page': {
      const shown = event.where === 'around' ? { ...state, search: undefined } : state;
      return quiet(changed(shown, event.key, (one) => withPage(one, event, state.me)));
    }
    case 'pageFailed':
      return quiet(changed(state, event.key, (one) => ({ ...one, isLoading: false })));
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
          window: {
            ...emptyWindow,
            hasEarlier: one.id !== undefined,
            entries: one.window.entries.filter(isPending),
          },
        })),
      );
    case 'tick':
      return quiet(withoutOldTyping(state, event.nowMs));
  }
}

function isPending(entry: { readonly type: string; readonly position?: number | undefined }): boolean {
  return entry.type === 'said' && entry.position === undefined;
}

/** What follows from any event: what is missing on the screen is fetched, and what is shown at the end is read. */
function settle({ state, effects }: Step, event: Event): Step {
  const conversation = currentOf(state);
  const wanted = state.lock ? undefined : wantedPage(state, conversation, event);
  const next = wanted ? changed(state, conversation.key, (one) => ({ ...one, isLoading: true })) : state;
  const load = wanted ? [{ do: 'load', key: conversation.key, where: wanted } as const] : [];
  const read = readHere(next);
  return { state: read.state, effects: [...effects, ...load, ...read.effects] };
}

function wantedPage(
  state: State,
  conversation: Conversation,
  event: Event,
): 'earlier' | 'later' | 'end' | undefined {
  const { id, isLoading, isStale, scroll, window } = conversation;
  if (id === undefined || isLoading || event.type === 'pageFailed') return undefined;
  if (scroll === undefined && (isStale || window.hasLater)) return 'end';
  if (window.hasLater && entriesBelow(conversation) < paneHeight(state)) return 'later';
  const height = paneHeight(state);
  if (window.hasEarlier && entriesAbove(conversation, lookOf(state), height) < height) return 'earlier';
  return undefined;
}

/** Whoever looks at the end has read it. */
function readHere(state: State): Step {
  const { id, key, scroll, window, read, unread } = currentOf(state);
  if (id === undefined || state.lock || state.search || scroll || window.hasLater) return quiet(state);
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
  const conversations = state.conversations.map((one) =>
    lastSaid(one.window) ? { ...one, isStale: true } : one,
  );
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
  const { id, session, others, isOpen, topic, unread } = fresh;
  return {
    ...one,
    id,
    session,
    others,
    isOpen,
    topic,
    unread,
    newest: Math.max(fresh.newest, one.newest),
    read: Math.max(fresh.read, one.read),
    lastAt: Math.max(fresh.lastAt, one.lastAt),
    window: one.id === undefined ? { ...one.window, hasEarlier: true } : one.window,
  };
}

function namedLike({ conversations }: State, { kind, others }: Conversation): Conversation | undefined {
  const name = others[0]?.name;
  if (kind !== 'pair' || name === undefined) return undefined;
  return conversations.find((one) => one.id === undefined && one.key === pairKey(name));
}

function heard(state: State, item: ItemView): Step {
  const said = saidFrom(item, state.me);
  const known = conversationOf(state, item.conversation);
  const key = known?.key ?? homeKey;
  const isAtEnd = key === state.current && known?.scroll === undefined;
  const isMention = item.kind === 'message' && (mentionOf(state.me)?.test(item.text) ?? false);
  const isCounted = item.item <= (known?.newest ?? 0); // in what the log said is unread
  const isInvitation = item.kind === 'opened' || (item.kind === 'joined' && item.members?.includes(state.me));
  const counts = (item.kind === 'message' || isInvitation) && !isAtEnd && !isCounted ? 1 : 0;
  const placed = changed(state, key, (one) => ({
    ...withEntry(withMembers(one, said), said),
    unread: one.unread + counts,
    mentions: one.mentions + (counts && isMention ? 1 : 0),
    lastAt: item.at,
    newest: Math.max(one.newest, item.position),
    session: one.id === undefined ? one.session : item.session,
    typing: one.typing.filter(({ name }) => name !== item.from),
  }));
  const next = withNames({ ...placed, lastHeard: item.kind === 'message' ? item.text : state.lastHeard }, [
    item.from,
  ]);
  const rings = state.settings.hasBell && item.kind === 'message' && (isMention || known?.kind === 'pair');
  return { state: next, effects: rings ? [{ do: 'bell' }] : [] };
}

/** Scrolled up a long way, the window stays where it is: what is new is fetched when it is gone to. */
function withEntry(conversation: Conversation, said: Said): Conversation {
  const { window, scroll } = conversation;
  const isFull = scroll !== undefined && window.entries.length >= entriesMax;
  return { ...conversation, window: isFull ? { ...window, hasLater: true } : withSaid(window, said) };
}

/** Who is in a group, and what it is about, follows from what is done there. */
function withMembers(conversation: Conversation, { kind, from, members = [], text }: Said): Conversation {
  const { others } = conversation;
  switch (kind) {
    case 'joined': {
      const new_ = members.filter((name) => !others.some((one) => one.name === name));
      return { ...conversation, others: [...others, ...new_.map((name) => ({ name, online: true }))] };
    }
    case 'left':
      return { ...conversation, others: others.filter(({ name }) => name !== from) };
    case 'topic':
      return { ...conversation, topic: text };
    default:
      return conversation;
  }
}

function withNotice(state: State, notice: LiveNotice, nowMs: number): State {
  switch (notice.type) {
    case 'typing': {
      const known = conversationOf(state, notice.conversation);
      if (!known) return state;
      const untilMs = nowMs + typingLastsMs;
      return changed(state, known.key, (one) => ({
        ...one,
        typing: [...one.typing.filter(({ name }) => name !== notice.from), { name: notice.from, untilMs }],
      }));
    }
    case 'presence': {
      const online = new Map(notice.users.map((user) => [user.name, user.online]));
      const conversations = state.conversations.map((one) => ({
        ...one,
        others: one.others.map((other) => ({ ...other, online: online.get(other.name) ?? other.online })),
      }));
      return { ...state, conversations };
    }
    case 'receipts':
      return notice.receipts.reduce(withReceipt, state);
    case 'said': {
      const { message } = notice;
      const known = conversationOf(state, message.conversation);
      if (!known) return state; // its answer comes too, and opens it
      return withSent(state, known.key, saidFrom(message, state.me), message.conversation);
    }
  }
}

type Receipt = Extract<LiveNotice, { type: 'receipts' }>['receipts'][number];

function withReceipt(state: State, { conversation, name, delivered = 0, read = 0 }: Receipt): State {
  const known = conversationOf(state, conversation);
  if (!known) return state;
  if (name === state.me) {
    return changed(state, known.key, (one) =>
      read > one.read ? { ...one, read, unread: 0, mentions: 0 } : one,
    );
  }
  return changed(state, known.key, (one) => {
    const before = one.receipts.find((receipt) => receipt.name === name);
    const after = {
      name,
      delivered: Math.max(before?.delivered ?? 0, delivered, read),
      read: Math.max(before?.read ?? 0, read),
    };
    return { ...one, receipts: [...one.receipts.filter((receipt) => receipt.name !== name), after] };
  });
}

function withPage(
  conversation: Conversation,
  { where, messages, hasMore, position }: Extract<Event, { type: 'page' }>,
  me: string,
): Conversation {
  const page = messages.map((message) => saidFrom(message, me));
  const { window } = conversation;
  const loaded = { ...conversation, isLoading: false };
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

function withSent(state: State, key: string, said: Said, id: string): State {
  return changed(state, key, (one) => ({
    ...one,
    id: one.id ?? (id || undefined),
    session: said.session,
    lastAt: said.at,
    newest: Math.max(one.newest, said.position ?? 0),
    window: withSaid(one.window, said),
  }));
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

function withNames(state: State, names: readonly string[]): State {
  const new_ = names.filter((name) => name !== state.me && !state.names.includes(name));
  return new_.length === 0 ? state : { ...state, names: [...state.names, ...new Set(new_)] };
}

function withoutOldTyping(state: State, nowMs: number): State {
  const isOld = ({ untilMs }: { untilMs: number }) => untilMs <= nowMs;
  if (!state.conversations.some(({ typing }) => typing.some(isOld))) return state;
  const conversations = state.conversations.map((one) => ({
    ...one,
    typing: one.typing.filter((typist) => !isOld(typist)),
  }));
  return { ...state, conversations };
}
