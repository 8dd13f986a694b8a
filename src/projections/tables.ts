/** Every kind of row there is. */
import type { SessionState } from '../actors/session/state.ts';
import type { UserState } from '../actors/user/state.ts';
import { Table } from './rows.ts';

export interface Cluster {
  readonly generation: number;
  readonly epoch: number;
  readonly leader: string;
  readonly members: readonly string[];
  readonly copies: number;
}

/** The end of a user's queue; what was shown stands in the user's own state. */
export interface Mailbox {
  /** Position of the newest item, 0 when there never was one. */
  readonly last: number;
}

/**
 * An item of a user's queue: a message at the item's own position, or messages that came back because their addressee
 * was deleted there. `prev` is the position of the item before, so a queue can be walked backwards and a gap seen.
 */
export type Item =
  | { readonly frame: number; readonly prev: number; readonly from: string }
  | { readonly frame: number; readonly prev: number; readonly returned: readonly Place[] };

/** Where an event stands. */
export type Place = readonly [position: number, frame: number];
export type Answer = readonly [position: number, frame: number, digest: string];

export const clusterTable = new Table<Cluster>('cluster');
export const users = new Table<UserState>('user');
/** Canonical name → user id. */
export const names = new Table<string>('name');
/** SHA-256 of a token → user id. */
export const tokens = new Table<string>('token');
/** User ids of those online. */
export const online = new Table<number>('online');
export const sessions = new Table<SessionState>('session');
/** Two user ids, sorted → the id of their latest session. */
export const pairs = new Table<string>('pair');
/** User id, position of opening → session id (lasting). */
export const memberships = new Table<string>('member');
export const mailboxes = new Table<Mailbox>('mailbox');
/** User id, position (lasting). */
export const items = new Table<Item>('item');
/** Actor id, position → frame number (lasting): every event an actor ever consumed. */
export const history = new Table<number>('history');
/** User id or guest id, command id (lasting): what makes repeats safe for ever. */
export const answers = new Table<Answer>('answer');
