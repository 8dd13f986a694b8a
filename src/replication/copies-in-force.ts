/**
 * How many copies a leader commits with, from its first frame on: what the log says, and when that is to be changed.
 *
 * A change goes through the log like everything else. A higher count holds from the frame that says so. A lower one holds
 * when this node has synced that frame, and with it all before: it may be the only one that has them. (Promise P1.)
 */
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../projections/tables.ts';
import type { CommitTracker } from './commit.ts';
import { copiesWithin, RecentPast } from './copies.ts';
import type { Copy } from './copy.ts';
import type { HeldFrame } from './held-frames.ts';

export interface CopiesOptions {
  readonly node: string;
  readonly copy: Copy;
  readonly clock: Clock;
  readonly tracker: CommitTracker;
  /** The leader's first frame. */
  readonly first: number;
  /** Whether a member is not known to be dead. */
  isAlive(node: string): boolean;
}

export interface WantedChange {
  readonly copies: number;
  /** Members that cannot be counted on. */
  readonly dead: readonly string[];
}

export class CopiesInForce {
  readonly #options: CopiesOptions;
  readonly #past = new RecentPast();
  /** As the last frame stored in the stream leaves it. */
  #cluster: Cluster;
  #isChanging = false;
  /** Number of the frame that lowers the count, until it is synced here. */
  #loweredAt: number | undefined;

  constructor(options: CopiesOptions, cluster: Cluster) {
    this.#options = options;
    this.#cluster = cluster;
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  /**
   * Lower when members are dead or far behind, higher when they are back.
   * @param isServing until then a member that holds less is not behind: it may never have been told.
   * @returns undefined when all is as it should be, or a change is on its way.
   */
  wanted(isServing: boolean): WantedChange | undefined {
    const { node, copy, clock, tracker, first, isAlive } = this.#options;
    const { members, copies } = this.#cluster;
    const then = this.#past.note(copy.tail.number, clock.monotonicMs());
    if (this.#isChanging) return undefined;
    const isBehind = (member: string) => isServing && tracker.heldBy(member) < then;
    const dead = members.filter((member) => member !== node && (!isAlive(member) || isBehind(member)));
    const wanted = copiesWithin(this.#cluster, members.length - dead.length);
    if (wanted === copies || (wanted > copies && then < first)) return undefined;
    return { copies: wanted, dead };
  }

  /** A change was given to the log. */
  changing(): void {
    this.#isChanging = true;
  }

  /** The stream has stored a frame. */
  stored({ frame }: HeldFrame): void {
    if (!this.#isChanging) return;
    const change = frame.events().findLast((event) => event.type === 'CopiesChanged');
    if (!change) return;
    const { copies } = change.data;
    const isLower = copies < this.#cluster.copies;
    this.#cluster = { ...this.#cluster, copies };
    this.#isChanging = false;
    this.#options.copy.syncWrites(copies === 1);
    if (isLower) this.#loweredAt = frame.number;
    else this.#options.tracker.require(copies);
  }

  /** This node has stored the log up to `number`. @returns whether more is committed than before. */
  storedHere(number: number): boolean {
    if (this.#loweredAt === undefined || number < this.#loweredAt) return false;
    this.#loweredAt = undefined;
    return this.#options.tracker.require(this.#cluster.copies);
  }
}
