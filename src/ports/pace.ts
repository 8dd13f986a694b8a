/** Work that is done a few at a time; the rest waits, in its order. */
export class Pace {
  readonly #atATime: number;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(atATime: number) {
    this.#atATime = atATime;
  }

  /** How much waits. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.#atATime) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy -= 1;
    }
  }
}
