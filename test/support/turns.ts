/** Waiting for what needs no time: everything that only promises hold up has happened after a turn. */
import { setImmediate } from 'node:timers/promises';

export async function turn(): Promise<void> {
  await setImmediate();
}
