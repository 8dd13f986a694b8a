/** What others say and do, and what is told of them without being kept. Pure. */
import type { ItemView, MessageView } from '../../src/client/client.ts';
import { type LiveNotice, type ReceiptView, typingLastsMs } from '../../src/client/conversations.ts';
import type { MatchView } from '../../src/client/matches.ts';
import { hearInvitation } from '../pong/invitations.ts';
import type { Effect } from './events.ts';
import { mentionOf } from './pane.ts';
import { type Conversation, changed, conversationOf, homeKey, type State } from './state.ts';
import { noted, quiet, type Step } from './step.ts';
import { entriesMax, othersAfter, type Said, saidFrom, withSaid } from './window.ts';

/** An item of one's queue. */
export function heard(state: State, item: ItemView): Step {
  const said = saidFrom(item, state.me);
  const known = conversationOf(state, item.conversation);
  const key = known?.key ?? homeKey;
  const isAtEnd = key === state.current && known?.scroll === undefined && !state.isCovered;
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
  const effects: Effect[] = rings ? [{ do: 'bell' }] : [];
  if (item.kind === 'joined') effects.push({ do: 'renew', session: item.session }); // who is there, and oneself again
  return { state: next, effects };
}

/** Scrolled up a long way, the window stays where it is: what is new is fetched when it is gone to. */
function withEntry(conversation: Conversation, said: Said): Conversation {
  const { window, scroll } = conversation;
  const isFull = scroll !== undefined && window.entries.length >= entriesMax;
  return { ...conversation, window: isFull ? { ...window, hasLater: true } : withSaid(window, said) };
}

/** Who is in a group, and what it is about, follows from what is done there. */
function withMembers(conversation: Conversation, said: Said): Conversation {
  const { kind, from, members = [], text, position: since = 0 } = said;
  const { others, receipts } = conversation;
  switch (kind) {
    case 'joined': {
      const new_ = members.filter((name) => !others.some((one) => one.name === name));
      return {
        ...conversation,
        others: [...others, ...new_.map((name) => ({ name, online: false }))],
        receipts: [...receipts, ...new_.map((name) => ({ name, delivered: 0, read: 0, since }))],
      };
    }
    case 'left':
      return {
        ...conversation,
        others: others.filter(({ name }) => name !== from),
        receipts: receipts.filter(({ name }) => name !== from),
      };
    case 'topic':
      return { ...conversation, topic: text };
    default:
      return conversation;
  }
}

export function withNotice(state: State, notice: LiveNotice, nowMs: number): Step {
  switch (notice.type) {
    case 'typing': {
      const known = conversationOf(state, notice.conversation);
      if (!known) return quiet(state);
      const untilMs = nowMs + typingLastsMs;
      const next = changed(state, known.key, (one) => ({
        ...one,
        typing: [...one.typing.filter(({ name }) => name !== notice.from), { name: notice.from, untilMs }],
      }));
      return quiet(next);
    }
    case 'presence': {
      const online = new Map(notice.users.map((user) => [user.name, user.online]));
      const conversations = state.conversations.map((one) => ({
        ...one,
        others: one.others.map((other) => ({ ...other, online: online.get(other.name) ?? other.online })),
      }));
      return quiet({ ...state, conversations });
    }
    case 'receipts':
      return notice.receipts.reduce(withReceipt, quiet(state));
    case 'said':
      return withOwn(state, notice.message);
    case 'match':
      return withInvitation(state, notice.match, nowMs);
  }
}

/** How a match goes is told where it is played. */
function withInvitation(state: State, match: MatchView, nowMs: number): Step {
  const { invitations, text, isInvited } = hearInvitation(state.invitations, match, state.me);
  const next = { ...state, invitations };
  if (text === undefined) return quiet(next);
  const effects: Effect[] = isInvited && state.settings.hasBell ? [{ do: 'bell' }] : [];
  return { state: noted(next, text, 'quiet', nowMs), effects };
}

/** Said or done on another client of the same user, or on this one. */
function withOwn(state: State, message: MessageView): Step {
  const renew: Effect = { do: 'renew', session: message.session };
  const known = conversationOf(state, message.conversation);
  if (!known) return { state, effects: [renew] };
  const said = withSent(state, known.key, saidFrom(message, state.me), message.conversation);
  const next = changed(said, known.key, (one) => readUpTo(one, message.position));
  const isSettled = message.kind === 'message' && message.position >= known.newest;
  return { state: next, effects: isSettled ? [] : [renew] };
}

type Receipt = Extract<LiveNotice, { type: 'receipts' }>['receipts'][number];

function withReceipt({ state, effects }: Step, { conversation, name, ...how }: Receipt): Step {
  const known = conversationOf(state, conversation);
  if (!known) return { state, effects };
  const { delivered = 0, read = 0 } = how;
  if (name === state.me) {
    if (read <= known.read) return { state, effects };
    const next = changed(state, known.key, (one) => ({ ...readUpTo(one, read), read }));
    const isSettled = read >= known.newest;
    return {
      state: next,
      effects: isSettled ? effects : [...effects, { do: 'renew', session: conversation }],
    };
  }
  const before = known.receipts.find((receipt) => receipt.name === name);
  const after = later(before, { name, delivered: Math.max(delivered, read), read, since: 0 });
  const receipts = [...known.receipts.filter((receipt) => receipt.name !== name), after];
  return { state: changed(state, known.key, (one) => ({ ...one, receipts })), effects };
}

/** Read on another client: what came since is as new as it was. */
function readUpTo(one: Conversation, position: number): Conversation {
  const left = position >= one.newest ? 0 : othersAfter(one.window, position);
  return { ...one, unread: Math.min(one.unread, left), mentions: Math.min(one.mentions, left) };
}

/** As asked for; what was told meanwhile may be newer, and is not taken back. */
export function withReceipts(state: State, key: string, receipts: readonly ReceiptView[]): State {
  return changed(state, key, (one) => ({
    ...one,
    receipts: receipts.map((fresh) =>
      later(
        one.receipts.find(({ name }) => name === fresh.name),
        fresh,
      ),
    ),
  }));
}

function later(before: ReceiptView | undefined, after: ReceiptView): ReceiptView {
  if (!before) return after;
  return {
    name: after.name,
    delivered: Math.max(before.delivered, after.delivered),
    read: Math.max(before.read, after.read),
    since: Math.max(before.since, after.since),
  };
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
