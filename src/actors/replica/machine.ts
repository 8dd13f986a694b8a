/**
 * The replica actor: one in each node, the machine that meets the world.
 *
 * It says in which order things are done; what is done (`recover`, `join`, `campaign`, `lead`) and how long is waited
 * come in from outside, so that the same machine runs on real parts and in a simulation.
 */
import { assign, fromPromise, setup } from 'xstate';

export type CampaignOutcome = 'won' | 'lost';

export type ReplicaEvent =
  /** The bus can be used, or cannot. */
  | { readonly type: 'CONNECTED' }
  | { readonly type: 'DISCONNECTED' }
  /** A heartbeat of a leader whose appends succeed. */
  | { readonly type: 'LEADER_HEARD' }
  /** The leader gave up its office. */
  | { readonly type: 'RESIGNED' }
  /** Log, rows or disk are not what they must be. */
  | { readonly type: 'DAMAGED'; readonly reason: string }
  | { readonly type: 'STOP' };

export interface ReplicaContext {
  /** Campaigns lost since a leader was last heard. */
  readonly failures: number;
  /** Why the replica is frozen. */
  readonly problem: string | undefined;
}

export const replicaMachine = setup({
  types: { context: {} as ReplicaContext, events: {} as ReplicaEvent },
  actors: {
    /** Open the own copy. */
    recover: fromPromise<void>(async () => undefined),
    /** Compare the own copy with the stream, follow it, and read to its end. */
    join: fromPromise<void>(async () => undefined),
    /** Try to append one's own `LeaderElected`. */
    campaign: fromPromise<CampaignOutcome>(async () => 'lost'),
    /** Lead until deposed. */
    lead: fromPromise<void>(async () => undefined),
  },
  actions: {
    announceSilence: () => undefined,
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
  },
  guards: {
    isConnected: () => true,
  },
  delays: {
    /** How long a leader may be silent. */
    silence: 450,
    /** What the election strategy asks this node to wait. */
    headStart: 0,
    retry: 200,
  },
}).createMachine({
  id: 'replica',
  context: { failures: 0, problem: undefined },
  initial: 'recovering',
  on: {
    DAMAGED: { target: '.frozen', actions: assign({ problem: ({ event }) => event.reason }) },
    STOP: '.stopped',
  },
  states: {
    recovering: {
      invoke: {
        src: 'recover',
        onDone: [{ guard: 'isConnected', target: 'catchingUp' }, { target: 'disconnected' }],
        onError: { target: 'frozen', actions: assign({ problem: ({ event }) => String(event.error) }) },
      },
    },
    disconnected: {
      on: { CONNECTED: 'catchingUp' },
    },
    catchingUp: {
      invoke: {
        src: 'join',
        onDone: 'following',
        onError: 'retrying',
      },
      on: { DISCONNECTED: 'disconnected' },
    },
    retrying: {
      after: { retry: 'catchingUp' },
      on: { DISCONNECTED: 'disconnected' },
    },
    following: {
      after: { silence: { target: 'campaigning', actions: 'announceSilence' } },
      on: {
        LEADER_HEARD: { target: 'following', reenter: true, actions: 'forgetFailures' },
        RESIGNED: 'campaigning',
        DISCONNECTED: 'disconnected',
      },
    },
    campaigning: {
      initial: 'waiting',
      on: { DISCONNECTED: 'disconnected' },
      states: {
        waiting: {
          after: { headStart: 'trying' },
          on: { LEADER_HEARD: { target: '#replica.following', actions: 'forgetFailures' } },
        },
        // Once begun a campaign is finished: it may have won without knowing yet.
        trying: {
          invoke: {
            src: 'campaign',
            onDone: [
              {
                guard: ({ event }) => event.output === 'won',
                target: '#replica.leading',
                actions: 'forgetFailures',
              },
              { target: 'waiting', actions: 'countFailure' },
            ],
            onError: { target: 'waiting', actions: 'countFailure' },
          },
        },
      },
    },
    // A leader that lost its connection stays: nobody can hear it, the log decides whether it still leads.
    leading: {
      invoke: { src: 'lead', onDone: 'catchingUp', onError: 'catchingUp' },
    },
    frozen: {},
    stopped: { type: 'final' },
  },
});
