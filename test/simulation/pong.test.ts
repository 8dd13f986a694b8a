/** Matches in a simulated cluster whose leaders die: whatever players were told of a score stands. */
import { expect, it } from 'vitest';
import { type Match, openMatch, playMatch } from './match.ts';

const matches = 4;

it(`points stand, in ${matches} matches whose leaders are killed, paused and cut off (P2, P3, P7)`, async () => {
  const all: Match[] = [];
  for (let seed = 1; seed <= matches; seed++) all.push(await playMatch(seed));
  for (const match of all) expect(match.problems, `match ${match.seed}`).toEqual([]);
  expect(Math.max(...all.map(({ epochs }) => epochs))).toBeGreaterThan(2);
});

it('who comes back within ten seconds has the same paddle; who does not is waited for, and then has lost', async () => {
  const { scene, clients, match, play, last } = await openMatch('away');
  const { world } = scene;
  const [, ben] = [play(0), play(1)];
  for (const client of clients) await scene.resolved(client.matches.ready(match));
  await scene.until('the ball flies', () => ben.report?.game.phase === 'rally');

  ben.stop();
  await world.run(8_000);
  expect(last().state).not.toBe('paused');
  const again = play(1);
  await world.run(4_000);
  expect(again.report?.players[1]).toMatchObject({ isAway: false });
  expect(again.report!.players[1].taken).toBeGreaterThan(0);

  again.stop();
  await scene.until('it is paused', () => last().state === 'paused');
  expect(last()).toMatchObject({ pausedBy: 1, ready: [false, false] });
  const { tick } = last();
  await scene.resolved(clients[0].matches.ready(match));
  await world.run(62_000);
  expect(last()).toMatchObject({ state: 'over', reason: 'forfeit', winner: 0, tick });
  await scene.ends();
});

it('a pause is where both stand still, and a countdown later the same ball goes on', async () => {
  const { scene, clients, match, play, last } = await openMatch('paused');
  const [ann] = [play(0), play(1)];
  for (const client of clients) await scene.resolved(client.matches.ready(match));
  await scene.until('the ball flies', () => ann.report?.game.phase === 'rally');
  await scene.resolved(clients[1].matches.pause(match));
  await scene.until('it is paused', () => last().state === 'paused');
  const { tick } = last();
  await scene.world.run(2_000);
  expect(last().tick).toBe(tick);
  for (const client of clients) await scene.resolved(client.matches.ready(match));
  await scene.until('it goes on', () => (ann.report?.game.tick ?? 0) > tick + 1);
  expect(ann.report?.game).toMatchObject({ phase: 'countdown' });
  const { x, y, vx, vy } = ann.report!.game;
  await scene.until('the ball flies', () => ann.report?.game.x !== x); // in the first tick of a rally it still rests
  const { game } = ann.report!;
  expect([game.vx, game.vy]).toEqual([vx, vy]);
  expect([Math.sign(game.x - x), Math.sign(game.y - y)]).toEqual([Math.sign(vx), Math.sign(vy)]);
  await scene.resolved(clients[0].matches.forfeit(match));
  await scene.until('it is over', () => last().state === 'over');
  expect(last()).toMatchObject({ reason: 'forfeit', winner: 1 });
  await scene.ends();
});

it('what nobody accepts in five minutes is over', async () => {
  const { scene, last } = await openMatch('alone', false);
  for (let minute = 0; minute < 6 && last().state === 'lobby'; minute++) await scene.world.run(60_000);
  expect(last()).toMatchObject({ state: 'over', reason: 'expired', winner: null });
  await scene.ends();
});
