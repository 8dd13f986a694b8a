import { beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../../src/events/domain.ts';
import { engagements, matches, openMatches, results } from '../../../../src/projections/tables.ts';
import { type Told, World } from '../../../support/world.ts';

let world: World;
let alice: string;
let bob: string;
let carol: string;

beforeEach(() => {
  world = new World();
  [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => world.register(name)) as [
    string,
    string,
    string,
  ];
});

function opened(
  by: string,
  told: Omit<Extract<Told, { type: 'OpenMatch' }>, 'type' | 'points'>,
  points = 3,
): string {
  const event = world.tell(by, { type: 'OpenMatch', ...told, points });
  if (event.type !== 'MatchOpened') throw new Error(JSON.stringify(event));
  return event.data.match;
}

function played(points = 3): string {
  const match = opened(alice, { name: 'Bob' }, points);
  world.tell(bob, { type: 'JoinMatch', match });
  for (const user of [alice, bob]) world.tell(user, { type: 'ReadyForMatch', match });
  return match;
}

const stateOf = (match: string) => matches.get(world.rows, match)!;
const codeOf = (event: DomainEvent) => (event.type === 'CommandRefused' ? event.data.code : event.type);

describe('a match is opened', () => {
  it('against a user, who may join it or not', () => {
    const match = opened(alice, { name: 'BOB' });
    expect(stateOf(match)).toMatchObject({ state: 'lobby', players: [alice, bob], joined: [true, false] });
    expect(codeOf(world.tell(bob, { type: 'ReadyForMatch', match }))).toBe('not-possible');
    expect(codeOf(world.tell(bob, { type: 'DeclineMatch', match }))).toBe('MatchEnded');
    expect(codeOf(world.tell(bob, { type: 'JoinMatch', match }))).toBe('not-possible');
    expect(stateOf(match)).toMatchObject({ state: 'over', reason: 'declined', winner: null });
  });

  it('against a bot, which is always ready', () => {
    const match = opened(alice, { bot: 'hard' });
    expect(codeOf(world.tell(alice, { type: 'ReadyForMatch', match }))).toBe('PlayerReady');
    expect(stateOf(match).state).toBe('countdown');
  });

  it.each([
    ['nobody there', { name: 'dave' }, 'unknown-user'],
    ['oneself', { name: 'Alice' }, 'to-yourself'],
  ])('not against %s', (_, against, code) => {
    expect(codeOf(world.tell(alice, { type: 'OpenMatch', ...against, points: 3 }))).toBe(code);
  });

  it('as often as one can play, and not more; to be invited takes nothing from anybody', () => {
    for (let count = 0; count < 4; count++) played();
    expect(codeOf(world.tell(alice, { type: 'OpenMatch', bot: 'easy', points: 1 }))).toBe('too-many-matches');
    expect(engagements.get(world.rows, carol)).toBeUndefined();
    expect(codeOf(world.tell(bob, { type: 'OpenMatch', name: 'carol', points: 1 }))).toBe('too-many-matches');
    opened(carol, { bot: 'easy' });
  });

  it('by nobody of whom two wait already, and by nobody against whom everybody invites', () => {
    const invite = () => world.tell(alice, { type: 'OpenMatch', name: 'bob', points: 3 });
    const [first] = [opened(alice, { name: 'bob' }), opened(alice, { bot: 'easy' })];
    expect(codeOf(invite())).toBe('too-many-matches');
    world.tell(alice, { type: 'DeclineMatch', match: first });
    for (let count = 1; count < 6; count++)
      world.tell(alice, { type: 'DeclineMatch', match: opened(alice, { name: 'bob' }) });
    expect(codeOf(invite())).toBe('too-many-matches');
    expect(codeOf(world.tell(carol, { type: 'OpenMatch', name: 'alice', points: 3 }))).toBe('MatchOpened');
    world.wait(10_000);
    expect(codeOf(invite())).toBe('MatchOpened');
  });

  it('for an hour: then it ends, and nobody has won', () => {
    const match = played();
    world.wait(3_599_999);
    world.tellMatch(match, { type: 'RecordPlay', to: 300, play: '' });
    expect(codeOf(world.tellMatch(match, { type: 'Expire' }))).toBe('not-possible');
    world.wait(1);
    world.tellMatch(match, { type: 'Expire' });
    expect(stateOf(match)).toMatchObject({ state: 'over', reason: 'expired', winner: null });
  });

  it('by nobody whose account is deleted, and what they were in is lost', () => {
    const match = played();
    world.tellMatch(match, { type: 'RecordPlay', to: 300, play: '' });
    world.deleteAccount(bob);
    expect(stateOf(match)).toMatchObject({ state: 'over', reason: 'forfeit', winner: 0 });
    expect(codeOf(world.tell(bob, { type: 'OpenMatch', bot: 'easy', points: 1 }))).toBe('not-logged-in');
    expect(openMatches.get(world.rows)).toEqual([]);
  });
});

describe('a match of others', () => {
  it.each(['JoinMatch', 'DeclineMatch', 'ReadyForMatch', 'PauseMatch', 'ForfeitMatch', 'Rematch'] as const)(
    'is none of theirs who do not play in it: %s (P9)',
    (type) => {
      const match = played();
      const before = stateOf(match);
      expect(codeOf(world.tell(carol, { type, match }))).toBe('unknown-match');
      expect(codeOf(world.tell(carol, { type, match: 'p-none' }))).toBe('unknown-match');
      expect(stateOf(match)).toEqual(before);
    },
  );
});

describe('play', () => {
  it('is paused three times by each at most, and goes on when both are ready', () => {
    const match = played();
    for (let pause = 0; pause < 3; pause++) {
      expect(codeOf(world.tell(alice, { type: 'PauseMatch', match }))).toBe('MatchPaused');
      for (const user of [alice, bob]) world.tell(user, { type: 'ReadyForMatch', match });
    }
    expect(codeOf(world.tell(alice, { type: 'PauseMatch', match }))).toBe('not-possible');
    expect(codeOf(world.tell(bob, { type: 'PauseMatch', match }))).toBe('MatchPaused');
  });

  it('is lost by whoever does not come back in time, and by nobody where nobody waits', () => {
    const [one, two] = [played(), played()];
    for (const match of [one, two]) {
      world.tellMatch(match, { type: 'RecordPlay', to: 60, play: '' });
      world.tellMatch(match, { type: 'SendAway', player: bob });
    }
    world.wait(59_999);
    world.tell(alice, { type: 'ReadyForMatch', match: one });
    expect(codeOf(world.tellMatch(one, { type: 'Expire' }))).toBe('not-possible');
    world.wait(1);
    for (const match of [one, two]) world.tellMatch(match, { type: 'Expire' });
    expect(stateOf(one)).toMatchObject({ state: 'over', reason: 'forfeit', winner: 0 });
    expect(stateOf(two)).toMatchObject({ state: 'over', reason: 'expired', winner: null });
    expect(results.get(world.rows, alice, bob)).toEqual({ won: 1, lost: 0 });
    expect(results.get(world.rows, bob, alice)).toEqual({ won: 0, lost: 1 });
  });

  it('counts each point once, at the tick where it stands', () => {
    const match = played(2);
    const score = (to: number) => codeOf(world.tellMatch(match, { type: 'ScorePoint', to, play: '', by: 1 }));
    expect(score(100)).toBe('PointScored');
    expect(score(100)).toBe('not-possible');
    expect(score(99)).toBe('not-possible');
    expect(score(200)).toBe('PointScored');
    expect(score(300)).toBe('not-possible');
    expect(stateOf(match)).toMatchObject({ state: 'over', score: [0, 2], winner: 1, tick: 200 });
  });
});

describe('a rematch', () => {
  it('is opened by who asks first and joined by who asks second, with the same sides', () => {
    const match = played(1);
    expect(codeOf(world.tell(bob, { type: 'Rematch', match }))).toBe('not-possible');
    world.tellMatch(match, { type: 'ScorePoint', to: 100, play: '', by: 0 });
    const first = world.tell(bob, { type: 'Rematch', match });
    expect(codeOf(world.tell(bob, { type: 'Rematch', match }))).toBe('not-possible');
    const second = world.tell(alice, { type: 'Rematch', match });
    const next = first.type === 'MatchOpened' ? first.data.match : '';
    expect(second).toMatchObject({ type: 'MatchJoined', data: { match: next, player: alice } });
    expect(stateOf(next)).toMatchObject({ players: [alice, bob], joined: [true, true], continues: match });
  });
});
