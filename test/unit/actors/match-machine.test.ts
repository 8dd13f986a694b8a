import { describe, expect, it } from 'vitest';
import { matchMachine } from '../../../src/actors/match/machine.ts';
import type { MatchEvent } from '../../../src/actors/match/state.ts';
import type { EventData } from '../../../src/events/domain.ts';
import { possible, walkMachine } from '../../support/walk-machine.ts';

const match = 'p-1';
const opening = { match, by: 'u-a', bot: null, points: 2, rules: 1, seed: 7, continues: null } as const;

function of<T extends MatchEvent['type']>(type: T, data: Omit<EventData<T>, 'match'>): MatchEvent {
  return { type, at: 1, data: { match, ...data } } as unknown as MatchEvent; // type and data go together
}

/** The tick is the next one wherever it is sent: machines are walked with events that do not know where they come. */
const events = {
  'opened for two': of('MatchOpened', { ...opening, players: ['u-a', 'u-b'] }),
  'opened against a bot': of('MatchOpened', { ...opening, players: ['u-a', null], bot: 'easy' }),
  'opened against oneself': of('MatchOpened', { ...opening, players: ['u-a', 'u-a'] }),
  'joined by the other': of('MatchJoined', { player: 'u-b' }),
  'joined by who opened it': of('MatchJoined', { player: 'u-a' }),
  'joined by a stranger': of('MatchJoined', { player: 'u-x' }),
  'a is ready': of('PlayerReady', { player: 'u-a' }),
  'b is ready': of('PlayerReady', { player: 'u-b' }),
  'a stranger is ready': of('PlayerReady', { player: 'u-x' }),
  'play to 60': of('PlayRecorded', { to: 60, play: '' }),
  'a scores at 90': of('PointScored', { to: 90, play: '', by: 0 }),
  'a scores at 120': of('PointScored', { to: 120, play: '', by: 0 }),
  'paused by a': of('MatchPaused', { player: 'u-a', isAway: false }),
  'b is away': of('MatchPaused', { player: 'u-b', isAway: true }),
  'paused by a stranger': of('MatchPaused', { player: 'u-x', isAway: false }),
  ended: of('MatchEnded', { reason: 'forfeit', player: 'u-a', winner: 1 }),
};

const visits = walkMachine(matchMachine, events, ({ value, context }) => {
  const { players, joined, ready, score, tick } = context;
  return `${value} ${players[1] ?? 'bot'} ${joined} ${ready} ${score} ${tick}`;
});
const states = [...visits].map(([key, visit]) => ({ key, visit, state: String(visit.snapshot.value) }));
const namesOf = (at: (typeof states)[number]) => Object.keys(possible(at.visit, String));

describe('a match', () => {
  it('is walked through all of its states', () => {
    expect(new Set(states.map(({ state }) => state))).toEqual(
      new Set(['unopened', 'lobby', 'countdown', 'rally', 'point', 'paused', 'over']),
    );
  });

  it('takes nothing from strangers, in any state, and is not opened against oneself', () => {
    for (const at of states)
      expect(
        namesOf(at).filter((name) => /stranger|oneself/.test(name)),
        at.key,
      ).toEqual([]);
  });

  it('is opened once, and over for good', () => {
    for (const at of states) {
      const names = namesOf(at);
      expect(
        names.some((name) => name.startsWith('opened')),
        at.key,
      ).toBe(at.state === 'unopened');
      if (at.state === 'over') expect(names).toEqual([]);
    }
  });

  it('is played and scored between countdown and end alone, each tick once', () => {
    for (const at of states) {
      const names = namesOf(at).filter((name) => /play|scores/.test(name));
      if (!['countdown', 'rally', 'point'].includes(at.state)) expect(names, at.key).toEqual([]);
      for (const name of names)
        expect(Number(/\d+$/.exec(name)?.[0]), at.key).toBeGreaterThan(at.visit.snapshot.context.tick);
    }
  });

  it('begins when everybody who plays has joined and is ready, and goes on likewise', () => {
    for (const at of states) {
      for (const name of ['a is ready', 'b is ready'] as const) {
        const next = at.visit.answers.get(name);
        if (!next) continue;
        expect(['lobby', 'paused'], at.key).toContain(at.state);
        const { joined, ready } = at.visit.snapshot.context;
        expect(joined).toEqual([true, true]);
        const other = name === 'a is ready' ? ready[1] : ready[0];
        expect(next.value).toBe(other ? 'countdown' : at.state);
      }
    }
  });

  it('is won by whoever has enough points, and that is the last event of it', () => {
    for (const at of states) {
      const next = at.visit.answers.get('a scores at 120');
      if (!next) continue;
      const isLast = at.visit.snapshot.context.score[0] === 1;
      expect(next.value, at.key).toBe(isLast ? 'over' : 'point');
      if (isLast) expect(next.context).toMatchObject({ winner: 0, reason: 'won', score: [2, 0] });
    }
  });

  it('asks nobody who is a bot: it has joined and is ready, whatever happens', () => {
    const against = states.filter(({ visit }) => visit.snapshot.context.bot !== null);
    expect(against.length).toBeGreaterThan(10);
    for (const { key, visit } of against) {
      expect(visit.snapshot.context.joined[1], key).toBe(true);
      expect(visit.snapshot.context.ready[1], key).toBe(true);
    }
  });
});
