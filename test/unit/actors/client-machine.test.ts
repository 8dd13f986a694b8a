import { expect, it } from 'vitest';
import type { SnapshotFrom } from 'xstate';
import { decideReply } from '../../../src/actors/client/decide.ts';
import { type ClientEvent, clientMachine } from '../../../src/actors/client/machine.ts';
import { possible, walkMachine } from '../../support/walk-machine.ts';

const events: Record<string, ClientEvent> = {
  connected: { type: 'CONNECTED' },
  disconnected: { type: 'DISCONNECTED' },
  'not let in again': { type: 'REFUSED', problem: new Error('logged out') },
  'leader of epoch 1': { type: 'LEADER_FOUND', leader: 'n1', epoch: 1 },
  'leader of epoch 2': { type: 'LEADER_FOUND', leader: 'n2', epoch: 2 },
  'leader lost': { type: 'LEADER_LOST' },
  close: { type: 'CLOSE' },
  ...internal('let in', 'xstate.done.actor.0.client.connecting'),
  ...internal('kept out', 'xstate.error.actor.0.client.connecting', { error: new Error('no') }),
  ...internal('known', 'xstate.done.actor.0.client.authenticating'),
  ...internal('unknown', 'xstate.error.actor.0.client.authenticating', { error: new Error('gone') }),
  ...internal('leader answered', 'xstate.done.actor.0.client.leaderless'),
};

function internal(name: string, type: string, data: object = {}): Record<string, ClientEvent> {
  return { [name]: { type, ...data } as unknown as ClientEvent }; // XState's own events are in no union
}

type Snapshot = SnapshotFrom<typeof clientMachine>;
const stateOf = ({ value }: Snapshot) => String(value);
const keyOf = (snapshot: Snapshot) => `${stateOf(snapshot)} ${snapshot.context.epoch}`;

const found = { 'leader of epoch 1': 'ready', 'leader of epoch 2': 'ready' };

/** Every event that is possible in a state and where it leads; what is not listed is not heard. */
const table: Record<string, Record<string, string>> = {
  connecting: { 'let in': 'authenticating', 'kept out': 'closed', close: 'closed' },
  disconnected: { connected: 'authenticating', 'not let in again': 'closed', close: 'closed' },
  authenticating: { known: 'leaderless', unknown: 'closed', disconnected: 'disconnected', close: 'closed' },
  leaderless: { ...found, 'leader answered': 'ready', disconnected: 'disconnected', close: 'closed' },
  ready: { ...found, 'leader lost': 'leaderless', disconnected: 'disconnected', close: 'closed' },
  closed: {},
};

it('in every state hears the events of the table and no others (P6)', () => {
  const visits = walkMachine(clientMachine, events, keyOf);
  const states = new Set([...visits.values()].map(({ snapshot }) => stateOf(snapshot)));
  expect([...states].sort()).toEqual(Object.keys(table).sort());
  for (const visit of visits.values()) {
    const expected = { ...table[stateOf(visit.snapshot)] };
    if (visit.snapshot.context.epoch === 2) delete expected['leader of epoch 1']; // older news than what is known
    expect(possible(visit, stateOf), keyOf(visit.snapshot)).toEqual(expected);
  }
});

it('never believes news of an epoch older than the one it knows', () => {
  for (const { snapshot, answers } of walkMachine(clientMachine, events, keyOf).values()) {
    for (const next of answers.values())
      if (next) expect(next.context.epoch).toBeGreaterThanOrEqual(snapshot.context.epoch);
  }
});

it('settles what was answered, resends what was not decided, fails what can never be taken', () => {
  expect(decideReply({ clock: 1, answers: [] })).toEqual({ do: 'settle' });
  expect(decideReply({ clock: 1, resend: true })).toEqual({ do: 'resend', afterMs: 0, isCertain: false });
  expect(decideReply({ clock: 1, refused: { code: 'not-now', message: '' } })).toMatchObject({
    do: 'resend',
  });
  const slower = { code: 'slow-down', message: '', retryAfterMs: 700 };
  for (const answers of [undefined, [], [{ id: 'm-1', position: 1 }]])
    expect(decideReply({ clock: 1, answers, refused: slower })).toEqual({
      do: 'resend',
      afterMs: 700,
      isCertain: true,
    });
  expect(decideReply({ clock: 1, refused: { code: 'malformed', message: 'no' } })).toEqual({
    do: 'fail',
    code: 'malformed',
    message: 'no',
  });
});
