import { describe, expect, it } from 'vitest';
import { createActor, fromPromise, SimulatedClock, type SnapshotFrom, waitFor } from 'xstate';
import {
  type CampaignOutcome,
  type CheckOutcome,
  type JoinOutcome,
  type LeadOutcome,
  type ReplicaEvent,
  replicaMachine,
  type SeedOutcome,
} from '../../../src/actors/replica/machine.ts';
import { possible, walkMachine } from '../../support/walk-machine.ts';

/** What the machine is told by the world, and by what it invoked or waited for. */
const events: Record<string, ReplicaEvent> = {
  connected: { type: 'CONNECTED' },
  disconnected: { type: 'DISCONNECTED' },
  'leader heard': { type: 'LEADER_HEARD' },
  resigned: { type: 'RESIGNED' },
  appointed: { type: 'APPOINTED' },
  astray: { type: 'ASTRAY' },
  sealed: { type: 'SEALED' },
  'copy damaged': { type: 'DAMAGED', damaged: 'copy', reason: 'a hole' },
  'state doubted': { type: 'DAMAGED', damaged: 'state', reason: 'another state hash' },
  'disk damaged': { type: 'DAMAGED', damaged: 'disk', reason: 'no space' },
  'log damaged': { type: 'DAMAGED', damaged: 'log', reason: 'an unheard event' },
  stop: { type: 'STOP' },
  ...internal('recovered', 'xstate.done.actor.0.replica.recovering'),
  ...internal('not recovered', 'xstate.error.actor.0.replica.recovering', { error: new Error('no disk') }),
  ...internal('found sound', 'xstate.done.actor.0.replica.checking', { output: { isSound: true } }),
  ...internal('found wrong', 'xstate.done.actor.0.replica.checking', {
    output: { isSound: false, reason: 'other rows' },
  }),
  ...internal('not checked', 'xstate.error.actor.0.replica.checking', { error: new Error('no room') }),
  ...internal('set aside', 'xstate.done.actor.0.replica.settingAside'),
  ...internal('not set aside', 'xstate.error.actor.0.replica.settingAside', { error: new Error('no room') }),
  ...internal('joined', 'xstate.done.actor.0.replica.catchingUp', { output: 'joined' }),
  ...internal('no stream', 'xstate.done.actor.0.replica.catchingUp', { output: 'lost' }),
  ...internal('not joined', 'xstate.error.actor.0.replica.catchingUp', { error: new Error('no answer') }),
  ...internal('won', 'xstate.done.actor.0.replica.campaigning.trying', { output: 'won' }),
  ...internal('lost', 'xstate.done.actor.0.replica.campaigning.trying', { output: 'lost' }),
  ...internal('undecided', 'xstate.done.actor.0.replica.campaigning.trying', { output: 'undecided' }),
  ...internal('gone astray', 'xstate.done.actor.0.replica.campaigning.trying', { output: 'astray' }),
  ...internal('campaign failed', 'xstate.error.actor.0.replica.campaigning.trying', {
    error: new Error('no bus'),
  }),
  ...internal('deposed', 'xstate.done.actor.0.replica.leading', { output: 'deposed' }),
  ...internal('unable', 'xstate.done.actor.0.replica.leading', { output: 'unable' }),
  ...internal('leading failed', 'xstate.error.actor.0.replica.leading', { error: new Error('no bus') }),
  ...internal('seeded', 'xstate.done.actor.0.replica.seeding.trying', { output: 'seeded' }),
  ...internal('not seeded', 'xstate.done.actor.0.replica.seeding.trying', { output: 'failed' }),
  ...internal('not to be seeded', 'xstate.done.actor.0.replica.seeding.trying', { output: 'waiting' }),
  ...internal('seeding failed', 'xstate.error.actor.0.replica.seeding.trying', {
    error: new Error('no peer'),
  }),
  ...internal('retry due', 'xstate.after.retry.replica.retrying'),
  ...internal('silence', 'xstate.after.silence.replica.following'),
  ...internal('head start over', 'xstate.after.headStart.replica.campaigning.waiting'),
  ...internal('pause over', 'xstate.after.pause.replica.campaigning.pausing'),
  ...internal('seeding due', 'xstate.after.seedHeadStart.replica.seeding.waiting'),
  ...internal('thaw due', 'xstate.after.thaw.replica.frozen'),
};

