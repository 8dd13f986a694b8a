/** Items that were passed on and not yet taken: so many, and then the next one waits. */
import { unlessAborted } from './aborting.ts';

export class Window {
  readonly #max: number;
  /** Of items under way, in their order. */
  #places: number[] = [];
  #look = () => {};

  constructor(max: number) {
    this.#max = max;
  }

  /** Resolves when there is room for the item, which is then under way. One at a time. */
  async enter(place: number, signal: AbortSignal): Promise<void> {
    while (this.#places.length >= this.#max)
      await unlessAborted(
        signal,
        new Promise<void>((resolve) => {
          this.#look = resolve;
        }),
      );
    this.#places.push(place);
  }

  taken(upTo: number): void {
    this.#places = this.#places.filter((place) => place > upTo);
    this.#look();
  }
}
