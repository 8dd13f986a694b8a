import { beforeEach, describe, expect, it } from 'vitest';
import { gameHash } from '../../../../src/pong/codec.ts';
import { type Both, type Game, type Inputs, newGame, step } from '../../../../src/pong/game.ts';
import { encodeReport, type PlayerReport } from '../../../../src/pong/messages.ts';
import { Changes } from '../../../../src/pong/recording.ts';
import type { Bus, BusMessage } from '../../../../src/ports/bus.ts';
import { clientSubjects } from '../../../../src/protocol/subjects.ts';
import type { Copy } from '../../../../src/replication/copy.ts';
import { HeardPlay } from '../../../../src/service/pong/heard-play.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { World } from '../../../support/world.ts';

const nobody: PlayerReport = { taken: 0, lead: 0, echo: 0, late: 0, isAway: false };
const ticksPerReport = 2;

/** As if everything were sent to it. */
let hear: (message: BusMessage) => void;
let heard: HeardPlay;
let match: string;

beforeEach(() => {
  const world = new World();
  const alice = world.register('alice');
  const opened = world.tell(alice, { type: 'OpenMatch', bot: 'easy', points: 3 });
  match = opened.type === 'MatchOpened' ? opened.data.match : '';
  const bus = {
    subscribe: (_: string, handler: typeof hear) => {
      hear = handler;
      return { stop: () => undefined };
    },
  };
  const copy = { rows: world.rows, listen: () => ({ stop: () => undefined }) };
  heard = new HeardPlay(bus as unknown as Bus, new ManualClock(), copy as unknown as Copy); // nothing else of it is asked for
});

/** What somebody does at random, but the same each time. */
function inputsAt(tick: number, salt: number): Inputs {
  const draw = (side: number) => (Math.imul(Math.trunc(tick / 7) + side + salt, 2_654_435_761) >>> 24) % 3;
  return { directions: [draw(0) - 1, draw(1) - 1] as Both<number> };
}

function tell(data: Uint8Array): void {
  hear({ subject: clientSubjects.match(match), data, expectsAnswer: false, respond: () => undefined });
}

/** A leader plays and reports. @param lost ticks whose reports nobody hears. */
function plays(
  epoch: number,
  from: Game,
  ticks: number,
  { salt = 1, lost = [] as readonly number[] } = {},
): Game {
  let game = from;
  let changes = new Changes(game.tick);
  let reported = game.tick;
  for (let count = 0; count < ticks; count++) {
    const next = step(game, inputsAt(game.tick, salt));
    changes.note(game, next);
    game = next;
    if (game.tick % ticksPerReport > 0) continue;
    const report = {
      epoch,
      from: reported,
      game,
      players: [nobody, nobody] as const,
      committed: [0, 0] as const,
    };
    if (!lost.includes(game.tick)) tell(encodeReport({ ...report, changes: Uint8Array.from(changes.bytes) }));
    changes = new Changes(game.tick);
    reported = game.tick;
  }
  return game;
}

const followed = (game: Game) => heard.after(match, game).reduce<Game>(step, game);
const start = newGame(3, 3);

describe('what a node heard of a match', () => {
  it('leads from any game that the log may have to the last one that was shown', () => {
    const logged = plays(1, start, 100);
    const shown = plays(1, logged, 200);
    expect(gameHash(followed(logged))).toBe(gameHash(shown));
    expect(gameHash(followed(start))).toBe(gameHash(shown));
    expect(heard.after(match, shown)).toEqual([]);
    expect(heard.after('p-other', logged)).toEqual([]);
  });

  it('begins anew after what it missed, and is of no use before', () => {
    const shown = plays(1, start, 300, { lost: [150] });
    expect(heard.after(match, start)).toEqual([]);
    const logged = plays(2, shown, 0);
    expect(logged).toBe(shown);
    expect(heard.after(match, shown)).toEqual([]);
  });

  it('is of no use to another game than the one that was shown', () => {
    plays(1, start, 200);
    const other = plays(0, newGame(4, 3), 60);
    expect(heard.after(match, other)).toEqual([]);
  });

  it('is what the newest leader says, who may go on from an earlier tick', () => {
    const logged = plays(1, start, 100);
    plays(1, logged, 100);
    const shown = plays(2, logged, 50, { salt: 9 });
    plays(1, shown, 50, { salt: 2 }); // who leads no more, and does not know
    expect(gameHash(followed(logged))).toBe(gameHash(shown));
  });
});
