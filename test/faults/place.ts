/** What those who use a cluster share. */
import type { Doors } from './doors.ts';
import type { Groups } from './groups.ts';
import type { Recorder } from './recorder.ts';

export interface Place {
  readonly recorder: Recorder;
  /** A network of one's own, to all servers. */
  doors(): Promise<Doors>;
  /** Names of all who ever were. */
  readonly names: string[];
  readonly groups: Groups;
  /** What nobody expected. */
  problem(error: unknown): void;
}

export interface Letter {
  readonly id: string;
  readonly to: string | { readonly session: string };
  readonly text: string;
}

/** Names of clients and commands are unlike every other's in a run. */
let count = 0;
export const next = (prefix: string) => `${prefix}-${++count}`;
