/** What each request does with the caller: one line where the SDK has it, and no protocol. */
import type { Answer as CommandAnswer, ItemView, MessageView, SessionView } from '../../client/client.ts';
import { Refused } from '../../client/errors.ts';
import type { Caller } from '../caller.ts';
import { limits } from './limits.ts';
import type { Answer, Message, RequestName, Said } from './registry.ts';

/** Requests of one question and one answer. */
export type Plain = Exclude<RequestName, 'hello' | 'follow' | 'taken' | 'credit' | 'cancel' | 'replay'>;

type Handler<N extends Plain> = (caller: Caller, request: Message<N>, patienceMs: number) => Promise<Answer>;

const done: Answer = { type: 'done' };

const handlers: { readonly [N in Plain]: Handler<N> } = {
  ping: async () => ({ type: 'pong' }),
  register: async (caller, { name, password }) => ({
    type: 'registered',
    recoveryCode: await caller.register(name, password),
  }),
  logIn: async (caller, { name, password }) => ({
    type: 'loggedIn',
    ...(await caller.logIn(name, password)),
  }),
  resume: async (caller, { token, position }) => ({
    type: 'loggedIn',
    ...(await caller.resume(token, position)),
  }),
  logOut: async (caller) => {
    await caller.logOut();
    return done;
  },
  deleteAccount: async (caller) => {
    await caller.deleteAccount();
    return done;
  },
  changePassword: async (caller, { password, newPassword }, patienceMs) => {
    await caller.user.changePassword(password, newPassword, patienceMs);
    return done;
  },
  send: async (caller, { id, to, session, text }, timeoutMs) => {
    if ((to === '') === (session === ''))
      throw new Refused('malformed', 'A message is for a user or for a session.');
    return sent(await caller.user.send(session === '' ? to : { session }, text, { id, timeoutMs }));
  },
  users: async ({ user }, { prefix, after, limit }, patienceMs) => {
    const request = { prefix, after: after === '' ? null : after, limit: counted(limit) };
    return { type: 'userPage', ...(await user.line.query('users', request, patienceMs)) };
  },
  sessions: async ({ user }, { with: other, after, limit }, patienceMs) => {
    const request = { with: other === '' ? null : other, after, limit: counted(limit) };
    const { sessions, next } = await user.line.query('sessions', request, patienceMs);
    return { type: 'sessionPage', sessions: sessions.map(sessionOf), next: next ?? 0 };
  },
  transcript: async ({ user }, { session, after, limit }, patienceMs) => {
    const request = { session, after, limit: counted(limit) };
    const { messages, next } = await user.line.query('transcript', request, patienceMs);
    return { type: 'transcriptPage', messages: messages.map(saidOf), next: next ?? 0 };
  },
  openGroup: async ({ user }, { id, topic, members }, timeoutMs) => {
    const names = members.map(({ name }) => name);
    return sent(await user.conversations.openGroup(names, topic, { id, timeoutMs }));
  },
  invite: async ({ user }, { id, session, name }, timeoutMs) =>
    sent(await user.conversations.invite(session, name, { id, timeoutMs })),
  leave: async ({ user }, { id, session }, timeoutMs) =>
    sent(await user.conversations.leave(session, { id, timeoutMs })),
  setTopic: async ({ user }, { id, session, topic }, timeoutMs) =>
    sent(await user.conversations.setTopic(session, topic, { id, timeoutMs })),
};

/** @throws {Refused}, {Unanswered}. */
export async function answerPlain(
  caller: Caller,
  request: Message<Plain>,
  patienceMs: number,
): Promise<Answer> {
  const handler = handlers[request.type] as Handler<Plain>; // of that very request
  return await handler(caller, request, patienceMs);
}

function counted(limit: number): number {
  if (limit >= 1 && limit <= limits.pageMax) return limit;
  throw new Refused('malformed', `A page has 1 to ${limits.pageMax} members.`);
}

function sent({ session = '', position = 0, at = 0, duplicate = false }: CommandAnswer): Answer {
  return { type: 'sent', session, position, at, duplicate };
}

/** As a frame has it. */
export function saidOf(view: MessageView | ItemView): Said {
  const { kind, id, session, conversation, from, text, at, position, members = [] } = view;
  return {
    kind,
    id,
    session,
    conversation,
    from,
    text,
    at,
    position,
    members: members.map((name) => ({ name })),
  };
}

function sessionOf({ participants, topic = '', ...session }: SessionView) {
  return { ...session, topic, participants: participants.map((name) => ({ name })) };
}
