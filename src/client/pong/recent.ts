/** The last few of what was measured, and how they lie. */
export class Recent {
  readonly #values: number[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get count(): number {
    return this.#values.length;
  }

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#size;
  }

  clear(): void {
    this.#values.length = 0;
    this.#next = 0;
  }

  /** @param share from 0, the least, to 1, the greatest. */
  quantile(share: number): number | undefined {
    const sorted = [...this.#values].sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
