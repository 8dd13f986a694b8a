/** Where a node's LevelDB lies, and what becomes of one that cannot be trusted any more: it is kept, under another name. */
import { rename } from 'node:fs/promises';
import { type LevelOptions, LevelStore } from './level.ts';
import { type NodeStore, StoreCorrupt, type StorePlace } from './port.ts';

export class LevelPlace implements StorePlace {
  readonly #folder: string;
  readonly #options: LevelOptions;
  readonly #nameNow: () => string;
  #store: LevelStore | undefined;
  #isFresh = false;

  private constructor(folder: string, options: LevelOptions, nameNow: () => string) {
    this.#folder = folder;
    this.#options = options;
    this.#nameNow = nameNow;
  }

  /**
   * @param nameNow a name for what is set aside at this moment.
   * @throws {StoreUnusable} at once; that it is damaged is told by the first `open`.
   */
  static async at(folder: string, options: LevelOptions, nameNow: () => string): Promise<LevelPlace> {
    const place = new LevelPlace(folder, options, nameNow);
    try {
      place.#store = await LevelStore.open(folder, options);
      place.#isFresh = true;
    } catch (error) {
      if (!(error instanceof StoreCorrupt)) throw error;
    }
    return place;
  }

  async open(): Promise<NodeStore> {
    if (this.#store && this.#isFresh) {
      this.#isFresh = false;
      return this.#store;
    }
    await this.#close();
    this.#store = await LevelStore.open(this.#folder, this.#options);
    return this.#store;
  }

  async setAside(): Promise<string> {
    await this.#close();
    const kept = `${this.#folder}.damaged-${this.#nameNow()}`;
    await rename(this.#folder, kept);
    return kept;
  }

  async #close(): Promise<void> {
    await this.#store?.close().catch(() => undefined); // a damaged one may refuse; its lock goes with the process
    this.#store = undefined;
  }
}
