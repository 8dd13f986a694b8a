/**
 * A simulated disk: one node's store, which outlives the processes that open it.
 *
 * A process that is killed leaves behind what the system had taken from it; of the write under way, all or nothing. A
 * loss of power also takes what was not synced. Each operation takes its time, so that other things happen meanwhile.
 */
import { MemoryStore } from '../log/memory.ts';
import type { Bookmark, Entry, NodeStore, RowRange, Standing, StoreBatch } from '../log/port.ts';
import type { SimulatedProcess } from './process.ts';
import type { SeededRandom } from './random.ts';
import { Rot, type RotKind } from './rot.ts';
import type { Happening } from './timeline.ts';

const closed = 'the store is closed';
/** What is wrong with a disk that refuses writes, as it says it. */
export type Refusing = 'no space left on device' | 'read-only file system';

const usualMs = { min: 0.02, max: 0.6 };
const syncMs = { min: 0.3, max: 2 };

export interface DiskOptions {
  /** A row that a forgetful disk says it does not have; only simulations that are meant to fail have such rows. */
  forgets(key: string): boolean;
  wrote(batch: StoreBatch): void;
  readonly everyWriteSynced: boolean;
  /** Says that a batch is synced when it is not. */
  readonly isLying: boolean;
}

interface Writing {
  readonly happening: Happening;
  apply(): void;
}

export class SimulatedDisk {
  /** What is on it, for those who look from outside. */
  contents = new MemoryStore();
  readonly rot = new Rot();
  readonly #options: DiskOptions;
  /** Under way, done when their time comes. */
  readonly #writes = new Set<Writing>();
  /** Factor on the time that everything takes. */
  slowness = 1;
  /** No write is taken; what is read-only cannot be opened either, because a store that is opened writes. */
  refusing: Refusing | undefined;

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** Whether everything that its node ever acknowledged is on it, and can be read. */
  get isSound(): boolean {
    return this.contents.standing.complete && !this.rot.isThere;
  }

  /** @throws when it is read-only. */
  open(process: SimulatedProcess): NodeStore {
    if (this.refusing === 'read-only file system') throw new Error(this.refusing);
    return new OpenDisk(this, process);
  }

  /** The process that had it open was killed. */
  killed(process: SimulatedProcess, power: boolean): void {
    for (const { happening, apply } of this.#writes) {
      happening.isCancelled = true;
      if (process.random.chance(0.5)) apply();
    }
    this.#writes.clear();
    if (power) this.contents.crash(this.#options.everyWriteSynced);
  }

  /** What was on it is kept elsewhere, or gone. */
  setAside(): void {
    for (const { happening } of this.#writes) happening.isCancelled = true;
    this.#writes.clear();
    this.contents = new MemoryStore();
    this.rot.clear();
  }

  /** @returns what was hit, in words; undefined where there is nothing to hit. */
  decay(kind: RotKind, random: SeededRandom): Promise<string | undefined> {
    return this.rot.strike(kind, this.contents, random);
  }

  forgets(key: string): boolean {
    return this.#options.forgets(key);
  }

  /** Takes a while; resolves in the process if it still lives. */
  read<T>(process: SimulatedProcess, read: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      process.after(this.#takesMs(process, usualMs), () => void read().then(resolve, reject));
    });
  }

  write(process: SimulatedProcess, batch: StoreBatch, sync: boolean): Promise<void> {
    return this.#begin(process, sync ? syncMs : usualMs, async () => {
      await this.contents.write(batch, { sync: sync && !this.#options.isLying });
      this.rot.wrote(batch);
      this.#options.wrote(batch);
    });
  }

  /** Something small that is synced. */
  change(process: SimulatedProcess, change: (contents: MemoryStore) => Promise<void>): Promise<void> {
    return this.#begin(process, syncMs, () => change(this.contents));
  }

  #begin(
    process: SimulatedProcess,
    range: { min: number; max: number },
    write: () => Promise<void>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const { contents } = this;
      const fail = (error: unknown) => process.after(0, () => reject(error));
      const apply = () => {
        this.#writes.delete(writing);
        if (this.contents !== contents) fail(new Error(closed));
        else if (this.refusing) fail(new Error(this.refusing));
        else void write().then(() => process.after(0, resolve), fail);
      };
      const happening = process.timeline.after(this.#takesMs(process, range), apply);
      const writing = { happening, apply };
      this.#writes.add(writing);
    });
  }

  #takesMs({ random }: SimulatedProcess, { min, max }: { min: number; max: number }): number {
    return random.between(min, max) * this.slowness;
  }
}

/** A disk as one process has it open. */
class OpenDisk implements NodeStore {
  readonly #disk: SimulatedDisk;
  readonly #process: SimulatedProcess;
  readonly #opened: MemoryStore;

  constructor(disk: SimulatedDisk, process: SimulatedProcess) {
    this.#disk = disk;
    this.#process = process;
    this.#opened = disk.contents;
  }

  /** @throws when it was set aside: as a store that was closed. */
  get #contents(): MemoryStore {
    this.#mustBeOpen();
    return this.#opened;
  }

  #mustBeOpen(): void {
    if (this.#disk.contents !== this.#opened) throw new Error(closed);
  }

  get bookmark(): Bookmark | undefined {
    return this.#opened.bookmark;
  }

  last(): Promise<number> {
    return this.#read((contents) => contents.last());
  }

  append(bytes: Uint8Array, number: number): Promise<void> {
    return this.#read((contents) => contents.append(bytes, number));
  }

  read(number: number): Promise<Uint8Array | undefined> {
    return this.#read(async (contents) => {
      this.#disk.rot.mustHoldFrame(number);
      return await contents.read(number);
    });
  }

  async *range(from: number, to?: number): AsyncIterable<Entry> {
    for await (const entry of this.#contents.range(from, to)) {
      this.#disk.rot.mustHoldFrame(entry.number);
      yield entry;
    }
  }

  async write(batch: StoreBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    this.#mustBeOpen();
    await this.#disk.write(this.#process, batch, sync);
  }

  readRow(key: string): string | undefined {
    this.#disk.rot.mustHoldRow(key);
    return this.#disk.forgets(key) ? undefined : this.#contents.readRow(key);
  }

  rangeRows(range: RowRange): Promise<[key: string, text: string][]> {
    return this.#read(async (contents) => {
      const rows = await contents.rangeRows(range);
      for (const [key] of rows) this.#disk.rot.mustHoldRow(key);
      return rows;
    });
  }

  scanRows(): ReturnType<NodeStore['scanRows']> {
    return this.#read((contents) => contents.scanRows());
  }

  clearRows(): Promise<void> {
    return this.#read((contents) => contents.clearRows());
  }

  async probe(): Promise<void> {
    this.#mustBeOpen();
    await this.#disk.change(this.#process, (contents) => contents.probe());
  }

  get standing(): Standing {
    return this.#opened.standing;
  }

  async stand(standing: Standing): Promise<void> {
    this.#mustBeOpen();
    await this.#disk.change(this.#process, (contents) => contents.stand(standing));
  }

  async truncate(after: number): Promise<void> {
    this.#mustBeOpen();
    await this.#disk.change(this.#process, (contents) => contents.truncate(after));
  }

  async close(): Promise<void> {}

  #read<T>(read: (contents: MemoryStore) => Promise<T>): Promise<T> {
    return this.#disk.read(this.#process, async () => await read(this.#contents));
  }
}
