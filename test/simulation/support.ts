/** Worlds for scenarios: everybody there, nobody writes of themselves, and the script says what happens. */
import type { Strategy } from '../../src/actors/replica/decide.ts';
import type { Outcome } from '../../src/recording/scribe.ts';
import type { SimulatedNode } from '../../src/simulation/node.ts';
import type { SimulationResult } from '../../src/simulation/simulate.ts';
import { judge } from '../../src/simulation/verdict.ts';
import { World } from '../../src/simulation/world.ts';

const soonMs = 30_000;

/** Ann, Ben and Cid follow their queues on a cluster of three that has a leader. */
export async function startScenario(seed: string, strategy: Strategy = 'lowest-id'): Promise<Scenario> {
  const world = new World(seed, {
    members: ['n1', 'n2', 'n3'],
    copies: 2,
    minCopies: 1,
    strategy,
    sync: false,
    sessionGapMs: 3_600_000,
    without: undefined,
  });
  await world.start(['ann', 'ben', 'cid'], false);
  const scenario = new Scenario(world);
  await scenario.until('all follow', () => world.users.every((user) => user.isFollowing));
  await world.run(500);
  return scenario;
}

export class Scenario {
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** The leader, and the others in order. */
  get roles(): readonly [leader: SimulatedNode, ...followers: SimulatedNode[]] {
    const { leader, nodes } = this.world;
    if (!leader) throw new Error('nobody leads');
    return [leader, ...nodes.filter((node) => node !== leader)];
  }

  /** Position of the message, once `from` was told that it stands. */
  async sends(from: string, to: string, text: string): Promise<number> {
    return this.answered(await this.resolved(this.world.user(from).say(to, text)));
  }

  answered(outcome: Outcome): number {
    if (outcome.is !== 'ok') throw new Error(`not acknowledged: ${JSON.stringify(outcome)}`);
    return outcome.result.position ?? 0;
  }

  /** Lets time pass until the promise has its value. */
  async resolved<T>(promise: Promise<T>): Promise<T> {
    let settled: { value: T } | undefined;
    void promise.then((value) => {
      settled = { value };
    });
    await this.until('the answer is there', () => settled !== undefined);
    return settled!.value;
  }

  async until(what: string, isTrue: () => boolean): Promise<void> {
    if (await this.world.until(isTrue, soonMs)) return;
    throw new Error(`never came true: ${what}\n${this.world.trace.lines.slice(-40).join('\n')}`);
  }

  /** The texts that a user's present client was shown. */
  shown(name: string): string[] {
    return this.world.user(name).shown.map(({ text }) => text);
  }

  /** Everything is put right, everything settles, and every promise was kept. */
  async ends(): Promise<void> {
    this.world.heal();
    await this.world.run(soonMs);
    if (!this.world.watch.broken) await judge(this.world);
    const { broken } = this.world.watch;
    if (broken) throw new Error(story(broken, this.world.trace.lines));
  }
}

/** What a failed run has to say. */
export function failure({ seed, broken, lines }: SimulationResult): string {
  return broken ? `seed ${seed}: ${story(broken, lines)}` : '';
}

function story({ promise, what }: { promise: string; what: string }, lines: readonly string[]): string {
  return `${promise} is broken: ${what}\n${lines.slice(-60).join('\n')}`;
}
