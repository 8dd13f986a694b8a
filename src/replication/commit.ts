/**
 * The commit rule, as counting.
 *
 * Frame N is committed when `copies` nodes, the leader among them, hold the log up to N, byte for byte. An
 * acknowledgement names the hash of the last frame held; because each frame carries the hash of the one before, equal
 * hashes at N mean equal logs up to N. Nothing counts before the leader's own first frame of its epoch is among what is
 * held (Raft, section 5.4.2, has the counter-example).
 *
 * Invariant: `committed` never falls.
 */
/** Hashes below the last committed frame that are kept, so that it is known how far a slower node is. */
const keptBelow = 256;

export class CommitTracker {
  readonly #self: string;
  #copies: number;
  /** Number of the leader's own `LeaderElected`. */
  readonly #first: number;
  /** Hashes of the latest frames, by number. */
  readonly #hashes = new Map<number, string>();
  readonly #held = new Map<string, number>();
  #committed: number;

  constructor(options: { self: string; copies: number; first: number; committed: number }) {
    this.#self = options.self;
    this.#copies = options.copies;
    this.#first = options.first;
    this.#committed = options.committed;
  }

  get committed(): number {
    return this.#committed;
  }

  /** How many nodes hold the log from now on. @returns whether more is committed than before. */
  require(copies: number): boolean {
    this.#copies = copies;
    return this.#advance();
  }

  /** The last frame that a node acknowledged. */
  heldBy(node: string): number {
    return this.#held.get(node) ?? 0;
  }

  /** A frame of this leader's log that is not committed yet. */
  expect(number: number, hash: string): void {
    this.#hashes.set(number, hash);
  }

  /** @returns whether more is committed than before. */
  acknowledge(node: string, number: number, hash: string): boolean {
    if (this.#hashes.get(number) !== hash || number <= (this.#held.get(node) ?? 0)) return false;
    this.#held.set(node, number);
    return this.#advance();
  }

  #advance(): boolean {
    const own = this.#held.get(this.#self) ?? 0;
    const most = [...this.#held.values()].sort((a, b) => b - a);
    const number = Math.min(own, most[this.#copies - 1] ?? 0);
    if (number < this.#first || number <= this.#committed) return false;
    for (let done = this.#committed; done < number; done++) this.#hashes.delete(done - keptBelow);
    this.#committed = number;
    return true;
  }
}
