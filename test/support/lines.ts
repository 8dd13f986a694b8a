/** Lines of a process as events: waited for, never polled. */
import { createInterface } from 'node:readline';

interface Waiter {
  readonly from: number;
  matches(line: string): boolean;
  resolve(line: string): void;
  reject(error: Error): void;
}

export class Lines {
  readonly all: string[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #name: string;
  #hasEnded = false;

  constructor(stream: NodeJS.ReadableStream, name: string) {
    this.#name = name;
    createInterface({ input: stream })
      .on('line', (line) => this.#heard(line))
      .on('error', () => undefined) // of the stream: it ends, and that is heard
      .on('close', () => this.#end());
  }

  /** The first line, said or still to come, that matches; `from` leaves out that many earlier ones. */
  next(pattern: RegExp | string | ((line: string) => boolean), from = 0): Promise<string> {
    const matches = (line: string) => {
      if (typeof pattern === 'function') return pattern(line);
      return typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line);
    };
    const said = this.all.slice(from).find(matches);
    if (said !== undefined) return Promise.resolve(said);
    return new Promise((resolve, reject) => {
      const waiter = { from, matches, resolve, reject };
      if (this.#hasEnded) reject(this.#missing());
      else this.#waiters.add(waiter);
    });
  }

  /** So many lines from the start. */
  async atLeast(count: number): Promise<string[]> {
    while (this.all.length < count) await this.next(/^/, this.all.length);
    return this.all;
  }

  #heard(line: string): void {
    this.all.push(line);
    for (const waiter of this.#waiters) {
      if (this.all.length <= waiter.from || !waiter.matches(line)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(line);
    }
  }

  #end(): void {
    this.#hasEnded = true;
    for (const { reject } of this.#waiters) reject(this.#missing());
  }

  #missing(): Error {
    return new Error(`${this.#name} ended without it:\n${this.all.join('\n')}`);
  }
}
