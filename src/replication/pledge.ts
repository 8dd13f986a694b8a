/**
 * Pledges: what a node answers to one that wants to begin a new generation.
 *
 * Before it answers it has promised, synced to its disk, to store, acknowledge and lead nothing of a lower generation
 * from then on; so what it says about its log stays true, and whatever an old leader still counts, it counted before.
 * A generation is granted to one node, once: requests are answered one after the other.
 */
import type { Place } from '../actors/replica/decide.ts';
import { Frame, GENESIS_HASH } from '../events/frame.ts';
import { clusterAtTail } from './copies.ts';
import type { Copy } from './copy.ts';
import type { Pledge, PromiseRequest } from './messages.ts';

export class Pledges {
  readonly #node: string;
  readonly #copy: Copy;
  #last: Promise<unknown> = Promise.resolve();

  constructor(node: string, copy: Copy) {
    this.#node = node;
    this.#copy = copy;
  }

  /**
   * @param seal stops following, campaigning and leading.
   * @returns undefined when this node cannot say for certain what it holds.
   */
  give(request: PromiseRequest, seal: () => void): Promise<Pledge | undefined> {
    const given = this.#last.then(() => this.#give(request, seal));
    this.#last = given.catch(() => undefined);
    return given;
  }

  async #give(
    { generation, node: grantedTo }: PromiseRequest,
    seal: () => void,
  ): Promise<Pledge | undefined> {
    const mayGrant = (promised: number) => generation > Math.max(promised, this.#copy.tail.generation);
    if (!mayGrant(this.#copy.standing.now.promised)) return await this.#describe(false);
    seal();
    const standing = await this.#copy.standing.change((now) =>
      mayGrant(now.promised) ? { ...now, promised: generation, grantedTo } : now,
    );
    await this.#copy.settled();
    if (this.#copy.stored.number !== this.#copy.tail.number) return undefined;
    return await this.#describe(standing.promised === generation && standing.grantedTo === grantedTo);
  }

  async #describe(granted: boolean): Promise<Pledge> {
    const { promised, complete } = this.#copy.store.standing;
    const { generation, epoch, number, hash } = this.#copy.stored;
    const cluster = await clusterAtTail(this.#copy);
    const configuration = cluster && {
      members: [...cluster.members],
      copies: cluster.wanted,
      minCopies: cluster.minCopies,
    };
    const mark = await committedPlace(this.#copy);
    const held = { complete, generation, epoch, number, hash, mark, cluster: configuration ?? null };
    return { node: this.#node, granted, promised, ...held };
  }
}

/** Of the last frame that a copy knows to be committed. */
export async function committedPlace({ mark, store }: Copy): Promise<Place> {
  const bytes = await store.read(mark.number);
  if (!bytes) return { generation: 0, epoch: 0, number: 0, hash: GENESIS_HASH };
  const { header, hash } = Frame.decode(bytes);
  return { generation: header.generation, epoch: header.epoch, number: mark.number, hash };
}
