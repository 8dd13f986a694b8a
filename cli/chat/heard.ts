/** What others say and do, and what is told of them without being kept. Pure. */
import type { ItemView } from '../../src/client/client.ts';
import { type LiveNotice, typingLastsMs } from '../../src/client/conversations.ts';
import { mentionOf } from './pane.ts';
import { type Conversation, changed, conversationOf, homeKey, type State } from './state.ts';
import type { Step } from './step.ts';
import { entriesMax, type Said, saidFrom, withSaid } from './window.ts';

/** An item of one's queue. */
export function heard(state: State, item: ItemView): Step {
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

export function withNotice(state: State, notice: LiveNotice, nowMs: number): State {
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

/** One's own, with the place that the log gave it. */
export function withSent(state: State, key: string, said: Said, id: string): State {
  return changed(state, key, (one) => ({
    ...one,
    id: one.id ?? (id || undefined),
    session: said.session,
    lastAt: said.at,
    newest: Math.max(one.newest, said.position ?? 0),
    window: withSaid(one.window, said),
  }));
}

/** Of whom one has heard. */
export function withNames(state: State, names: readonly string[]): State {
  const new_ = names.filter((name) => name !== state.me && !state.names.includes(name));
  return new_.length === 0 ? state : { ...state, names: [...state.names, ...new Set(new_)] };
}

export function withoutOldTyping(state: State, nowMs: number): State {
  const isOld = ({ untilMs }: { untilMs: number }) => untilMs <= nowMs;
  if (!state.conversations.some(({ typing }) => typing.some(isOld))) return state;
  const conversations = state.conversations.map((one) => ({
    ...one,
    typing: one.typing.filter((typist) => !isOld(typist)),
  }));
  return { ...state, conversations };
}
