/** One match from its invitation to its end in a simulated world, with faults on the way. */
import type { Strategy } from '../../src/actors/replica/decide.ts';
import type { UserClient } from '../../src/client/client.ts';
import type { MatchView, Report } from '../../src/client/matches.ts';
import { court, gameHash, newGame, playedBack } from '../../src/client/pong.ts';
import { HeadlessPlayer } from '../../src/labs/pong/headless.ts';
import { SeededRandom } from '../../src/simulation/random.ts';
import { type Scenario, startScenario } from './support.ts';

export interface Match {
  readonly seed: number;
  /** What should not have been; none. */
  readonly problems: readonly string[];
  /** Leaders that reported. */
  readonly epochs: number;
  readonly points: number;
  /** Virtual milliseconds without a report, after each fault. */
  readonly freezesMs: readonly number[];
}

const points = 3;
const limitMs = 240_000;

export interface Opened {
  readonly scene: Scenario;
  readonly clients: readonly [UserClient, UserClient];
  readonly match: string;
  /** A player without a screen on a side. */
  play(side: 0 | 1, reported?: (report: Report) => void): HeadlessPlayer;
  /** As the first of them was told last. */
  last(): MatchView;
}

/** Ann has invited Ben, who accepts unless it is not wanted. */
export async function openMatch(
  seed: string,
  isJoined = true,
  points = 21,
  strategy?: Strategy,
): Promise<Opened> {
  const scene = await startScenario(`match ${seed}`, strategy);
  const users = [scene.world.user('ann'), scene.world.user('ben')] as const;
  const clients = [users[0].client!, users[1].client!] as const;
  let told: MatchView | undefined;
  clients[0].matches.listen((view) => {
    told = view;
  });
  const match = await scene.resolved(clients[0].matches.open({ name: 'ben' }, points));
  if (isJoined) await scene.resolved(clients[1].matches.join(match));
  const play = (side: 0 | 1, reported?: (report: Report) => void) => {
    const told = reported ? { reported } : {};
    const { matches } = clients[side];
    return new HeadlessPlayer({ matches, clock: users[side].process!, match, side, level: 'easy', ...told });
  };
  await scene.until('it is told', () => told !== undefined);
  return { scene, clients, match, play, last: () => told! };
}

export async function playMatch(seed: number): Promise<Match> {
  const strategy = seed % 2 === 0 ? 'random' : 'lowest-id';
  const { scene, clients, match, play } = await openMatch(String(seed), true, points, strategy);
  const { world } = scene;
  const random = new SeededRandom(`faults of match ${seed}`);
  const watched = clients.map((client, side) => new Watched(client, match, ['ann', 'ben'][side]!));
  const players = ([0, 1] as const).map((side) =>
    play(side, (report) => watched[side]!.saw(report, world.timeline.nowMs)),
  );
  for (const client of clients) await scene.resolved(client.matches.ready(match));

  const isOver = () => watched.every(({ last }) => last?.state === 'over');
  const begunMs = world.timeline.nowMs;
  while (!isOver() && world.timeline.nowMs - begunMs < limitMs) {
    // Some strike whenever it is, some in the moment in which a point is played and not committed yet.
    if (await world.until(isOver, random.between(1_000, 8_000))) break;
    if (random.chance(0.5)) await world.until(() => watched.some(({ isAhead }) => isAhead), 12_000);
    if (isOver()) break;
    const [leader, ...others] = scene.roles;
    const fault = random.pick(['kill', 'deafen', 'pause', 'sever', 'stop'] as const);
    if (fault === 'deafen') {
      // What is played now nobody else hears, and nothing of it commits: a point, as soon as the ball is past a paddle.
      await world.until(() => watched.some(({ isDue }) => isDue), 12_000);
      for (const { wire } of others) wire?.sever(1_200);
      await world.until(() => watched.some(({ isAhead }) => isAhead), 900);
    }
    if (fault === 'kill' || fault === 'deafen') leader.kill();
    else if (fault === 'pause') leader.process?.pause();
    else if (fault === 'stop')
      void leader.stop(); // it hands over
    else leader.wire?.sever(random.between(500, 3_000));
    await world.run(random.between(1_500, 4_000));
    leader.process?.resume();
    leader.start();
    await scene.until('somebody leads', () => world.leader !== undefined);
  }
  for (const player of players) player.stop();
  const problems = watched.flatMap((one) => one.problems);
  if (!isOver()) problems.push(`not over after ${limitMs} ms: ${watched.map(({ last }) => last?.state)}`);
  problems.push(...(await scene.resolved(verified(clients[0], match, watched))));
  await scene.ends();
  const [first] = watched;
  return { seed, problems, epochs: first!.epochs.size, points: first!.told, freezesMs: first!.freezesMs };
}

