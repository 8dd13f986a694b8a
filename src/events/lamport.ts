/** A Lamport clock: a number that grows with every event and exceeds the clock of every message received. */
export class LamportClock {
  #value: number;

  constructor(start = 0) {
    this.#value = start;
  }

  get value(): number {
    return this.#value;
  }

  tick(): number {
    this.#value += 1;
    return this.#value;
  }

  /** Takes notice of a clock that came with a message: max(own, received) + 1. */
  receive(received: number): number {
    this.#value = Math.max(this.#value, received) + 1;
    return this.#value;
  }
}
