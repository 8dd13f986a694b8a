/**
 * The replica actor: one in each node, the machine that meets the world.
 *
 * It says in which order things are done; what is done (`recover`, `check`, `setAside`, `join`, `campaign`, `lead`,
 * `seed`) and how long is waited come in from outside, so that the same machine runs on real parts and in a simulation.
 */
import { assign, fromPromise, setup } from 'xstate';

/**
 * `astray`: the stream is not what this node has stored; it has to join anew. `undecided`: the log did not answer, or the
 * leader was heard again meanwhile; that is nobody's defeat.
 */
export type CampaignOutcome = 'won' | 'lost' | 'undecided' | 'astray';
/** `lost`: no stream continues what this node has stored or promised. */
export type JoinOutcome = 'joined' | 'lost';
/** `unable`: the leader could not begin to serve with as many copies as it wanted; it tries again with fewer. */
export type LeadOutcome = 'deposed' | 'unable';
/** `waiting`: somebody else is at it, or there is a stream again. */
export type SeedOutcome = 'seeded' | 'failed' | 'waiting';
/** Of a copy that was verified, and what is wrong with it. */
export type CheckOutcome = { readonly isSound: true } | { readonly isSound: false; readonly reason: string };
/**
 * What is not as it must be: a copy can be replaced from others, a state that is not the one of others has to be checked
 * first, a disk has to be mended by somebody, a log that cannot be read has to be read by another version.
 */
export type Damaged = 'copy' | 'state' | 'disk' | 'log';

export type ReplicaEvent =
  /** The bus can be used, or cannot. */
  | { readonly type: 'CONNECTED' }
  | { readonly type: 'DISCONNECTED' }
  /** A heartbeat of a leader whose appends succeed. */
  | { readonly type: 'LEADER_HEARD' }
  /** The leader gave up its office. */
  | { readonly type: 'RESIGNED' }
  /** The leader gave up its office to this node. */
  | { readonly type: 'APPOINTED' }
  /** The stream that is followed is not the one to follow: it lost its end, or there is a newer generation. */
  | { readonly type: 'ASTRAY' }
  /** A newer generation was promised to somebody: nothing older is stored, acknowledged or led from here on. */
  | { readonly type: 'SEALED' }
  | { readonly type: 'DAMAGED'; readonly damaged: Damaged; readonly reason: string }
  | { readonly type: 'STOP' };

export interface ReplicaContext {
  /** Campaigns or seedings lost since a leader was last heard. */
  readonly failures: number;
  /** Whether to campaign without waiting for silence, or for others. */
  readonly isEager: boolean;
  /** The stream that is followed was found not to be the one to follow, in the midst of a campaign: nobody follows it. */
  readonly isAstray: boolean;
  readonly damaged: Damaged | undefined;
  /** Why the replica is frozen. */
  readonly problem: string | undefined;
}

const problemOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export const replicaMachine = setup({
  types: { context: {} as ReplicaContext, events: {} as ReplicaEvent },
  actors: {
    /** Open the own copy. */
    recover: fromPromise<void>(async () => undefined),
    /** Fold the own frames anew, to see whether the rows are those that they fold into. */
    check: fromPromise<CheckOutcome>(async () => ({ isSound: true })),
    /** Keep a copy that cannot be trusted as evidence, and begin a new one. */
    setAside: fromPromise<void>(async () => undefined),
    /** Compare the own copy with the stream, follow it, and read to its end. */
    join: fromPromise<JoinOutcome>(async () => 'joined'),
    /** Try to append one's own `LeaderElected`. */
    campaign: fromPromise<CampaignOutcome>(async () => 'lost'),
    /** Lead until deposed. */
    lead: fromPromise<LeadOutcome>(async () => 'deposed'),
    /** Try to begin a new generation. */
    seed: fromPromise<SeedOutcome>(async () => 'failed'),
  },
  actions: {
    announceSilence: () => undefined,
    announceProblem: () => undefined,
    announceDoubt: () => undefined,
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
    beEager: assign({ isEager: true }),
    calmDown: assign({ isEager: false, isAstray: false }),
    noteAstray: assign({ isAstray: true }),
    noteDamage: assign(({ event }) =>
      event.type === 'DAMAGED' ? { damaged: event.damaged, problem: event.reason } : {},
    ),
  },
  guards: {
    isConnected: () => true,
    isEager: ({ context }) => context.isEager,
    isCopyDamaged: ({ event }) => event.type === 'DAMAGED' && event.damaged === 'copy',
    isStateDoubted: ({ event }) => event.type === 'DAMAGED' && event.damaged === 'state',
    isInDoubt: ({ context }) => context.damaged === 'state',
    isCopyToReplace: ({ context }) => context.damaged === 'copy',
    isDiskTrouble: ({ context }) => context.damaged === 'disk',
    isSound: (_, { isSound }: CheckOutcome) => isSound,
    isStreamLost: (_, outcome: JoinOutcome) => outcome === 'lost',
    hasWon: (_, outcome: CampaignOutcome) => outcome === 'won',
    isAstray: ({ context }, outcome: CampaignOutcome | undefined) => outcome === 'astray' || context.isAstray,
    isUndecided: (_, outcome: CampaignOutcome) => outcome === 'undecided',
    wasUnable: (_, outcome: LeadOutcome) => outcome === 'unable',
    hasSeeded: (_, outcome: SeedOutcome) => outcome === 'seeded',
    mustWait: (_, outcome: SeedOutcome) => outcome === 'waiting',
  },
  delays: {
    /** How long a leader may be silent. */
    silence: 450,
    /** What the election strategy asks this node to wait. */
    headStart: 0,
    /** How long this node leaves it to others to begin a new generation. */
    seedHeadStart: 100,
    retry: 200,
    /** Before a log that did not answer is asked again. */
    pause: 100,
    /** A disk may be mended while the node runs, and then what it kept from being done is tried again. */
    thaw: 5_000,
  },
}).createMachine({
  id: 'replica',
  context: { failures: 0, isEager: false, isAstray: false, damaged: undefined, problem: undefined },
  initial: 'recovering',
  on: {
    DAMAGED: [
      { guard: 'isCopyDamaged', target: '.settingAside', actions: 'noteDamage' },
      { guard: 'isStateDoubted', target: '.checking', actions: 'noteDamage' },
      { target: '.frozen', actions: 'noteDamage' },
    ],
    SEALED: '.seeding',
    STOP: '.stopped',
  },
  states: {
    recovering: {
      invoke: {
        src: 'recover',
        onDone: [{ guard: 'isConnected', target: 'catchingUp' }, { target: 'disconnected' }],
        onError: {
          target: 'frozen',
          actions: assign({ damaged: 'disk' as const, problem: ({ event }) => problemOf(event.error) }),
        },
      },
    },
    // Whose rows are wrong is not known yet: nothing is served, and nothing is thrown away.
    checking: {
      entry: 'announceDoubt',
      invoke: {
        src: 'check',
        onDone: [
          { guard: { type: 'isSound', params: ({ event }) => event.output }, target: 'recovering' },
          {
            target: 'settingAside',
            actions: assign(({ event: { output } }) =>
              output.isSound ? {} : { damaged: 'copy' as const, problem: output.reason },
            ),
          },
        ],
        onError: { target: 'frozen', actions: assign({ problem: ({ event }) => problemOf(event.error) }) },
      },
      on: { DAMAGED: {}, SEALED: {} },
    },
    // The next copy begins with nothing and is filled by joining.
    settingAside: {
      entry: 'announceProblem',
      invoke: {
        src: 'setAside',
        onDone: 'recovering',
        onError: { target: 'frozen', actions: assign({ problem: ({ event }) => problemOf(event.error) }) },
      },
      on: { DAMAGED: {}, SEALED: {} },
    },
    disconnected: {
      on: { CONNECTED: 'catchingUp' },
    },
    catchingUp: {
      invoke: {
        src: 'join',
        onDone: [
          { guard: { type: 'isStreamLost', params: ({ event }) => event.output }, target: 'seeding' },
          { guard: 'isEager', target: 'campaigning' },
          { target: 'following' },
        ],
        onError: 'retrying',
      },
      on: { DISCONNECTED: 'disconnected', ASTRAY: { target: 'catchingUp', reenter: true } },
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
        APPOINTED: { target: 'campaigning', actions: 'beEager' },
        ASTRAY: 'catchingUp',
        DISCONNECTED: 'disconnected',
      },
    },
    campaigning: {
      initial: 'waiting',
      exit: 'calmDown',
      on: { DISCONNECTED: 'disconnected', ASTRAY: 'catchingUp' },
      states: {
        waiting: {
          after: { headStart: 'trying' },
          on: { LEADER_HEARD: { target: '#replica.following', actions: 'forgetFailures' } },
        },
        pausing: {
          after: { pause: 'waiting' },
          on: { LEADER_HEARD: { target: '#replica.following', actions: 'forgetFailures' } },
        },
        // Once begun a campaign is finished: it may have won without knowing yet. Who has not joins anew if it is astray.
        trying: {
          invoke: {
            src: 'campaign',
            onDone: [
              {
                guard: { type: 'hasWon', params: ({ event }) => event.output },
                target: '#replica.leading',
                actions: 'forgetFailures',
              },
              {
                guard: { type: 'isAstray', params: ({ event }) => event.output },
                target: '#replica.catchingUp',
                actions: 'countFailure',
              },
              { guard: { type: 'isUndecided', params: ({ event }) => event.output }, target: 'pausing' },
              { target: 'waiting', actions: 'countFailure' },
            ],
            onError: [
              {
                guard: { type: 'isAstray', params: undefined },
                target: '#replica.catchingUp',
                actions: 'countFailure',
              },
              { target: 'waiting', actions: 'countFailure' },
            ],
          },
          on: { ASTRAY: { actions: 'noteAstray' } },
        },
      },
    },
    // A leader that lost its connection stays: nobody can hear it, the log decides whether it still leads.
    leading: {
      invoke: {
        src: 'lead',
        onDone: [
          {
            guard: { type: 'wasUnable', params: ({ event }) => event.output },
            target: 'catchingUp',
            actions: 'beEager',
          },
          { target: 'catchingUp' },
        ],
        onError: 'catchingUp',
      },
    },
    seeding: {
      initial: 'waiting',
      on: { DISCONNECTED: 'disconnected', ASTRAY: 'catchingUp' },
      states: {
        waiting: { after: { seedHeadStart: 'trying' } },
        trying: {
          invoke: {
            src: 'seed',
            onDone: [
              {
                guard: { type: 'hasSeeded', params: ({ event }) => event.output },
                target: '#replica.catchingUp',
                actions: ['beEager', 'forgetFailures'],
              },
              {
                guard: { type: 'mustWait', params: ({ event }) => event.output },
                target: '#replica.catchingUp',
              },
              { target: 'waiting', actions: 'countFailure' },
            ],
            onError: { target: 'waiting', actions: 'countFailure' },
          },
          on: { ASTRAY: {} },
        },
      },
    },
    frozen: {
      entry: 'announceProblem',
      after: {
        thaw: [
          { guard: 'isDiskTrouble', target: 'recovering' },
          { guard: 'isInDoubt', target: 'checking' },
          { guard: 'isCopyToReplace', target: 'settingAside' },
        ],
      },
      on: { DAMAGED: {}, SEALED: {} },
    },
    stopped: { type: 'final' },
  },
});
