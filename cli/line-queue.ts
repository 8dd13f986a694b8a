/** Lines that came in before they were asked for, and whoever waits for the next one. */
export class LineQueue {
  readonly #lines: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #hasEnded = false;

  get size(): number {
    return this.#lines.length;
  }

  push(line: string): void {
    if (this.#waiting) this.#settle(line);
    else this.#lines.push(line);
  }

  end(): void {
    this.#hasEnded = true;
    this.#settle(undefined);
  }

  /** Whoever waits gets no line, but there may be more. */
  skip(): void {
    this.#settle(undefined);
  }

  /** @returns undefined at the end. */
  next(): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined || this.#hasEnded) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #settle(line: string | undefined): void {
    this.#waiting?.(line);
    this.#waiting = undefined;
  }
}