function internal(name: string, type: string, data: object = {}): Record<string, ReplicaEvent> {
  return { [name]: { type, ...data } as unknown as ReplicaEvent }; // XState's own events are in no union
}

type Snapshot = SnapshotFrom<typeof replicaMachine>;

interface Mood {
  readonly hasFailed: boolean;
  readonly isEager: boolean;
}

const named = (state: string, { hasFailed, isEager }: Mood) =>
  [state, ...(hasFailed ? ['after failures'] : []), ...(isEager ? ['eager'] : [])].join(', ');

/** Failures only count: two are as many as more. What is damaged decides only whether a frozen replica thaws. */
function nameOf({ value, context: { failures, isEager, isAstray, damaged } }: Snapshot): string {
  const way = typeof value === 'string' ? value : Object.entries(value).flat().join('.');
  const state = isAstray ? `${way} astray` : way;
  return named(state === 'frozen' ? `frozen ${damaged}` : state, { hasFailed: failures > 0, isEager });
}

const frozen = { stop: 'stopped' };
const damageable = {
  ...frozen,
  'copy damaged': 'settingAside',
  'state doubted': 'checking',
  'disk damaged': 'frozen disk',
  'log damaged': 'frozen log',
};
const sealable = { ...damageable, sealed: 'seeding.waiting' };
const always = { ...sealable, disconnected: 'disconnected' };

/** Every event that is possible in a state and where it leads; what is not listed is not heard. */
const table: Record<string, Record<string, string>> = {
  recovering: { ...sealable, recovered: 'catchingUp', 'not recovered': 'frozen disk' },
  checking: {
    ...frozen,
    'found sound': 'recovering',
    'found wrong': 'settingAside',
    'not checked': 'frozen state',
  },
  settingAside: { ...frozen, 'set aside': 'recovering', 'not set aside': 'frozen copy' },
  disconnected: { ...sealable, connected: 'catchingUp' },
  catchingUp: {
    ...always,
    joined: 'following',
    'no stream': 'seeding.waiting',
    'not joined': 'retrying',
    astray: 'catchingUp',
  },
  retrying: { ...always, 'retry due': 'catchingUp' },
  following: {
    ...always,
    'leader heard': 'following',
    silence: 'campaigning.waiting',
    resigned: 'campaigning.waiting',
    appointed: 'campaigning.waiting',
    astray: 'catchingUp',
  },
  'campaigning.waiting': {
    ...always,
    'head start over': 'campaigning.trying',
    'leader heard': 'following',
    astray: 'catchingUp',
  },
  'campaigning.pausing': {
    ...always,
    'pause over': 'campaigning.waiting',
    'leader heard': 'following',
    astray: 'catchingUp',
  },
  'campaigning.trying': {
    ...always,
    won: 'leading',
    lost: 'campaigning.waiting',
    undecided: 'campaigning.pausing',
    'gone astray': 'catchingUp',
    'campaign failed': 'campaigning.waiting',
    astray: 'campaigning.trying astray',
  },
  'campaigning.trying astray': {
    ...always,
    won: 'leading',
    lost: 'catchingUp',
    undecided: 'catchingUp',
    'gone astray': 'catchingUp',
    'campaign failed': 'catchingUp',
    astray: 'campaigning.trying astray',
  },
  leading: { ...sealable, deposed: 'catchingUp', unable: 'catchingUp', 'leading failed': 'catchingUp' },
  'seeding.waiting': { ...always, 'seeding due': 'seeding.trying', astray: 'catchingUp' },
  'seeding.trying': {
    ...always,
    seeded: 'catchingUp',
    'not seeded': 'seeding.waiting',
    'not to be seeded': 'catchingUp',
    'seeding failed': 'seeding.waiting',
  },
  'frozen copy': { ...frozen, 'thaw due': 'settingAside' },
  'frozen state': { ...frozen, 'thaw due': 'checking' },
  'frozen disk': { ...frozen, 'thaw due': 'recovering' },
  'frozen log': frozen,
  stopped: {},
};

