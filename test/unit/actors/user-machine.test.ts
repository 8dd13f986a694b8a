import { describe, expect, it } from 'vitest';
import type { SnapshotFrom } from 'xstate';
import { userMachine } from '../../../src/actors/user/machine.ts';
import type { UserEvent } from '../../../src/actors/user/state.ts';
import { possible, walkMachine } from '../../support/walk-machine.ts';

const user = 'u-1';
const event = <T extends UserEvent['type']>(type: T, data: object) =>
  ({ type, at: 1, data: { user, ...data } }) as UserEvent;

const events = {
  registers: event('UserRegistered', {
    name: 'Alice',
    skeletons: ['alice'],
    passwordHash: 'p1',
    recoveryHash: 'r1',
  }),
  'logs in with t': event('LoggedIn', { tokenHash: 't', expiresAt: 2 }),
  'logs out of t': event('LoggedOut', { tokenHash: 't' }),
  'logs out everywhere': event('LoggedOutEverywhere', {}),
  'logs out of another': event('LoggedOut', { tokenHash: 'x' }),
  'changes the password, keeping t': event('PasswordChanged', { passwordHash: 'p2', keptTokenHash: 't' }),
  'changes the password, keeping none': event('PasswordChanged', { passwordHash: 'p1', keptTokenHash: 'x' }),
  'is hashed anew': event('PasswordRehashed', { passwordHash: 'p2' }),
  'is recovered': event('AccountRecovered', { passwordHash: 'p2', recoveryHash: 'r1' }),
  'client a comes': event('CameOnline', { client: 'a' }),
  'client b comes': event('CameOnline', { client: 'b' }),
  'client a goes': event('WentOffline', { client: 'a' }),
  'client b goes': event('WentOffline', { client: 'b' }),
  'is shown 0': event('ItemsShown', { upTo: 0 }),
  'is shown up to 3': event('ItemsShown', { upTo: 3 }),
  'is shown up to 5': event('ItemsShown', { upTo: 5 }),
  'is deleted': event('AccountDeleted', {}),
} satisfies Record<string, UserEvent>;

type EventName = keyof typeof events;
type Snapshot = SnapshotFrom<typeof userMachine>;

/** What tells one state of an account from another; `client a, client b` and `token` are what it has. */
function aspectsOf({ value, context }: Snapshot): string[] {
  const life = typeof value === 'string' ? value : `registered ${value.registered}`;
  const clients = [...context.clients].sort().map((client) => `client ${client}`);
  return [
    ...life.split(' '),
    ...context.logIns.map(() => 'token'),
    ...clients,
    `shown ${context.shown}`,
    context.passwordHash,
  ];
}

const nameOf = (snapshot: Snapshot) => aspectsOf(snapshot).join(', ');

/** An event is possible in just those states that have all the aspects named, and none of those with a minus. */
const possibleIn: Record<EventName, string[]> = {
  registers: ['unregistered'],
  'logs in with t': ['registered', '-token'],
  'logs out of t': ['registered', 'token'],
  'logs out everywhere': ['registered'],
  'logs out of another': ['nowhere'],
  'changes the password, keeping t': ['registered'],
  'changes the password, keeping none': ['registered'],
  'is hashed anew': ['registered'],
  'is recovered': ['registered'],
  'client a comes': ['registered', '-client a'],
  'client b comes': ['registered', '-client b'],
  'client a goes': ['client a'],
  'client b goes': ['client b'],
  'is shown 0': ['nowhere'],
  'is shown up to 3': ['registered', '-shown 3', '-shown 5'],
  'is shown up to 5': ['registered', '-shown 5'],
  'is deleted': ['registered'],
};

