/** How many may be connected at once: in all, and from one network, so that one crowd does not keep all others out. */
import { networkOf } from '../client/gateway.ts';

export interface AdmissionLimits {
  readonly connectionsMax: number;
  readonly connectionsPerNetworkMax: number;
}

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #byNetwork = new Map<string, number>();
  #count = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** @returns what to call when the connection has ended; undefined when there is no room for it. */
  admit(address: string): (() => void) | undefined {
    const { connectionsMax, connectionsPerNetworkMax } = this.#limits;
    const network = networkOf(address);
    const there = this.#byNetwork.get(network) ?? 0;
    if (this.#count >= connectionsMax || there >= connectionsPerNetworkMax) return undefined;
    this.#add(network, 1);
    let isIn = true;
    return () => {
      if (isIn) this.#add(network, -1);
      isIn = false;
    };
  }

  #add(network: string, by: number): void {
    const there = (this.#byNetwork.get(network) ?? 0) + by;
    if (there > 0) this.#byNetwork.set(network, there);
    else this.#byNetwork.delete(network);
    this.#count += by;
  }
}
