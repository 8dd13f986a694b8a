/**
 * The client actor: connecting → authenticating → ready ⇄ leaderless → closed. One in every client.
 *
 * It owns one question: may something be typed now? Only in `ready`: a leader has answered and nothing was heard since
 * that it is gone. What is done in a state comes in from outside, as with the replica machine.
 */
import { assign, fromPromise, setup } from 'xstate';

export type ClientEvent =
  | { readonly type: 'CONNECTED' }
  | { readonly type: 'DISCONNECTED' }
  /** The border does not let this client in again: it was logged out meanwhile, or its account is gone. */
  | { readonly type: 'REFUSED'; readonly problem: Error }
  /** A leader said that it serves. */
  | { readonly type: 'LEADER_FOUND'; readonly leader: string | null; readonly epoch: number }
  /** A request reached nobody, or the nodes said that they are electing. */
  | { readonly type: 'LEADER_LOST' }
  | { readonly type: 'CLOSE' };

/** What is done in a state. It comes with each actor, so that all of them share one machine: a copy costs 20 KB. */
export interface ClientWork {
  /** Reach a server that lets this client in. Rejects when the border refused it. */
  connect(): Promise<void>;
  /** Make sure who one is, and how far one has read. Rejects when the account is gone. */
  authenticate(): Promise<void>;
  /** Ask for a leader until one answers. */
  findLeader(signal: AbortSignal): Promise<void>;
}

export interface ClientContext {
  readonly leader: string | null;
  readonly epoch: number;
  /** Why the client was closed, if not by its user. */
  readonly problem: Error | undefined;
  readonly work: ClientWork;
}

const workOf = ({ context }: { readonly context: ClientContext }) => context.work;

export const clientMachine = setup({
  types: { context: {} as ClientContext, events: {} as ClientEvent, input: {} as ClientWork },
  actors: {
    connect: fromPromise<void, ClientWork>(({ input }) => input.connect()),
    authenticate: fromPromise<void, ClientWork>(({ input }) => input.authenticate()),
    findLeader: fromPromise<void, ClientWork>(({ input, signal }) => input.findLeader(signal)),
  },
  actions: {
    noteLeader: assign(({ context, event }) =>
      event.type === 'LEADER_FOUND' ? { leader: event.leader ?? context.leader, epoch: event.epoch } : {},
    ),
    forgetLeader: assign({ leader: null }),
    noteProblem: assign({ problem: (_, { error }: { error: unknown }) => error as Error }),
  },
  guards: {
    isOlderNews: ({ context, event }) => event.type === 'LEADER_FOUND' && event.epoch < context.epoch,
  },
}).createMachine({
  id: 'client',
  context: ({ input: work }) => ({ leader: null, epoch: 0, problem: undefined, work }),
  initial: 'connecting',
  on: { CLOSE: '.closed' },
  states: {
    connecting: {
      invoke: {
        src: 'connect',
        input: workOf,
        onDone: 'authenticating',
        onError: {
          target: 'closed',
          actions: { type: 'noteProblem', params: ({ event }) => ({ error: event.error }) },
        },
      },
    },
    disconnected: {
      on: {
        CONNECTED: 'authenticating',
        REFUSED: {
          target: 'closed',
          actions: { type: 'noteProblem', params: ({ event }) => ({ error: event.problem }) },
        },
      },
    },
    authenticating: {
      invoke: {
        src: 'authenticate',
        input: workOf,
        onDone: 'leaderless',
        onError: {
          target: 'closed',
          actions: { type: 'noteProblem', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: { DISCONNECTED: 'disconnected' },
    },
    leaderless: {
      entry: 'forgetLeader',
      invoke: { src: 'findLeader', input: workOf, onDone: 'ready' },
      on: {
        LEADER_FOUND: [{ guard: 'isOlderNews' }, { target: 'ready', actions: 'noteLeader' }],
        DISCONNECTED: 'disconnected',
      },
    },
    ready: {
      on: {
        LEADER_FOUND: [{ guard: 'isOlderNews' }, { actions: 'noteLeader' }],
        LEADER_LOST: 'leaderless',
        DISCONNECTED: 'disconnected',
      },
    },
    closed: { type: 'final' },
  },
});
