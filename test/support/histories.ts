/** Arbitrary histories of a small chat, every one of them possible: what people try is decided by the real actors. */
import fc from 'fast-check';
import { canonicalName } from '../../src/events/names.ts';
import { matches, names } from '../../src/projections/tables.ts';
import { sessionGapMs, World } from './world.ts';

const people = ['Alice', 'bob', 'Çelik'];
const person = fc.nat({ max: people.length - 1 });
const token = fc.constantFrom('t1', 't2');
const client = fc.constantFrom('a', 'b');
const verified = fc.constantFrom('p1', 'p1', 'p2', null);

const inMatch = fc.constantFrom(
  'JoinMatch' as const,
  'DeclineMatch' as const,
  'ReadyForMatch' as const,
  'ReadyForMatch' as const,
  'PauseMatch' as const,
  'ForfeitMatch' as const,
  'Rematch' as const,
);
const ofMatch = fc.constantFrom('RecordPlay', 'ScorePoint', 'SendAway', 'Expire');

type Step = (world: World, life: Life) => void;

/** Who is who by now: a name that was deleted and registered again is somebody else. */
interface Life {
  idOf(who: number): string;
  isThere(who: number): boolean;
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: person.map(
      (who): Step =>
        (world) =>
          register(world, who),
    ),
  },
  { weight: 2, arbitrary: fc.tuple(person, verified, token).map(logIn) },
  { weight: 1, arbitrary: fc.tuple(person, token).map(logOut) },
  { weight: 1, arbitrary: fc.tuple(person, fc.constantFrom('r1', 'r2')).map(recover) },
  { weight: 1, arbitrary: fc.tuple(person, token).map(logOutEverywhere) },
  { weight: 1, arbitrary: fc.tuple(person, verified, token).map(changePassword) },
  { weight: 3, arbitrary: fc.tuple(person, client, fc.boolean()).map(comeOrGo) },
  { weight: 8, arbitrary: fc.tuple(person, person, fc.string()).map(post) },
  { weight: 2, arbitrary: fc.tuple(person, fc.nat({ max: 60 })).map(markShown) },
  { weight: 2, arbitrary: person.map(deleteAccount) },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 2 * sessionGapMs }).map(
      (ms): Step =>
        (world) =>
          world.wait(ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('n1', 'n2').map(
      (node): Step =>
        (world) =>
          world.elect(node),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 2).map(
      (copies): Step =>
        (world) =>
          world.changeCopies(copies, copies === 1 ? ['n2', 'n3'] : []),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>(openForAll) },
  { weight: 2, arbitrary: fc.tuple(person, fc.nat({ max: 9 })).map(postToSession) },
  { weight: 1, arbitrary: fc.tuple(fc.nat({ max: 9 }), fc.boolean()).map(quietOrClose) },
  { weight: 2, arbitrary: fc.tuple(person, fc.subarray(people, { minLength: 1 })).map(openGroup) },
  { weight: 3, arbitrary: fc.tuple(person, person, fc.nat({ max: 9 })).map(invite) },
  { weight: 2, arbitrary: fc.tuple(person, fc.nat({ max: 9 })).map(leave) },
  { weight: 1, arbitrary: fc.tuple(person, fc.nat({ max: 9 }), fc.constantFrom('', 'tea')).map(setTopic) },
  {
    weight: 2,
    arbitrary: fc.tuple(person, fc.nat({ max: 9 }), fc.integer({ min: 1, max: 60 })).map(markRead),
  },
  { weight: 2, arbitrary: fc.tuple(person, fc.option(person), fc.constantFrom(1, 2)).map(openMatch) },
  { weight: 1, arbitrary: fc.tuple(person, person).map(playMatch) },
  { weight: 6, arbitrary: fc.tuple(person, fc.nat({ max: 9 }), inMatch).map(tellMatch) },
  { weight: 4, arbitrary: fc.tuple(person, fc.nat({ max: 9 }), ofMatch).map(conductMatch) },
);

/** A world in which some people have lived a while. */
export const anyWorld: fc.Arbitrary<World> = fc.array(steps, { maxLength: 80, size: 'max' }).map((list) => {
  const world = new World();
  const ids = people.map((_, who) => register(world, who));
  const life: Life = {
    idOf: (who) => {
      ids[who] = idByName(world, who) ?? ids[who]!;
      return ids[who];
    },
    isThere: (who) => idByName(world, who) !== undefined,
  };
  for (const step of list) step(world, life);
  return world;
});

function idByName(world: World, who: number): string | undefined {
  return names.get(world.rows, canonicalName(people[who]!));
}

function register(world: World, who: number): string {
  const event = world.tell(`g-${who}`, {
    type: 'Register',
    name: people[who]!,
    passwordHash: 'p1',
    recoveryHash: 'r1',
  });
  return event.type === 'UserRegistered' ? event.data.user : '';
}

function logIn([who, verifiedAgainst, tokenHash]: [number, string | null, string]): Step {
  return (world) =>
    world.tell(`g-${who}`, {
      type: 'LogIn',
      name: people[who]!,
      verifiedAgainst,
      tokenHash: `${who}${tokenHash}`,
      ...(tokenHash === 't2' ? { passwordHash: 'p1' } : {}), // hashed anew
    });
}

function logOutEverywhere([who, tokenHash]: [number, string]): Step {
  return (world, { idOf }) =>
    world.tell(idOf(who), { type: 'LogOutEverywhere', tokenHash: `${who}${tokenHash}` });
}

function recover([who, recoveredBy]: [number, string]): Step {
  const next = { passwordHash: 'p1', recoveryHash: recoveredBy === 'r1' ? 'r2' : 'r1' };
  return (world) => world.tell(`g-${who}`, { type: 'Recover', name: people[who]!, recoveredBy, ...next });
}

function logOut([who, tokenHash]: [number, string]): Step {
  return (world, { idOf }) => world.tell(idOf(who), { type: 'LogOut', tokenHash: `${who}${tokenHash}` });
}

function changePassword([who, verifiedAgainst, tokenHash]: [number, string | null, string]): Step {
  const passwordHash = verifiedAgainst === 'p1' ? 'p2' : 'p1';
  return (world, { idOf }) =>
    world.tell(idOf(who), {
      type: 'ChangePassword',
      verifiedAgainst,
      passwordHash,
      tokenHash: `${who}${tokenHash}`,
    });
}

function comeOrGo([who, name, comes]: [number, string, boolean]): Step {
  return (world, { idOf }) => world.tell(idOf(who), { type: comes ? 'ComeOnline' : 'GoOffline' }, name);
}

function post([from, to, text]: [number, number, string]): Step {
  return (world, { idOf }) => world.tell(idOf(from), { type: 'PostMessage', to: people[to]!, text });
}

function markShown([who, upTo]: [number, number]): Step {
  return (world, { idOf }) => world.tell(idOf(who), { type: 'MarkShown', upTo });
}

function deleteAccount(who: number): Step {
  return (world, { idOf }) => world.deleteAccount(idOf(who));
}

function openForAll(world: World, { idOf, isThere }: Life): void {
  const there = people.flatMap((_, who) => (isThere(who) ? idOf(who) : []));
  if (there.length > 1) world.open(there);
}

function postToSession([who, which]: [number, number]): Step {
  return onSession(which, (world, session, { idOf, isThere }) => {
    if (isThere(who)) world.tellSession(session, { type: 'PostMessage', from: idOf(who), text: 'to all' });
    world.tell(idOf(who), { type: 'PostMessage', session, text: 'there' });
  });
}

function openGroup([who, members]: [number, string[]]): Step {
  return (world, { idOf }) => world.tell(idOf(who), { type: 'OpenGroup', members, topic: 'lunch' });
}

function invite([by, who, which]: [number, number, number]): Step {
  return onSession(which, (world, session, { idOf }) =>
    world.tell(idOf(by), { type: 'Invite', session, name: people[who]! }),
  );
}

function leave([who, which]: [number, number]): Step {
  return onSession(which, (world, session, { idOf }) =>
    world.tell(idOf(who), { type: 'LeaveGroup', session }),
  );
}

function setTopic([who, which, topic]: [number, number, string]): Step {
  return onSession(which, (world, session, { idOf }) =>
    world.tell(idOf(who), { type: 'SetTopic', session, topic }),
  );
}

function markRead([who, which, upTo]: [number, number, number]): Step {
  return onSession(which, (world, session, { idOf }) =>
    world.tell(idOf(who), { type: 'MarkRead', session, upTo }),
  );
}

function openMatch([by, against, points]: [number, number | null, number]): Step {
  const opponent = against === null ? { bot: 'hard' as const } : { name: people[against]! };
  return (world, { idOf }) => world.tell(idOf(by), { type: 'OpenMatch', ...opponent, points });
}

/** Two who want to play. */
function playMatch([by, against]: [number, number]): Step {
  return (world, { idOf }) => {
    const opened = world.tell(idOf(by), { type: 'OpenMatch', name: people[against]!, points: 2 });
    if (opened.type !== 'MatchOpened') return;
    const { match } = opened.data;
    world.tell(idOf(against), { type: 'JoinMatch', match });
    for (const who of [by, against]) world.tell(idOf(who), { type: 'ReadyForMatch', match });
  };
}

type InMatch = 'JoinMatch' | 'DeclineMatch' | 'ReadyForMatch' | 'PauseMatch' | 'ForfeitMatch' | 'Rematch';

function tellMatch([who, which, type]: [number, number, InMatch]): Step {
  return onMatch(which, (world, match, { idOf }) => world.tell(idOf(who), { type, match }));
}

function conductMatch([who, which, type]: [number, number, string]): Step {
  return onMatch(which, (world, match, { idOf }) => {
    const to = (matches.get(world.rows, match)?.tick ?? 0) + 60;
    if (type === 'RecordPlay') world.tellMatch(match, { type, to, play: '' });
    else if (type === 'ScorePoint') world.tellMatch(match, { type, to, play: '', by: who === 0 ? 0 : 1 });
    else if (type === 'SendAway') world.tellMatch(match, { type, player: idOf(who) });
    else {
      world.wait(10 * 60_000);
      world.tellMatch(match, { type: 'Expire' });
    }
  });
}

function quietOrClose([which, quiet]: [number, boolean]): Step {
  return onSession(which, (world, session) => {
    world.tellSession(
      session,
      quiet ? { type: 'QuietSession' } : { type: 'CloseSession', reason: 'deleted' },
    );
  });
}

/** Does something with one of the sessions that there are, if any. */
function onSession(which: number, act: (world: World, session: string, life: Life) => unknown): Step {
  return (world, life) => {
    const all = world.stored.flatMap(({ event }) =>
      event.type === 'SessionOpened' || event.type === 'GroupOpened' ? event.data.session : [],
    );
    const session = all[which % Math.max(all.length, 1)];
    if (session !== undefined) act(world, session, life);
  };
}

/** The same with one of the matches, the latest ones first. */
function onMatch(which: number, act: (world: World, match: string, life: Life) => unknown): Step {
  return (world, life) => {
    const all = world.stored.flatMap(({ event }) => (event.type === 'MatchOpened' ? event.data.match : []));
    const match = all.at(-1 - (which % Math.max(all.length, 1)));
    if (match !== undefined) act(world, match, life);
  };
}
