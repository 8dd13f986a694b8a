/**
 * A simulated disk: one node's store, which outlives the processes that open it.
 *
 * A process that is killed leaves behind what the system had taken from it; of the write under way, all or nothing. A
 * loss of power also takes what was not synced. Each operation takes its time, so that other things happen meanwhile.
 */
import { MemoryStore } from '../log/memory.ts';
import type { Bookmark, Entry, NodeStore, RowRange, Standing, StoreBatch } from '../log/port.ts';
import type { SimulatedProcess } from './process.ts';
import type { Happening } from './timeline.ts';

const usualMs = { min: 0.02, max: 0.6 };
const syncMs = { min: 0.3, max: 2 };

export interface DiskOptions {
  /** A row that a forgetful disk says it does not have; only simulations that are meant to fail have such rows. */
  forgets(key: string): boolean;
  wrote(batch: StoreBatch): void;
  readonly everyWriteSynced: boolean;
}

export class SimulatedDisk {
  /** What is on it, for those who look from outside. */
  contents = new MemoryStore();
  readonly #options: DiskOptions;
  /** Under way, done when their time comes. */
  readonly #writes = new Set<{ readonly happening: Happening; readonly apply: () => void }>();
  /** Factor on the time that everything takes. */
  slowness = 1;

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  open(process: SimulatedProcess): NodeStore {
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

  /** What was on it is kept elsewhere. */
  setAside(): void {
    for (const { happening } of this.#writes) happening.isCancelled = true;
    this.#writes.clear();
    this.contents = new MemoryStore();
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
      await this.contents.write(batch, { sync });
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
      const apply = () => {
        this.#writes.delete(writing);
        void write().then(() => process.after(0, resolve), reject);
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

  constructor(disk: SimulatedDisk, process: SimulatedProcess) {
    this.#disk = disk;
    this.#process = process;
  }

  get bookmark(): Bookmark | undefined {
    return this.#disk.contents.bookmark;
  }

  last(): Promise<number> {
    return this.#read((contents) => contents.last());
  }

  append(bytes: Uint8Array, number: number): Promise<void> {
    return this.#read((contents) => contents.append(bytes, number));
  }

  read(number: number): Promise<Uint8Array | undefined> {
    return this.#read((contents) => contents.read(number));
  }

  range(from: number, to?: number): AsyncIterable<Entry> {
    return this.#disk.contents.range(from, to);
  }

  write(batch: StoreBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    return this.#disk.write(this.#process, batch, sync);
  }

  readRow(key: string): string | undefined {
    return this.#disk.forgets(key) ? undefined : this.#disk.contents.readRow(key);
  }

  rangeRows(range: RowRange): Promise<[key: string, text: string][]> {
    return this.#read((contents) => contents.rangeRows(range));
  }

  scanRows(): ReturnType<NodeStore['scanRows']> {
    return this.#read((contents) => contents.scanRows());
  }

  clearRows(): Promise<void> {
    return this.#read((contents) => contents.clearRows());
  }

  probe(): Promise<void> {
    return this.#disk.change(this.#process, (contents) => contents.probe());
  }

  get standing(): Standing {
    return this.#disk.contents.standing;
  }

  stand(standing: Standing): Promise<void> {
    return this.#disk.change(this.#process, (contents) => contents.stand(standing));
  }

  truncate(after: number): Promise<void> {
    return this.#disk.change(this.#process, (contents) => contents.truncate(after));
  }

  async close(): Promise<void> {}

  #read<T>(read: (contents: MemoryStore) => Promise<T>): Promise<T> {
    return this.#disk.read(this.#process, () => read(this.#disk.contents));
  }
}