const counted = new Set(['lost', 'gone astray', 'campaign failed', 'not seeded', 'seeding failed']);
/** What makes a replica forget that it failed. */
const comforting = new Set(['won', 'leader heard', 'seeded']);
const encouraging = new Set(['unable', 'seeded', 'appointed']);

/** Where an event leads, and in which mood: an eager replica does not wait for silence, and is calm after its campaign. */
function destination(event: string, from: string, to: string, { hasFailed, isEager }: Mood): string {
  const state = event === 'joined' && isEager ? 'campaigning.waiting' : to;
  const isUnheeded = from === 'campaigning.trying astray' && event === 'undecided';
  const isOver = from.startsWith('campaigning') && !state.startsWith('campaigning');
  return named(state, {
    hasFailed: counted.has(event) || isUnheeded || (hasFailed && !comforting.has(event)),
    isEager: !isOver && (isEager || encouraging.has(event)),
  });
}

const neverEager = ['following', 'leading'];
const neverAfterFailures = ['leading'];
const wholeTable = Object.fromEntries(
  Object.entries(table).flatMap(([state, row]) =>
    moodsOf(state).map((mood): [string, Record<string, string>] => {
      const next = Object.entries(row).map(([event, to]) => [event, destination(event, state, to, mood)]);
      return [named(state, mood), Object.fromEntries(next)];
    }),
  ),
);

function moodsOf(state: string): Mood[] {
  const failed = neverAfterFailures.includes(state) ? [false] : [false, true];
  const eager = neverEager.includes(state) ? [false] : [false, true];
  return failed.flatMap((hasFailed) => eager.map((isEager) => ({ hasFailed, isEager })));
}

const visits = walkMachine(replicaMachine, events, nameOf);

describe('a replica', () => {
  it('reaches these states', () => {
    expect([...visits.keys()].sort()).toEqual(Object.keys(wholeTable).sort());
  });

  it.each(Object.entries(wholeTable))('that is %s hears these events, no others', (name, row) => {
    expect(possible(visits.get(name)!, nameOf)).toEqual(row);
  });

  it('waits for a connection when it has recovered without one', () => {
    const unconnected = replicaMachine.provide({ guards: { isConnected: () => false } });
    const recovering = walkMachine(unconnected, events, nameOf).get('recovering')!;
    expect(possible(recovering, nameOf)).toMatchObject({ recovered: 'disconnected' });
  });

  it.each([
    ['following', 'log damaged', 'an unheard event'],
    ['leading', 'disk damaged', 'no space'],
    ['following', 'copy damaged', 'a hole'],
    ['leading', 'state doubted', 'another state hash'],
    ['checking', 'found wrong', 'other rows'],
    ['checking', 'not checked', 'no room'],
    ['recovering', 'not recovered', 'no disk'],
    ['settingAside', 'not set aside', 'no room'],
  ])('that stops serving knows why: %s, %s', (state, event, problem) => {
    expect(visits.get(state)!.answers.get(event)!.context.problem).toBe(problem);
  });
});

const untilStopped = (signal: AbortSignal) =>
  new Promise<LeadOutcome>((resolve) =>
    signal.addEventListener('abort', () => resolve('deposed'), { once: true }),
  );

type Steps = 'recover' | 'check' | 'setAside' | 'join' | 'campaign' | 'lead' | 'seed';

/** What the replica's doings come to, one after the other; then what they usually come to. */
interface Outcomes {
  recover?: ('recovered' | Error)[];
  check?: (CheckOutcome | Error)[];
  setAside?: ('set aside' | Error)[];
  join?: (JoinOutcome | Error)[];
  campaign?: (CampaignOutcome | Error)[];
  lead?: LeadOutcome[];
  seed?: (SeedOutcome | Error)[];
}

