/** Where a node's LevelDB lies, and what becomes of one that cannot be trusted any more: it is kept, under another name. */
import { rename, rm } from 'node:fs/promises';
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
    await remove(scratchOf(folder)); // a check may have been cut short
    try {
      place.#store = await LevelStore.open(folder, options);
      place.#isFresh = true;
    } catch (error) {
      if (!(error instanceof StoreCorrupt)) throw error;
    }
    return place;
  }

  /** Whether what is open was closed by whoever wrote to it last. */
  get wasClosed(): boolean {
    return this.#store?.wasClosed ?? false;
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

  withScratch<T>(use: (scratch: NodeStore) => Promise<T>): Promise<T> {
    return withScratch(scratchOf(this.#folder), use);
  }

  async #close(): Promise<void> {
    await this.#store?.close().catch(() => undefined); // a damaged one may refuse; its lock goes with the process
    this.#store = undefined;
  }
}

/** Beside the copy, where there is as much room as for a copy, and under a name that no node can have. */
const scratchOf = (folder: string) => `${folder}.scratch`;

const remove = (folder: string) => rm(folder, { recursive: true, force: true });

/** An empty store in `folder`, removed with it afterwards. */
export async function withScratch<T>(folder: string, use: (scratch: NodeStore) => Promise<T>): Promise<T> {
  await remove(folder);
  const scratch = await LevelStore.open(folder);
  try {
    return await use(scratch);
  } finally {
    await scratch.close();
    await remove(folder);
  }
}
