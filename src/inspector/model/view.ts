/** What the page is shown. Pure data, as it goes over the wire. */
import type { EventTold, Graph } from '../../protocol/inspection.ts';

/** Before the ids of users and sessions, which belong to no one process. */
export const everybodys = 'cluster/';

/** Short, because there are many. */
export type ActorRow = readonly [id: string, kind: string, label: string, state: string];

export interface NodeRow {
  readonly node: string;
  readonly role: string;
  /** Of its replica machine. */
  readonly state: string;
  readonly epoch: number;
  readonly position: number;
  readonly frame: number;
  readonly stateHash: string;
  readonly lag: number | null;
  readonly isInSync: boolean;
  /** Whether its state hash is everybody's where all can be compared. */
  readonly agrees: boolean;
  readonly clients: number;
  readonly copies: number;
}

/** Something that does not happen every day. */
export interface Happening {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly what: 'election' | 'copy' | 'fault' | 'copies';
  readonly node: string;
  readonly text: string;
  readonly position: number | null;
}

/** A frame on its way; steps in milliseconds, moments since its beginning. */
export interface FramePath {
  readonly frame: number;
  /** When its first event was decided; 0 while the leader has not told. Milliseconds since 1970. */
  readonly at: number;
  readonly leader: string | null;
  readonly position: number | null;
  readonly events: number | null;
  readonly sessions: readonly string[];
  /** In the draft, in the stream, until enough copies were there. */
  readonly steps: readonly [number, number, number] | null;
  /** When each node had stored it, and when its rows showed it. Milliseconds since 1970. */
  readonly stored: Readonly<Record<string, number>>;
  readonly committed: Readonly<Record<string, number>>;
}

/** The first one holds everything, those after it what changed. */
export interface Update {
  readonly isWhole: boolean;
  readonly machines?: Readonly<Record<string, Graph>>;
  readonly actors?: readonly ActorRow[];
  readonly gone?: readonly string[];
  readonly nodes?: readonly NodeRow[];
  readonly leader?: string | null;
  readonly happenings?: readonly Happening[];
  readonly frames?: readonly FramePath[];
  /** Highest committed position known. */
  readonly position?: number;
  /** Events that were too many to be told. */
  readonly dropped?: number;
  readonly bodies?: boolean;
}

export type WatchedEvent = EventTold;

/** An event in the past of a user or a session, as a node tells it. */
export interface PastEvent {
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A user or a session as it was, as a node tells it. */
export interface PastMoment {
  /** Of the last event that it had consumed. */
  readonly position: number;
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
}