/** A replica on a clock of its own. */
function start(outcomes: Outcomes = {}) {
  const clock = new SimulatedClock();
  const done: Steps[] = [];
  const said: string[] = [];
  const next = <T>(step: Steps, list: (T | Error)[] | undefined, usual: T): T => {
    done.push(step);
    const outcome = list?.shift() ?? usual;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const machine = replicaMachine.provide({
    actors: {
      recover: fromPromise<void>(async () => {
        next('recover', outcomes.recover, 'recovered');
      }),
      check: fromPromise(async () => next<CheckOutcome>('check', outcomes.check, { isSound: true })),
      setAside: fromPromise<void>(async () => {
        next('setAside', outcomes.setAside, 'set aside');
      }),
      join: fromPromise(async () => next<JoinOutcome>('join', outcomes.join, 'joined')),
      campaign: fromPromise(async () => next<CampaignOutcome>('campaign', outcomes.campaign, 'lost')),
      lead: fromPromise(async ({ signal }) => {
        done.push('lead');
        return outcomes.lead?.shift() ?? (await untilStopped(signal));
      }),
      seed: fromPromise(async () => next<SeedOutcome>('seed', outcomes.seed, 'failed')),
    },
    actions: {
      announceSilence: () => said.push('silence'),
      announceDoubt: ({ context }) => said.push(`doubt: ${context.problem}`),
      announceProblem: ({ context }) => said.push(`${context.damaged}: ${context.problem}`),
    },
    delays: {
      silence: 400,
      headStart: ({ context }) => 100 * (context.failures + 1),
      seedHeadStart: ({ context }) => 100 * (context.failures + 1),
    },
  });
  const replica = createActor(machine, { clock }).start();
  const reaches = (state: Parameters<Snapshot['matches']>[0]) =>
    waitFor(replica, (snapshot) => snapshot.matches(state), { timeout: 2_000 });
  return { replica, clock, said, done, reaches };
}

async function startFollowing(campaign: (CampaignOutcome | Error)[] = [], outcomes: Outcomes = {}) {
  const started = start({ ...outcomes, campaign });
  await started.reaches('following');
  return started;
}

describe('in time', () => {
  it('a heartbeat restarts the wait for the next one', async () => {
    const { replica, clock, said } = await startFollowing();
    for (let beat = 0; beat < 5; beat++) {
      clock.increment(399);
      replica.send({ type: 'LEADER_HEARD' });
    }
    expect(replica.getSnapshot().value).toBe('following');
    clock.increment(400);
    expect(replica.getSnapshot().value).toEqual({ campaigning: 'waiting' });
    expect(said).toEqual(['silence']);
  });

  it('a resignation is no silence: nobody needs to be told', async () => {
    const { replica, said } = await startFollowing();
    replica.send({ type: 'RESIGNED' });
    expect(replica.getSnapshot().value).toEqual({ campaigning: 'waiting' });
    expect(said).toEqual([]);
  });

  it('each campaign that fails makes the next wait longer, and a win forgets it (P5)', async () => {
    const { replica, clock } = await startFollowing(['lost', new Error('no answer'), 'won']);
    replica.send({ type: 'RESIGNED' });
    for (const failures of [0, 1, 2]) {
      expect(replica.getSnapshot().context.failures).toBe(failures);
      clock.increment(100 * (failures + 1) - 1);
      expect(replica.getSnapshot().value).toEqual({ campaigning: 'waiting' });
      clock.increment(1);
      await waitFor(replica, (snapshot) => !snapshot.matches({ campaigning: 'trying' }));
    }
    expect(replica.getSnapshot().value).toBe('leading');
    expect(replica.getSnapshot().context.failures).toBe(0);
  });

  it('a campaign that the log did not answer is no failure, and is begun anew after a pause (P5)', async () => {
    const { replica, clock } = await startFollowing(['undecided', 'won']);
    replica.send({ type: 'RESIGNED' });
    clock.increment(100);
    await waitFor(replica, (snapshot) => snapshot.matches({ campaigning: 'pausing' }));
    expect(replica.getSnapshot().context.failures).toBe(0);
    clock.increment(100);
    expect(replica.getSnapshot().value).toEqual({ campaigning: 'waiting' });
    clock.increment(100);
    await waitFor(replica, (snapshot) => snapshot.matches('leading'));
  });

  it('leading ends the moment that the replica is damaged', async () => {
    const { replica, clock } = await startFollowing(['won']);
    replica.send({ type: 'RESIGNED' });
    clock.increment(100);
    await waitFor(replica, (snapshot) => snapshot.matches('leading'));
    const [lead] = Object.values(replica.getSnapshot().children);
    replica.send({ type: 'DAMAGED', damaged: 'disk', reason: 'no space' });
    expect(lead!.getSnapshot().status).toBe('stopped');
  });

  it('leading ends the moment that a newer generation is promised (P3)', async () => {
    const { replica, clock, reaches } = await startFollowing(['won']);
    replica.send({ type: 'RESIGNED' });
    clock.increment(100);
    await reaches('leading');
    const [lead] = Object.values(replica.getSnapshot().children);
    replica.send({ type: 'SEALED' });
    expect(lead!.getSnapshot().status).toBe('stopped');
    expect(replica.getSnapshot().value).toEqual({ seeding: 'waiting' });
  });

  it('a leader with too few copies joins again and campaigns without waiting for silence (P5)', async () => {
    const { replica, clock, done, reaches, said } = await startFollowing(['won', 'won'], {
      lead: ['unable'],
    });
    replica.send({ type: 'RESIGNED' });
    clock.increment(100);
    await reaches({ campaigning: 'waiting' });
    clock.increment(100);
    await reaches('leading');
    expect(done.slice(-4)).toEqual(['lead', 'join', 'campaign', 'lead']);
    expect(said).toEqual([]);
  });

  it('a replica that was deposed follows, and is not eager', async () => {
    const { replica, clock, reaches } = await startFollowing(['won'], { lead: ['deposed'] });
    replica.send({ type: 'RESIGNED' });
    clock.increment(100);
    await reaches('following');
    clock.increment(399);
    expect(replica.getSnapshot().value).toBe('following');
  });
});

describe('a replica that hears in the midst of a campaign that the stream lost its end', () => {
  it.each([
    ['has lost', 'lost' as const],
    ['could not tell', 'undecided' as const],
    ['could not be told', new Error('no answer')],
  ])('joins anew when it %s: nobody follows that stream for it any more (P2)', async (_, outcome) => {
    const { replica, clock, done, reaches } = await startFollowing([outcome]);
    replica.send({ type: 'RESIGNED' });
    clock.increment(100);
    replica.send({ type: 'ASTRAY' });
    expect(replica.getSnapshot().value).toEqual({ campaigning: 'trying' });
    await reaches('following');
    expect(done).toEqual(['recover', 'join', 'campaign', 'join']);
  });

  it('leads when it has won: the log was asked', async () => {
    const { replica, clock, reaches } = await startFollowing(['won']);
    replica.send({ type: 'RESIGNED' });
    clock.increment(100);
    replica.send({ type: 'ASTRAY' });
    await reaches('leading');
    expect(replica.getSnapshot().context.isAstray).toBe(false);
  });
});

describe('a replica without a stream', () => {
  it('seeds after its head start, and then campaigns without waiting for silence (P5)', async () => {
    const { clock, done, reaches } = start({ join: ['lost'], seed: ['seeded'], campaign: ['won'] });
    await reaches({ seeding: 'waiting' });
    clock.increment(99);
    expect(done).toEqual(['recover', 'join']);
    clock.increment(1);
    await reaches({ campaigning: 'waiting' });
    clock.increment(100);
    await reaches('leading');
    expect(done).toEqual(['recover', 'join', 'seed', 'join', 'campaign', 'lead']);
  });

  it('waits longer after each seeding that failed', async () => {
    const { replica, clock, reaches } = start({
      join: ['lost'],
      seed: ['failed', new Error('no peer'), 'seeded'],
    });
    await reaches({ seeding: 'waiting' });
    for (const failures of [0, 1, 2]) {
      expect(replica.getSnapshot().context.failures).toBe(failures);
      clock.increment(100 * (failures + 1) - 1);
      expect(replica.getSnapshot().value).toEqual({ seeding: 'waiting' });
      clock.increment(1);
      await waitFor(replica, (snapshot) => !snapshot.matches({ seeding: 'trying' }));
    }
    await reaches({ campaigning: 'waiting' });
  });

  it('looks for a stream again when it should not seed, and follows it without haste', async () => {
    const { replica, clock, done, reaches } = start({ join: ['lost'], seed: ['waiting'] });
    await reaches({ seeding: 'waiting' });
    clock.increment(100);
    await reaches('following');
    expect(done).toEqual(['recover', 'join', 'seed', 'join']);
    expect(replica.getSnapshot().context.failures).toBe(0);
  });

  it('finishes a seeding that has begun, whatever it hears of other streams (P3)', async () => {
    const { replica, clock, reaches } = start({ join: ['lost'], seed: ['seeded'] });
    await reaches({ seeding: 'waiting' });
    clock.increment(100);
    expect(replica.getSnapshot().value).toEqual({ seeding: 'trying' });
    replica.send({ type: 'ASTRAY' });
    expect(replica.getSnapshot().value).toEqual({ seeding: 'trying' });
    await reaches({ campaigning: 'waiting' });
  });
});

describe('a replica whose copy is damaged', () => {
  it('says so, keeps it as evidence and begins a new one (P2)', async () => {
    const { replica, done, said, reaches } = await startFollowing();
    replica.send({ type: 'DAMAGED', damaged: 'copy', reason: 'a hole' });
    expect(replica.getSnapshot().value).toBe('settingAside');
    await reaches('following');
    expect(done).toEqual(['recover', 'join', 'setAside', 'recover', 'join']);
    expect(said).toEqual(['copy: a hole']);
  });

  it('stops serving while it cannot be kept, and tries again', async () => {
    const { replica, clock, said, reaches } = await startFollowing([], { setAside: [new Error('no room')] });
    replica.send({ type: 'DAMAGED', damaged: 'copy', reason: 'a hole' });
    await reaches('frozen');
    clock.increment(5_000);
    await reaches('following');
    expect(said).toEqual(['copy: a hole', 'copy: no room', 'copy: no room']);
  });
});

describe('a replica whose rows are not those of another node', () => {
  const doubted = { type: 'DAMAGED', damaged: 'state', reason: 'another state hash' } as const;

  it('keeps its copy when that is found sound (P2)', async () => {
    const { replica, done, said, reaches } = await startFollowing();
    replica.send(doubted);
    await reaches('following');
    expect(done).toEqual(['recover', 'join', 'check', 'recover', 'join']);
    expect(said).toEqual(['doubt: another state hash']);
  });

  it('gives its copy up when that is found wrong (P2)', async () => {
    const { replica, done, said, reaches } = await startFollowing([], {
      check: [{ isSound: false, reason: 'other rows' }],
    });
    replica.send(doubted);
    await reaches('following');
    expect(done).toEqual(['recover', 'join', 'check', 'setAside', 'recover', 'join']);
    expect(said).toEqual(['doubt: another state hash', 'copy: other rows']);
  });

  it('serves nobody before that could be found out', async () => {
    const { replica, clock, done, reaches } = await startFollowing([], { check: [new Error('no room')] });
    replica.send(doubted);
    await reaches('frozen');
    clock.increment(5_000);
    await reaches('following');
    expect(done).toEqual(['recover', 'join', 'check', 'check', 'recover', 'join']);
  });
});

describe('a frozen replica', () => {
  it('tries its disk again every five seconds, until it works', async () => {
    const { replica, clock, done, reaches } = await startFollowing([], {
      recover: ['recovered', new Error('still full')],
    });
    replica.send({ type: 'DAMAGED', damaged: 'disk', reason: 'no space' });
    clock.increment(4_999);
    expect(replica.getSnapshot().value).toBe('frozen');
    clock.increment(1);
    await reaches('frozen');
    expect(replica.getSnapshot().context.problem).toBe('still full');
    clock.increment(5_000);
    await reaches('following');
    expect(done).toEqual(['recover', 'join', 'recover', 'recover', 'join']);
  });

  it('does not thaw when its log cannot be understood', async () => {
    const { replica, clock, done } = await startFollowing();
    replica.send({ type: 'DAMAGED', damaged: 'log', reason: 'an unheard event' });
    clock.increment(60_000);
    expect(replica.getSnapshot().value).toBe('frozen');
    expect(done).toEqual(['recover', 'join']);
  });
});
