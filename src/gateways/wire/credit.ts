/** How many items a far end is ready to take: whoever has more for it waits. */
export class Credit {
  #left: number;
  #waiting: (() => void)[] = [];

  constructor(granted: number) {
    this.#left = granted;
  }

  grant(more: number): void {
    this.#left += more;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves when one item may go. After an abort it resolves too. */
  async spend(signal: AbortSignal): Promise<void> {
    while (this.#left <= 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this.#left -= 1;
  }
}