/** The log leads to the score that was told, and so does every game on the way. */
async function verified(client: UserClient, match: string, watched: readonly Watched[]): Promise<string[]> {
  const view = await client.matches.get(match);
  let game = newGame(view.seed, view.points);
  for await (const record of client.matches.play(match)) game = playedBack(game, record);
  const problems: string[] = [];
  if (String(game.score) !== String(view.score)) problems.push(`played ${game.score}, told ${view.score}`);
  for (const { last, report } of watched) {
    if (String(last?.score) !== String(view.score))
      problems.push(`somebody was told ${last?.score} of ${view.score}`);
    if (report && report.game.tick === game.tick && gameHash(report.game) !== gameHash(game))
      problems.push('the last game that was shown is another one');
  }
  return problems;
}

/** What one player was told. */
class Watched {
  readonly problems: string[] = [];
  readonly epochs = new Set<number>();
  readonly freezesMs: number[] = [];
  told = 0;
  last: MatchView | undefined;
  report: Report | undefined;
  readonly #name: string;
  readonly #scores: Record<string, readonly [number, number]> = { notices: [0, 0], reports: [0, 0] };
  #sawMs: number | undefined;

  /** A notice may be lost with the leader that was to give it: whoever wants to be certain asks the next one. */
  constructor({ matches, line }: UserClient, match: string, name: string) {
    this.#name = name;
    matches.listen((view) => this.#hear(view));
    let epoch = 0;
    line.watch(() => {
      if (line.state !== 'ready' || line.leader.epoch === epoch) return;
      epoch = line.leader.epoch;
      void matches.get(match).then((view) => this.#hear(view));
    });
  }

  /** A point was played that does not count yet. */
  get isAhead(): boolean {
    return this.report !== undefined && ahead(this.report) > 0;
  }

  /** No paddle can reach the ball any more. */
  get isDue(): boolean {
    const { x = court.width / 2 } = this.report?.game ?? {};
    return x < court.paddleFront || x > court.width - court.paddleFront;
  }

  saw(report: Report, nowMs: number): void {
    if (this.#sawMs !== undefined && nowMs - this.#sawMs > 200) this.freezesMs.push(nowMs - this.#sawMs);
    this.#sawMs = nowMs;
    this.epochs.add(report.epoch);
    this.report = report;
    this.#tell('reports', report.committed);
    if (ahead(report) > 1)
      this.problems.push(`${this.#name} saw play ${ahead} points ahead of what is committed`);
  }

  #hear(view: MatchView): void {
    if (view.tick < (this.last?.tick ?? 0)) return; // overtaken by a later one
    this.last = view;
    this.#tell('notices', view.score);
  }

  /** Either way may be a little behind the other; neither ever goes back. */
  #tell(way: 'notices' | 'reports', score: readonly [number, number]): void {
    const before = this.#scores[way]!;
    if (score.some((points, side) => points < before[side]!))
      this.problems.push(`${this.#name} was told ${before}, and then ${score}, by ${way}`);
    if (way === 'reports' && String(score) !== String(before)) this.told += 1;
    this.#scores[way] = score;
  }
}

function ahead({ game, committed }: Report): number {
  return game.score[0] + game.score[1] - committed[0] - committed[1];
}
