/**
 * The session actor: opened → active ⇄ quiet → closed.
 *
 * It consumes stored domain events and nothing else; its guards say which of them are possible in which state. No
 * I/O, no clock, no timers: the same events give the same state in ten years. Active means that somebody spoke in
 * the last minutes, quiet that nobody did; a closed session is only read.
 */
import { assign, type SnapshotFrom, setup } from 'xstate';
import { evolveSession, initialSession, type SessionEvent, type SessionState } from './state.ts';

export const sessionMachine = setup({
  types: { context: {} as SessionState, events: {} as SessionEvent },
  actions: {
    evolve: assign(({ context, event }) => evolveSession(context, event)),
  },
  guards: {
    hasCompany: ({ event }) =>
      event.type === 'SessionOpened' &&
      new Set(event.data.participants).size === event.data.participants.length &&
      event.data.participants.length > 1,
    isParticipant: ({ context, event }) =>
      event.type === 'MessagePosted' && context.participants.includes(event.data.from),
  },
}).createMachine({
  id: 'session',
  context: initialSession,
  initial: 'unopened',
  states: {
    unopened: {
      on: { SessionOpened: { guard: 'hasCompany', target: 'opened', actions: 'evolve' } },
    },
    opened: {
      on: {
        MessagePosted: { guard: 'isParticipant', target: 'active', actions: 'evolve' },
        SessionClosed: { target: 'closed', actions: 'evolve' },
      },
    },
    active: {
      on: {
        MessagePosted: { guard: 'isParticipant', actions: 'evolve' },
        SessionQuieted: { target: 'quiet', actions: 'evolve' },
        SessionClosed: { target: 'closed', actions: 'evolve' },
      },
    },
    quiet: {
      on: {
        MessagePosted: { guard: 'isParticipant', target: 'active', actions: 'evolve' },
        SessionClosed: { target: 'closed', actions: 'evolve' },
      },
    },
    closed: {},
  },
});

export type SessionSnapshot = SnapshotFrom<typeof sessionMachine>;
