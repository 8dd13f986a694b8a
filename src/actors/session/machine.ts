/**
 * The session actor: opened → active ⇄ quiet → closed.
 *
 * It consumes stored domain events and nothing else; its guards say which of them are possible in which state. No
 * I/O, no clock, no timers: the same events give the same state in ten years. Active means that somebody spoke in
 * the last minutes, quiet that nobody did; a closed session is only read. A pair's session is closed by a gap or for the
 * next one, a group's when its last member leaves; who is in a group, and what it is about, changes in any open state.
 */
import { assign, type SnapshotFrom, setup } from 'xstate';
import { evolveSession, initialSession, type SessionEvent, type SessionState } from './state.ts';

const sessionSetup = setup({
  types: { context: {} as SessionState, events: {} as SessionEvent },
  actions: {
    evolve: assign(({ context, event }) => evolveSession(context, event)),
  },
  guards: {
    hasCompany: ({ event }) => isOpening(event) && event.data.participants.length > 1 && isEachOnce(event),
    isOpenersGroup: ({ event }) =>
      event.type === 'GroupOpened' && isEachOnce(event) && event.data.participants.includes(event.data.by),
    isParticipant: ({ context, event }) =>
      event.type === 'MessagePosted' && context.participants.includes(event.data.from),
    isNewMember: ({ context, event }) =>
      event.type === 'MemberJoined' &&
      context.isGroup &&
      context.participants.includes(event.data.by) &&
      !context.participants.includes(event.data.member),
    isLastMember: ({ context, event }) => leavesGroup(context, event) && context.participants.length === 1,
    isMember: ({ context, event }) => leavesGroup(context, event),
    isNewTopic: ({ context, event }) =>
      event.type === 'TopicSet' &&
      context.isGroup &&
      context.participants.includes(event.data.by) &&
      context.topic !== event.data.topic,
  },
});

function isOpening(event: SessionEvent) {
  return event.type === 'SessionOpened' || event.type === 'GroupOpened';
}

function isEachOnce({ data }: Extract<SessionEvent, { data: { participants: unknown } }>): boolean {
  return new Set(data.participants).size === data.participants.length;
}

function leavesGroup({ isGroup, participants }: SessionState, event: SessionEvent): boolean {
  return event.type === 'MemberLeft' && isGroup && participants.includes(event.data.member);
}

export const sessionMachine = sessionSetup.createMachine({
  id: 'session',
  context: initialSession,
  initial: 'unopened',
  states: {
    unopened: {
      on: {
        SessionOpened: { guard: 'hasCompany', target: 'opened', actions: 'evolve' },
        GroupOpened: { guard: 'isOpenersGroup', target: 'opened', actions: 'evolve' },
      },
    },
    opened: {
      on: {
        MessagePosted: { guard: 'isParticipant', target: 'active', actions: 'evolve' },
        SessionClosed: { target: 'closed', actions: 'evolve' },
        ...membership(),
      },
    },
    active: {
      on: {
        MessagePosted: { guard: 'isParticipant', actions: 'evolve' },
        SessionQuieted: { target: 'quiet', actions: 'evolve' },
        SessionClosed: { target: 'closed', actions: 'evolve' },
        ...membership(),
      },
    },
    quiet: {
      on: {
        MessagePosted: { guard: 'isParticipant', target: 'active', actions: 'evolve' },
        SessionClosed: { target: 'closed', actions: 'evolve' },
        ...membership(),
      },
    },
    closed: {},
  },
});

/** Comings and goings of a group, the same in every open state. */
function membership() {
  return {
    MemberJoined: { guard: 'isNewMember', actions: 'evolve' },
    MemberLeft: [
      { guard: 'isLastMember', target: 'closed', actions: 'evolve' },
      { guard: 'isMember', actions: 'evolve' },
    ],
    TopicSet: { guard: 'isNewTopic', actions: 'evolve' },
  } as const;
}

export type SessionSnapshot = SnapshotFrom<typeof sessionMachine>;
