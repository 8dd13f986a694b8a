/**
 * The match actor: lobby → countdown → rally ⇄ point → over, and paused in between.
 *
 * It consumes stored events and nothing else. It knows phases, players and score; what happens between two events, sixty
 * times a second, is none of its business: ticks are counted by the court that runs beside it, which says what it has
 * recorded. So `rally` begins with the first record after a countdown, and lasts until a point is recorded.
 */
import { assign, type SnapshotFrom, setup } from 'xstate';
import {
  areReadyWith,
  evolveMatch,
  initialMatch,
  isMatchPoint,
  type MatchEvent,
  type MatchState,
  sideOf,
} from './state.ts';

const matchSetup = setup({
  types: { context: {} as MatchState, events: {} as MatchEvent },
  actions: {
    evolve: assign(({ context, event }) => evolveMatch(context, event)),
  },
  guards: {
    hasTwoSides: ({ event }) =>
      event.type === 'MatchOpened' && event.data.players[0] !== event.data.players[1],
    isInvited: ({ context, event }) => event.type === 'MatchJoined' && isInvited(context, event.data.player),
    isLast: ({ context, event }) => isReadying(context, event) && areReadyWith(context, event.data.player),
    isReadying: ({ context, event }) => isReadying(context, event),
    goesOn: ({ context, event }) => goesOn(context, event),
    isMatchPoint: ({ context, event }) =>
      event.type === 'PointScored' && goesOn(context, event) && isMatchPoint(context, event.data.by),
    isPlayers: ({ context, event }) => event.type === 'MatchPaused' && isOf(context, event.data.player),
  },
});

function isOf(match: MatchState, player: string): boolean {
  return sideOf(match, player) !== undefined;
}

function isInvited(match: MatchState, player: string): boolean {
  const side = sideOf(match, player);
  return side !== undefined && !match.joined[side];
}

function isReadying(
  match: MatchState,
  event: MatchEvent,
): event is Extract<MatchEvent, { type: 'PlayerReady' }> {
  if (event.type !== 'PlayerReady') return false;
  const side = sideOf(match, event.data.player);
  return side !== undefined && match.joined[0] && match.joined[1] && !match.ready[side];
}

/** Play is recorded in its order; a score that was recorded cannot be recorded again. */
function goesOn(match: MatchState, event: MatchEvent): boolean {
  return 'to' in event.data && event.data.to > match.tick;
}

export const matchMachine = matchSetup.createMachine({
  id: 'match',
  context: initialMatch,
  initial: 'unopened',
  states: {
    unopened: {
      on: { MatchOpened: { guard: 'hasTwoSides', target: 'lobby', actions: 'evolve' } },
    },
    lobby: {
      on: {
        MatchJoined: { guard: 'isInvited', actions: 'evolve' },
        ...readying(),
        MatchEnded: { target: 'over', actions: 'evolve' },
      },
    },
    countdown: { on: playing() },
    rally: { on: playing() },
    point: { on: playing() },
    paused: {
      on: { ...readying(), MatchEnded: { target: 'over', actions: 'evolve' } },
    },
    over: {},
  },
});

function readying() {
  return {
    PlayerReady: [
      { guard: 'isLast', target: 'countdown', actions: 'evolve' },
      { guard: 'isReadying', actions: 'evolve' },
    ],
  } as const;
}

function playing() {
  return {
    PlayRecorded: { guard: 'goesOn', target: 'rally', actions: 'evolve' },
    PointScored: [
      { guard: 'isMatchPoint', target: 'over', actions: 'evolve' },
      { guard: 'goesOn', target: 'point', actions: 'evolve' },
    ],
    MatchPaused: { guard: 'isPlayers', target: 'paused', actions: 'evolve' },
    MatchEnded: { target: 'over', actions: 'evolve' },
  } as const;
}

export type MatchSnapshot = SnapshotFrom<typeof matchMachine>;
