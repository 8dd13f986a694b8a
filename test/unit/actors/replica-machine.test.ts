import { describe, expect, it } from 'vitest';
import { createActor, fromPromise, SimulatedClock, type SnapshotFrom, waitFor } from 'xstate';
import {
  type CampaignOutcome,
  type ReplicaEvent,
  replicaMachine,
} from '../../../src/actors/replica/machine.ts';
import { possible, walkMachine } from '../../support/walk-machine.ts';

/** What the machine is told by the world, and by what it invoked or waited for. */
const events: Record<string, ReplicaEvent> = {
  connected: { type: 'CONNECTED' },
  disconnected: { type: 'DISCONNECTED' },
  'leader heard': { type: 'LEADER_HEARD' },
  resigned: { type: 'RESIGNED' },
  damaged: { type: 'DAMAGED', reason: 'a hole' },
  stop: { type: 'STOP' },
  ...internal('recovered', 'xstate.done.actor.0.replica.recovering'),
  ...internal('not recovered', 'xstate.error.actor.0.replica.recovering', { error: new Error('no disk') }),
  ...internal('joined', 'xstate.done.actor.0.replica.catchingUp'),
  ...internal('not joined', 'xstate.error.actor.0.replica.catchingUp', { error: new Error('no stream') }),
  ...internal('won', 'xstate.done.actor.0.replica.campaigning.trying', { output: 'won' }),
  ...internal('lost', 'xstate.done.actor.0.replica.campaigning.trying', { output: 'lost' }),
  ...internal('campaign failed', 'xstate.error.actor.0.replica.campaigning.trying', {
    error: new Error('no bus'),
  }),
  ...internal('deposed', 'xstate.done.actor.0.replica.leading'),
  ...internal('leading failed', 'xstate.error.actor.0.replica.leading', { error: new Error('no bus') }),
  ...internal('retry due', 'xstate.after.retry.replica.retrying'),
  ...internal('silence', 'xstate.after.silence.replica.following'),
  ...internal('head start over', 'xstate.after.headStart.replica.campaigning.waiting'),
};

function internal(name: string, type: string, data: object = {}): Record<string, ReplicaEvent> {
  return { [name]: { type, ...data } as unknown as ReplicaEvent }; // XState's own events are in no union
}

type Snapshot = SnapshotFrom<typeof replicaMachine>;

/** Failures only count: two are as many as more. */
function nameOf({ value, context }: Snapshot): string {
  const name = typeof value === 'string' ? value : Object.entries(value).flat().join('.');
  return context.failures > 0 ? `${name} after failures` : name;
}

const always = { damaged: 'frozen', stop: 'stopped' };

/** Every event that is possible in a state and where it leads; what is not listed is not heard. */
const table: Record<string, Record<string, string>> = {
  recovering: { ...always, recovered: 'catchingUp', 'not recovered': 'frozen' },
  disconnected: { ...always, connected: 'catchingUp' },
  catchingUp: { ...always, joined: 'following', 'not joined': 'retrying', disconnected: 'disconnected' },
  retrying: { ...always, 'retry due': 'catchingUp', disconnected: 'disconnected' },
  following: {
    ...always,
    'leader heard': 'following',
    silence: 'campaigning.waiting',
    resigned: 'campaigning.waiting',
    disconnected: 'disconnected',
  },
  'campaigning.waiting': {
    ...always,
    'head start over': 'campaigning.trying',
    'leader heard': 'following',
    disconnected: 'disconnected',
  },
  'campaigning.trying': {
    ...always,
    won: 'leading',
    lost: 'campaigning.waiting after failures',
    'campaign failed': 'campaigning.waiting after failures',
    disconnected: 'disconnected',
  },
  leading: { ...always, deposed: 'catchingUp', 'leading failed': 'catchingUp' },
  frozen: { ...always },
  stopped: {},
};

/** A replica that lost campaigns goes the same ways and remembers that it lost, until it wins or hears a leader. */
function afterFailures(row: Record<string, string>): Record<string, string> {
  const forgets = new Set(['won', 'leader heard']);
  return Object.fromEntries(
    Object.entries(row).map(([event, to]) => [
      event,
      forgets.has(event) || to.endsWith('failures') ? to : `${to} after failures`,
    ]),
  );
}

const neverAfterFailures = ['recovering', 'leading'];
const wholeTable = {
  ...table,
  ...Object.fromEntries(
    Object.entries(table)
      .filter(([name]) => !neverAfterFailures.includes(name))
      .map(([name, row]) => [`${name} after failures`, afterFailures(row)]),
  ),
};

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

  it('that is frozen knows why', () => {
    expect(visits.get('following')!.answers.get('damaged')!.context.problem).toBe('a hole');
    expect(visits.get('recovering')!.answers.get('not recovered')!.context.problem).toContain('no disk');
  });
});

const untilStopped = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

/** A replica on a clock of its own, that follows; campaigns end as told. */
async function startFollowing(outcomes: (CampaignOutcome | Error)[] = []) {
  const clock = new SimulatedClock();
  const said: string[] = [];
  const machine = replicaMachine.provide({
    actors: {
      campaign: fromPromise(async () => {
        const outcome = outcomes.shift() ?? 'lost';
        if (outcome instanceof Error) throw outcome;
        return outcome;
      }),
      lead: fromPromise(({ signal }) => untilStopped(signal)),
    },
    actions: { announceSilence: () => said.push('silence') },
    delays: { silence: 400, headStart: ({ context }) => 100 * (context.failures + 1) },
  });
  const replica = createActor(machine, { clock }).start();
  await waitFor(replica, (snapshot) => snapshot.matches('following'));
  return { replica, clock, said };
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

  it('leading ends the moment that the replica is damaged', async () => {
    const { replica, clock } = await startFollowing(['won']);
    replica.send({ type: 'RESIGNED' });
    clock.increment(100);
    await waitFor(replica, (snapshot) => snapshot.matches('leading'));
    const [lead] = Object.values(replica.getSnapshot().children);
    replica.send({ type: 'DAMAGED', reason: 'a hole' });
    expect(lead!.getSnapshot().status).toBe('stopped');
  });
});