/** What an event gives (or takes, with a minus); everything else stays as it was. */
const effects: Partial<Record<EventName, string[]>> = {
  registers: ['-unregistered', 'registered', 'offline', 'p1'],
  'logs in with t': ['token'],
  'logs out of t': ['-token'],
  'logs out everywhere': ['-token'],
  'changes the password, keeping t': ['p2', '-p1'],
  'changes the password, keeping none': ['p1', '-p2', '-token'],
  'is hashed anew': ['p2', '-p1'],
  'is recovered': ['p2', '-p1', '-token'],
  'client a comes': ['client a', 'online', '-offline'],
  'client b comes': ['client b', 'online', '-offline'],
  'client a goes': ['-client a'],
  'client b goes': ['-client b'],
  'is shown up to 3': ['-shown 0', 'shown 3'],
  'is shown up to 5': ['-shown 0', '-shown 3', 'shown 5'],
  'is deleted': [
    'deleted',
    '-registered',
    '-online',
    '-offline',
    '-token',
    '-client a',
    '-client b',
    '-p1',
    '-p2',
  ],
};

const visits = [...walkMachine(userMachine, events, nameOf).values()];

function changed(aspects: readonly string[], name: EventName): string[] {
  const effect = effects[name] ?? [];
  const kept = aspects.filter((aspect) => aspect !== '' && !effect.includes(`-${aspect}`));
  const after = new Set([...kept, ...effect.filter((aspect) => !aspect.startsWith('-'))]);
  if (after.has('registered') && !after.has('client a') && !after.has('client b')) {
    after.delete('online');
    after.add('offline');
  }
  return [...after].sort();
}

describe('a user', () => {
  it('can be in every combination of online, token, shown and password, before that unregistered, at last deleted', () => {
    const clients = ['offline', 'online, client a', 'online, client b', 'online, client a, client b'];
    const registered = clients.flatMap((which) =>
      ['', 'token, '].flatMap((token) =>
        [0, 3, 5].flatMap((shown) => ['p1', 'p2'].map((hash) => ({ which, token, shown, hash }))),
      ),
    );
    const names = registered.map(({ which, token, shown, hash }) => {
      const [life, ...attached] = which.split(', ');
      return ['registered', life, ...(token ? ['token'] : []), ...attached, `shown ${shown}`, hash].join(
        ', ',
      );
    });
    const deleted = [0, 3, 5].map((shown) => `deleted, shown ${shown}, `);
    expect(visits.map(({ snapshot }) => nameOf(snapshot)).sort()).toEqual(
      ['unregistered, shown 0, ', ...names, ...deleted].sort(),
    );
  });

  it.each(Object.entries(possibleIn))('%s where this holds, and nowhere else: %j', (name, aspects) => {
    for (const visit of visits) {
      const own = aspectsOf(visit.snapshot);
      const holds = aspects.every((aspect) =>
        aspect[0] === '-' ? !own.includes(aspect.slice(1)) : own.includes(aspect),
      );
      expect(name in possible(visit, nameOf), nameOf(visit.snapshot)).toBe(holds);
    }
  });

  it.each(Object.keys(effects) as EventName[])('%s: that changes just what it says', (name) => {
    for (const { snapshot, answers } of visits) {
      const next = answers.get(name);
      if (!next) continue;
      const after = aspectsOf(next).filter((aspect) => aspect !== '');
      expect(after.sort(), `${name} when ${nameOf(snapshot)}`).toEqual(changed(aspectsOf(snapshot), name));
    }
  });

  it('is in the state that its folded row says, wherever it is', () => {
    for (const { snapshot } of visits) {
      const { value, context } = snapshot;
      expect(context.state).toBe(typeof value === 'string' ? value : value.registered);
    }
  });

  it('keeps nothing of what it was when deleted, but its id, its past and what it was shown', () => {
    for (const { snapshot } of visits) {
      if (snapshot.value !== 'deleted') continue;
      const { id, registeredAt, shown: _, state: __, ...rest } = snapshot.context;
      expect({ id, registeredAt }).toEqual({ id: user, registeredAt: 1 });
      expect(rest).toEqual({
        name: '',
        skeletons: [],
        seenAt: 0,
        passwordHash: '',
        recoveryHash: '',
        logIns: [],
        clients: [],
      });
    }
  });
});
