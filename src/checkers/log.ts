/** What nodes have to show when all is over. */
import type { DomainEvent, EventOf } from '../events/domain.ts';
import type { StateAt } from './hashes.ts';

export interface LogEntry {
  readonly position: number;
  readonly frame: number;
  readonly event: DomainEvent;
}

export type PostedEntry = LogEntry & { readonly event: EventOf<'MessagePosted'> };

export interface NodeRecord {
  readonly node: string;
  /** Everything committed, from position 1. */
  readonly log: readonly LogEntry[];
  /** State hashes it had at some frames. */
  readonly hashes: readonly StateAt[];
}

/** The longest log first: the others should be the same. */
export function byLength(nodes: readonly NodeRecord[]): NodeRecord[] {
  return [...nodes].sort((a, b) => b.log.length - a.log.length);
}
