/** How many items a far end is ready to take: whoever has more for it waits. */
export class Credit {
  #left: number;
  #waiting: (() => void)[] = [];
  #isEnded = false;

  constructor(granted: number) {
    this.#left = granted;
  }

  grant(more: number): void {
    this.#left += more;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Nobody waits any more. */
  end(): void {
    this.#isEnded = true;
    this.grant(0);
  }

  /** @returns when there is some, or false when it has ended. */
  async some(): Promise<boolean> {
    while (this.#left <= 0 && !this.#isEnded)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    return !this.#isEnded;
  }

  /** @returns whether one item may go; false when it has ended. */
  async spend(): Promise<boolean> {
    while (this.#left <= 0 && !this.#isEnded) await this.some(); // others may have spent it meanwhile
    this.#left -= 1;
    return !this.#isEnded;
  }
}
