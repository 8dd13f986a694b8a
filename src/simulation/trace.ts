/**
 * What happened, in order: a running hash over everything, so that two runs can be compared byte for byte, and the last
 * notable lines in words, for whoever has to find out why a promise was broken.
 */
import { createHash } from 'node:crypto';

const linesMax = 400;
const flushChars = 16_384;

export class Trace {
  readonly #hash = createHash('sha256');
  readonly #nowMs: () => number;
  readonly #lines: string[] = [];
  #unhashed = '';

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Something worth reading. */
  note(who: string, what: string): void {
    const line = `${(this.#nowMs() / 1000).toFixed(6)} ${who}: ${what}`;
    this.#lines.push(line);
    if (this.#lines.length > 2 * linesMax) this.#lines.splice(0, linesMax);
    this.#absorb(line);
  }

  /** Something that two equal runs have in common, but too common to be read. */
  count(who: string, what: string): void {
    this.#absorb(`${this.#nowMs()} ${who}: ${what}`);
  }

  get lines(): readonly string[] {
    return this.#lines.slice(-linesMax);
  }

  /** Of everything so far. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  /** Hashing in large pieces is several times faster than line by line. */
  #absorb(line: string): void {
    this.#unhashed += `${line}\n`;
    if (this.#unhashed.length > flushChars) this.#flush();
  }

  #flush(): void {
    this.#hash.update(this.#unhashed);
    this.#unhashed = '';
  }
}
