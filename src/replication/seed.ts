/**
 * Seeding: beginning a new generation of the ordered log from the nodes' copies, when the stream is gone, empty, or
 * ends before what nodes have stored; and at the very first start, when there is nothing anywhere.
 *
 * What may interleave: two seeders, an old leader that still writes into the old stream, a seeder that dies at any
 * point, a publish of it that arrives late, the old stream coming back. A generation is granted to one node once, and
 * who granted it has promised (durably) to have nothing to do with older ones: so an old leader cannot commit any more,
 * and a second seeder needs a higher generation from the same nodes. The stream of a generation begins with one
 * compare-and-set that expects emptiness. Whoever is in doubt gives up; the next attempt takes the next generation.
 * (Promises P1, P2, P3.)
 */
import { committedAmong, groundFor, holds } from '../actors/replica/decide.ts';
import type { Fact } from '../events/domain.ts';
import type { OrderedLogs } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { reachBase } from './adopt.ts';
import { appendFrame } from './append.ts';
import type { Copy } from './copy.ts';
import { hashAtPeer, hashOf } from './fetch.ts';
import { declareComplete } from './join.ts';
import { type Pledge, parse, pledgeSchema, subjects } from './messages.ts';
import { openingFrame } from './openings.ts';
import type { Pledges } from './pledge.ts';

/** A promise is synced, and before it everything taken in is. */
const pledgesTimeoutMs = 2_000;

export interface SeedOptions {
  readonly node: string;
  readonly founding: {
    readonly members: readonly string[];
    readonly copies: number;
    readonly minCopies: number;
  };
  readonly logs: OrderedLogs;
  readonly copy: Copy;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  /** Members that an operator has declared lost for good. */
  readonly givenUp: readonly string[];
  readonly pledges: Pledges;
  /** How many other nodes were heard lately and will answer. */
  readonly others: number;
  stamp(): { at: number; clock: number };
  /** The highest generation that others have spoken of. */
  readonly heardOf: HighestHeard;
  /** These did not answer, or may have lost what they acknowledged. */
  missed(nodes: readonly string[]): void;
  /** This node promises a generation to itself. */
  seal(): void;
}

/** Generations that were promised somewhere, as far as this node was told. */
export class HighestHeard {
  #generation = 0;

  get generation(): number {
    return this.#generation;
  }

  note(generation: number): void {
    this.#generation = Math.max(this.#generation, generation);
  }
}

/** @returns whether the stream of a new generation begins with this node's `Seeded`. */
export async function seed(options: SeedOptions): Promise<boolean> {
  const { copy, logs, clock, signal, node } = options;
  const generation = await nextGeneration(options);
  const pledges = await pledgesFor(generation, options);
  const ground = groundFor(pledges, options.founding, options.givenUp, await lacking(pledges, options));
  if (signal.aborted) return false;
  if ('missing' in ground) {
    options.missed(ground.missing);
    return false;
  }
  const { best, cluster } = ground;
  const base = { number: best.number, hash: best.hash };
  await reachBase(base, { ...options, peers: best.node === node ? [] : [best.node] });
  const log = await logs.open(generation, true);
  if (!log || signal.aborted || copy.store.standing.promised !== generation) return false;
  const epoch = base.number === 0 ? 0 : best.epoch + 1;
  const { members, copies, minCopies } = cluster;
  const fact: Fact = { type: 'Seeded', data: { generation, base, members: [...members], copies, minCopies } };
  const seeded = openingFrame(options, fact, { generation, epoch });
  const isWanted = () => !signal.aborted && copy.tail.hash === base.hash;
  const empty = { tail: copy.tail, tailSequence: 0 };
  if ((await appendFrame(log, seeded, 1, empty, clock, isWanted)) !== 'stored' || signal.aborted)
    return false;
  copy.read({ number: 1, bytes: seeded.bytes });
  await declareComplete(copy);
  if (base.number > 0)
    options.journal.notice(`seeded generation ${generation} after frame ${base.number} of ${best.node}`);
  return !signal.aborted;
}

/** Above everything that was ever promised or seen. */
async function nextGeneration({ logs, copy, heardOf }: SeedOptions): Promise<number> {
  return (
    1 + Math.max(copy.store.standing.promised, copy.tail.generation, heardOf.generation, await logs.newest())
  );
}

/** Who was led on from an end that the stream had lost, and so lacks what others know to be committed. */
async function lacking(pledges: readonly Pledge[], { node, copy, bus }: SeedOptions): Promise<string[]> {
  const committed = committedAmong(pledges);
  if (!committed) return [];
  const { number, hash } = committed;
  const names: string[] = [];
  for (const pledge of pledges) {
    const hashThere = () =>
      pledge.node === node ? hashOf(copy, number) : hashAtPeer(number, pledge.node, bus);
    if (!(holds(pledge, committed) ?? (await hashThere()) === hash)) names.push(pledge.node);
  }
  return names;
}

async function pledgesFor(generation: number, options: SeedOptions): Promise<Pledge[]> {
  const { node, bus, others, pledges, heardOf, seal } = options;
  const request = { node, generation };
  const [own, answers] = await Promise.all([
    pledges.give(request, seal),
    bus.gather(subjects.promise, JSON.stringify(request), others, pledgesTimeoutMs),
  ]);
  const given = answers.flatMap((data) => parse(pledgeSchema, data) ?? []);
  for (const { promised } of given) heardOf.note(promised);
  return [...(own ? [own] : []), ...given];
}
