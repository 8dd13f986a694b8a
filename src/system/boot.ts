/** Names the present run of the operating system: what was not synced may be gone when it is another one. */
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';

const minuteMs = 60_000;

export async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return `since ${Math.round((Date.now() - uptime() * 1_000) / minuteMs)}`; // elsewhere: when it was started, about
  }
}
