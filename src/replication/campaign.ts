/**
 * A campaign: one attempt to become leader, in which the log is the arbiter.
 *
 * What may interleave: two candidates, a leader that is only slow, a frame of the old leader still under way, a stream
 * that lost its end, the candidate's own death after winning. One compare-and-set decides: whoever appends at the end
 * it has verified is the leader of the next epoch; everyone else finds something else there. (Promise P3.)
 */

import { lostTail } from '../actors/replica/decide.ts';
import type { CampaignOutcome } from '../actors/replica/machine.ts';
import type { Fact } from '../events/domain.ts';
import type { Frame } from '../events/frame.ts';
import type { OrderedLog } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, within } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Cluster } from '../projections/tables.ts';
import { appendFrame } from './append.ts';
import { clusterAtTail, copiesOfCandidate } from './copies.ts';
import type { Copy } from './copy.ts';
import { type Follower, verifySeam } from './follower.ts';
import { type Position, parse, positionSchema, subjects } from './messages.ts';
import { openingFrame } from './openings.ts';

const positionsTimeoutMs = 300;
const catchUpTimeoutMs = 2_000;

export interface CampaignOptions {
  readonly node: string;
  readonly generation: number;
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
  /** Whether another node was heard lately, or could not have been heard yet. */
  mayBeThere(node: string): boolean;
  /** Whether a member is not known to be dead. */
  isAlive(node: string): boolean;
  /** Whether a leader was heard, whose appends succeed, since this campaign began: it was only slow. */
  isLeaderBack(): boolean;
}

/** A campaign that was won: the frame that opens the epoch, and how the cluster stands from there on. */
export interface Elected {
  readonly frame: Frame;
  readonly cluster: Cluster;
}

/** @returns the candidate's `LeaderElected`, stored and taken in by its copy; or how it did not win. */
export async function campaign(options: CampaignOptions): Promise<Elected | Exclude<CampaignOutcome, 'won'>> {
  const { node, copy, log, clock, journal, generation, signal } = options;
  const { epoch } = copy.tail;
  if (!(await isWritable(options))) return 'lost';
  const last = await readToEnd(options);
  if (copy.tail.epoch !== epoch) return 'lost'; // somebody was elected meanwhile
  await verifySeam(log, copy);
  const { positions, unheard } = await askPositions(options);
  const ahead = lostTail(positions, generation, await log.last()); // a leader that is only slow may have appended meanwhile
  if (ahead) {
    journal.notice(
      `the stream ends at ${last}, but ${ahead.node} has stored up to ${ahead.sequence}: it lost its tail`,
    );
    return 'astray';
  }
  const before = await clusterAtTail(copy);
  if (!before || copy.sequence !== last) return 'lost'; // somebody else was faster
  if (options.isLeaderBack()) return 'undecided';
  if (unheard.length > 0) {
    journal.detail(`cannot lead yet: ${unheard.join(', ')} may know that the stream lost its tail`);
    return 'undecided';
  }
  const alive = before.members.filter((member) => member === node || options.isAlive(member)).length;
  const copies = copiesOfCandidate(before, alive);
  const cluster: Cluster = { ...before, copies, leader: node, epoch: copy.tail.epoch + 1 };
  const fact: Fact = { type: 'LeaderElected', data: { node, members: [...before.members], copies } };
  const elected = openingFrame(options, fact, { generation, epoch: cluster.epoch });
  copy.syncWrites(copies === 1);
  const sequence = copy.sequence + 1;
  const isWanted = () => !signal.aborted && copy.tail.hash === elected.header.prev;
  const outcome = await appendFrame(log, elected, sequence, copy, clock, isWanted);
  const isMine = copy.tail.hash === elected.hash; // the follower may have read it before its answer came
  if (signal.aborted || (outcome !== 'stored' && !isMine)) return 'lost';
  // The follower may have read it meanwhile, and what came after it.
  if (copy.sequence < sequence) copy.read({ number: sequence, bytes: elected.bytes });
  return copy.tail.hash === elected.hash ? { frame: elected, cluster } : 'lost';
}

/** Whoever cannot write leaves it to others. */
async function isWritable({ copy, journal }: CampaignOptions): Promise<boolean> {
  try {
    await copy.store.probe();
    return true;
  } catch (error) {
    journal.detail(`cannot lead: ${(error as Error).message}`);
    return false;
  }
}

async function readToEnd({ log, follower, clock }: CampaignOptions): Promise<number> {
  const last = await log.last();
  const timeout = new AbortController();
  await within(clock, catchUpTimeoutMs, follower.reached(last, timeout.signal));
  timeout.abort();
  return last;
}

interface Asked {
  readonly positions: readonly Position[];
  /** Did not answer, and cannot be said to be gone. */
  readonly unheard: readonly string[];
}

/**
 * After a broken connection nobody has been heard yet: whoever concluded from it that nobody is there would lead on from
 * whatever end the stream has come back with.
 */
async function askPositions({ node, bus, copy, mayBeThere }: CampaignOptions): Promise<Asked> {
  const others = (await clusterAtTail(copy))?.members.filter((member) => member !== node) ?? [];
  const count = others.filter(mayBeThere).length;
  const answers = await bus.gather(subjects.position, node, count, positionsTimeoutMs);
  const positions = answers.flatMap((data) => parse(positionSchema, data) ?? []);
  const answered = new Set(positions.map((position) => position.node));
  return { positions, unheard: others.filter((other) => !answered.has(other) && mayBeThere(other)) };
}
