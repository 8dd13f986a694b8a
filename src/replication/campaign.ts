/**
 * A campaign: one attempt to become leader, in which the log is the arbiter.
 *
 * What may interleave: two candidates, a leader that is only slow, a frame of the old leader still under way, a stream
 * that lost its end, the candidate's own death after winning. One compare-and-set decides: whoever appends at the end
 * it has verified is the leader of the next epoch; everyone else finds something else there. (Promise P3.)
 */

import { lostTail } from '../actors/replica/decide.ts';
import { encodeEvent } from '../events/codec.ts';
import type { Fact } from '../events/domain.ts';
import { Frame } from '../events/frame.ts';
import type { OrderedLog } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, within } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { appendFrame } from './append.ts';
import type { Copy } from './copy.ts';
import { type Follower, verifySeam } from './follower.ts';
import { clusterOf } from './leadership.ts';
import { type Position, parse, positionSchema, subjects } from './messages.ts';

const positionsTimeoutMs = 300;
const catchUpTimeoutMs = 2_000;

export interface CampaignOptions {
  readonly node: string;
  readonly generation: number;
  /** Members and copies of a cluster that does not exist yet. */
  readonly founding: { readonly members: readonly string[]; readonly copies: number };
  readonly log: OrderedLog;
  readonly copy: Copy;
  readonly follower: Follower;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Aborted when the campaign is given up: then it no longer appends, and whatever it returns does not count. */
  readonly signal: AbortSignal;
  /** Stamp and Lamport clock for the candidate's frame. */
  stamp(): { at: number; clock: number };
  /** How many other nodes were heard lately and will answer. */
  othersHeard(): number;
}

/** @returns the candidate's `LeaderElected`, stored and taken in by its copy; undefined if it did not win. */
export async function campaign(options: CampaignOptions): Promise<Frame | undefined> {
  const { copy, log, clock, journal, generation, signal } = options;
  const { epoch } = copy.tail;
  await copy.store.probe();
  const last = await readToEnd(options);
  if (copy.tail.epoch !== epoch) return undefined; // somebody was elected meanwhile
  await verifySeam(log, copy);
  const positions = await askPositions(options);
  const ahead = lostTail(positions, generation, await log.last()); // a leader that is only slow may have appended meanwhile
  if (ahead) {
    journal.notice(
      `the stream ends at ${last}, but ${ahead.node} has stored up to ${ahead.sequence}: it lost its tail`,
    );
    return undefined;
  }
  if (copy.tail.number === 0 && !(await found(options, positions))) return undefined;
  if (copy.sequence !== Math.max(last, 1)) return undefined; // somebody else was faster
  const { members, copies } = clusterFrom(options);
  const fact = { type: 'LeaderElected', data: { node: options.node, members, copies } } as const;
  const elected = openingFrame(options, fact, copy.tail.epoch + 1);
  const sequence = copy.sequence + 1;
  const isWanted = () => !signal.aborted && copy.tail.hash === elected.header.prev;
  const outcome = await appendFrame(log, elected, sequence, clock, isWanted);
  if (outcome !== 'stored') return undefined;
  // The follower may have read it meanwhile, and what came after it.
  if (copy.sequence < sequence) copy.read({ number: sequence, bytes: elected.bytes });
  return copy.tail.hash === elected.hash ? elected : undefined;
}

async function readToEnd({ log, follower, clock }: CampaignOptions): Promise<number> {
  const last = await log.last();
  const timeout = new AbortController();
  await within(clock, catchUpTimeoutMs, follower.reached(last, timeout.signal));
  timeout.abort();
  return last;
}

async function askPositions({ node, bus, othersHeard }: CampaignOptions): Promise<Position[]> {
  const answers = await bus.gather(subjects.position, node, othersHeard(), positionsTimeoutMs);
  return answers.flatMap((data) => parse(positionSchema, data) ?? []);
}

/**
 * The first frame of all. A log may only be founded when nobody holds one: every member must have answered, and with
 * nothing; a node that is silent may be the one that remembers.
 */
async function found(options: CampaignOptions, positions: readonly Position[]): Promise<boolean> {
  const { node, founding, generation, log, clock, copy, journal } = options;
  const answered = new Set(positions.map((position) => position.node)).add(node);
  const silent = founding.members.filter((member) => !answered.has(member));
  if (silent.length > 0 || positions.some(({ number }) => number > 0)) {
    journal.detail(
      `cannot found the log: ${silent.length > 0 ? `no answer from ${silent.join(', ')}` : 'others hold one'}`,
    );
    return false;
  }
  const base = { number: 0, hash: copy.tail.hash };
  const seeded = openingFrame(
    options,
    { type: 'Seeded', data: { generation, base, ...foundingData(founding) } },
    0,
  );
  const outcome = await appendFrame(log, seeded, 1, clock, () => copy.tail.number === 0);
  if (outcome === 'stored' && copy.tail.number === 0) copy.read({ number: 1, bytes: seeded.bytes });
  return outcome === 'stored';
}

function foundingData({ members, copies }: CampaignOptions['founding']) {
  return { members: [...members], copies };
}

/** As the log has them; its first frame may not be committed yet. */
function clusterFrom({ copy, founding }: CampaignOptions): { members: string[]; copies: number } {
  const { members, copies } = clusterOf(copy);
  return members.length > 0 ? { members: [...members], copies } : foundingData(founding);
}

function openingFrame(
  { node, generation, copy, clock, stamp }: CampaignOptions,
  fact: Fact,
  epoch: number,
): Frame {
  const { tail, mark } = copy;
  const { at, clock: lamport } = stamp();
  const header = {
    generation,
    epoch,
    number: tail.number + 1,
    prev: tail.hash,
    leader: node,
    position: tail.position + 1,
    clock: lamport,
    wall: Math.floor(clock.wallMs()),
    mark: { number: mark.number, state: mark.state, version: mark.version },
  };
  return Frame.encode(header, [encodeEvent({ ...fact, at })]);
}
