/** The marks that this node has passed lately, so that nodes which are not equally far can be compared all the same (P2). */
import type { Copy } from '../replication/copy.ts';

const keptMax = 64;

export interface PassedMark {
  readonly frame: number;
  readonly state_hash: string;
}

export class RecentMarks {
  readonly #passed: PassedMark[] = [];

  constructor(copy: Copy) {
    const note = () => {
      this.#passed.push({ frame: copy.mark.number, state_hash: copy.mark.state });
      if (this.#passed.length > keptMax) this.#passed.shift();
    };
    note();
    copy.listen({ committed: note });
  }

  /** Oldest first; the present one is the last. */
  list(): readonly PassedMark[] {
    return this.#passed;
  }
}
