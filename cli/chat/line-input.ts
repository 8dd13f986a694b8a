/** Lines that are typed into a chat without a screen: by a script, one after the other, or by a person. */
import { createInterface } from 'node:readline';
import { LineQueue } from '../line-queue.ts';

export interface LineInput {
  /** The next line; undefined when no more will come. */
  next(): Promise<string | undefined>;
  close(): void;
}

/** Nothing is read before it is asked for. */
export function scriptInput(): LineInput {
  const reader = createInterface({ input: process.stdin });
  const lines = reader[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await lines.next();
      return done ? undefined : value;
    },
    close: () => reader.close(),
  };
}

/** @param mayTake whether a line that was typed just now is taken. */
export function personInput(mayTake: (line: string) => boolean): LineInput {
  const queue = new LineQueue();
  const reader = createInterface({ input: process.stdin, terminal: false })
    .on('line', (line) => {
      if (mayTake(line)) queue.push(line);
    })
    .on('close', () => queue.end());
  return { next: () => queue.next(), close: () => reader.close() };
}
