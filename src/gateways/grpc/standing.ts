/** Whether the cluster can be reached, as a guest of it finds out who stays connected. */
import { type ClientOptions, GuestClient } from '../../client/client.ts';

/** A guest who was sent away, as in a restart of all, comes again. */
const againMs = 1_000;

export class Standing {
  readonly #options: ClientOptions;
  readonly #listeners = new Set<() => void>();
  #guest: GuestClient;
  #wasReachable = false;
  #isClosed = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#guest = this.#come();
  }

  /** A moment without a leader is none of these: what is asked meanwhile is answered after it. */
  get isReachable(): boolean {
    const { state } = this.#guest.line;
    return state === 'ready' || state === 'leaderless';
  }

  /** Told of every change. */
  watch(listener: () => void): { stop(): void } {
    this.#listeners.add(listener);
    return { stop: () => this.#listeners.delete(listener) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#guest.close();
  }

  #come(): GuestClient {
    const guest = new GuestClient(this.#options);
    const again = () => {
      if (!this.#isClosed) this.#guest = this.#come();
    };
    guest.line.watch(() => {
      if (guest !== this.#guest || this.#isClosed) return;
      if (guest.line.state === 'closed') this.#options.clock.setTimeout(again, againMs);
      if (this.isReachable === this.#wasReachable) return;
      this.#wasReachable = this.isReachable;
      for (const listener of this.#listeners) listener();
    });
    return guest;
  }
}
