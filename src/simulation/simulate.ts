/** One seed, from the first message to the verdict. */
import { hash } from 'node:crypto';
import type { Strategy } from '../actors/replica/decide.ts';
import { drawPlan, type Fault } from './faults.ts';
import { type Mix, mixes, usualMix } from './mixes.ts';
import { Nemesis } from './nemesis.ts';
import { SeededRandom } from './random.ts';
import type { Safeguard } from './safeguards.ts';
import { judge } from './verdict.ts';
import type { Broken } from './watch.ts';
import { World } from './world.ts';

export interface SimulateOptions {
  readonly seed: number;
  /** Virtual time with faults; what it takes to settle afterwards comes on top. */
  readonly durationMs?: number;
  /** A safeguard to switch off. */
  readonly without?: Safeguard | undefined;
  /** What goes wrong, and how often; by default what suits the safeguard that is switched off. */
  readonly mix?: Mix | undefined;
  /** Instead of what the seed would draw. */
  readonly plan?: readonly Fault[] | undefined;
}

export interface SimulationResult {
  readonly seed: number;
  readonly broken: Broken | undefined;
  /** Of everything that happened: equal for equal runs. */
  readonly digest: string;
  readonly virtualMs: number;
  /** Of the time with faults. */
  readonly durationMs: number;
  /** From the end of the faults until all had settled. */
  readonly settledMs: number;
  readonly plan: readonly Fault[];
  readonly counts: { readonly frames: number; readonly epochs: number; readonly acknowledged: number };
  /** The last notable things that happened, in words. */
  readonly lines: readonly string[];
}

const names = ['ann', 'ben', 'cid'] as const;
const members = ['n1', 'n2', 'n3'];
const usualDurationMs = 20_000;
const settleTimeoutMs = 15_000;
/** For what nobody waits for: the last items are shown, and marked as shown. */
const lastWordsMs = 8_000;
/** From one fault at a time to several at once. */
const faultGapMs = { min: 300, max: 6_000 };

export async function simulate({
  seed,
  durationMs = usualDurationMs,
  without,
  mix = (without && mixes[without]) ?? usualMix,
  plan,
}: SimulateOptions): Promise<SimulationResult> {
  const random = new SeededRandom(`verbatim ${seed}`);
  const { settings, everyMs, losses } = drawWorld(random, mix);
  const world = new World(`world ${seed}`, { ...settings, without });
  world.trouble.storesStale = mix.storesStale ?? false;
  const { weights } = mix;
  const faults = plan ?? drawPlan(random.fork('plan'), { durationMs, everyMs, losses, weights });
  const deathWatch = watchForDeaths(world);
  try {
    await world.start(names);
    new Nemesis(world, random.fork('nemesis')).schedule(faults);
    await world.run(durationMs);
    const settledMs = await settle(world);
    if (!world.watch.broken) await judge(world);
    return resultOf(world, { seed, plan: faults, durationMs, settledMs });
  } finally {
    deathWatch.stop();
  }
}

/** The kind of world that a seed gives, but for what the mix says. */
function drawWorld(random: SeededRandom, mix: Mix) {
  const isSynced = random.chance(0.3);
  const sync = mix.sync ?? isSynced;
  const strategy = random.pick<Strategy>(['random', 'lowest-id']);
  const sessionGapMs = random.pick([2_000, 3_600_000]);
  const drawnEveryMs = faultGapMs.min * (faultGapMs.max / faultGapMs.min) ** random.next();
  const loss = random.pick(['power', 'stream'] as const);
  const drawnMinCopies = random.pick([1, 1, 1, 2]);
  return {
    settings: {
      members,
      copies: 2,
      minCopies: mix.minCopies ?? drawnMinCopies,
      strategy,
      sync,
      sessionGapMs,
    },
    everyMs: mix.everyMs ?? drawnEveryMs,
    losses: mix.losses ?? (sync ? 'both' : loss),
  };
}

/** @returns how long it took, once nothing went wrong any more, until everything was done and known everywhere. */
async function settle(world: World): Promise<number> {
  world.heal();
  const healedMs = world.timeline.nowMs;
  world.fallSilent();
  if (world.watch.broken) return 0;
  if (await world.until(() => isSettled(world), settleTimeoutMs)) {
    const settledMs = world.timeline.nowMs - healedMs;
    await world.run(lastWordsMs);
    if (await world.until(() => isSettled(world), lastWordsMs)) return settledMs;
  }
  world.watch.breaks(
    'alive',
    `not settled ${settleTimeoutMs} ms after everything was right again: ${unsettled(world)}`,
  );
  return settleTimeoutMs;
}

/** Nodes agree on everything, all clients follow, and nobody waits for an answer. */
function isSettled({ nodes, users, strangers, stream, leader }: World): boolean {
  if (!leader || users.some((user) => !user.isFollowing || !user.isSettled)) return false;
  if (!strangers.isSettled) return false;
  const sequence = stream?.last ?? 0;
  return nodes.every(({ copy }) => copy?.sequence === sequence && copy.mark.number === copy.tail.number);
}

function unsettled({ nodes, users, stream, leader }: World): string {
  const states = nodes.map(({ id, replica, copy }) => {
    return `${id} ${replica?.state} at ${copy?.tail.number}, committed ${copy?.mark.number}`;
  });
  const waiting = users
    .filter((user) => !user.isFollowing || !user.isSettled)
    .map(({ name }) => `${name} waits`);
  return [`leader ${leader?.id}`, `stream ${stream?.last}`, ...states, ...waiting].join('; ');
}

const deaths = ['unhandledRejection', 'uncaughtException'] as const;

/** What would end a real process: an error that nobody caught. While a world runs, it is that world's. */
function watchForDeaths(world: World): { stop(): void } {
  const others = deaths.map((death) => process.listeners(death as 'uncaughtException'));
  for (const death of deaths) process.removeAllListeners(death).on(death, (error) => world.died(error));
  return {
    stop: () => {
      for (const [index, death] of deaths.entries()) {
        process.removeAllListeners(death);
        for (const listener of others[index] ?? []) process.on(death as 'uncaughtException', listener);
      }
    },
  };
}

function resultOf(
  world: World,
  run: Pick<SimulationResult, 'seed' | 'plan' | 'durationMs' | 'settledMs'>,
): SimulationResult {
  const { watch, trace, timeline, stream, leader } = world;
  return {
    ...run,
    broken: watch.broken,
    digest: hash('sha256', `${trace.digest()} ${watch.broken?.what ?? ''}`, 'hex'),
    virtualMs: timeline.nowMs,
    counts: {
      frames: stream?.last ?? 0,
      epochs: leader?.copy?.tail.epoch ?? 0,
      acknowledged: world.people.reduce((sum, { said }) => sum + said.length, 0),
    },
    lines: trace.lines,
  };
}
