/** The streams of all generations in memory. */
import type { OrderedLogs } from '../../src/log/port.ts';
import { MemoryOrderedLog } from './memory-ordered-log.ts';

export class MemoryOrderedLogs implements OrderedLogs {
  readonly streams = new Map<number, MemoryOrderedLog>();

  async newest(): Promise<number> {
    return Math.max(0, ...this.streams.keys());
  }

  async open(generation: number, create: boolean): Promise<MemoryOrderedLog | undefined> {
    if (create && !this.streams.has(generation)) this.streams.set(generation, new MemoryOrderedLog());
    return this.streams.get(generation);
  }

  /** As if the server's disk were lost. */
  lose(): void {
    for (const stream of this.streams.values()) stream.lose('the stream is gone');
    this.streams.clear();
  }
}
