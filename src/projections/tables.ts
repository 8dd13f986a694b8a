/** Every kind of row there is. */
import type { MatchState } from '../actors/match/state.ts';
import type { SessionState } from '../actors/session/state.ts';
import type { UserState } from '../actors/user/state.ts';
import { Table } from './rows.ts';

export interface Cluster {
  readonly generation: number;
  readonly epoch: number;
  readonly leader: string;
  readonly members: readonly string[];
  /** Nodes that must hold a frame before it is committed, at present. */
  readonly copies: number;
  /** As many as that when no node is dead. */
  readonly wanted: number;
  /** And never fewer than that. */
  readonly minCopies: number;
}

export interface OpenedBy {
  readonly user: string;
  readonly expiresAt: number;
}

/** Where an event stands. */
export type Place = readonly [position: number, frame: number];

/** The end of a user's queue; up to where it was shown stands in the user's own state. */
export interface Mailbox {
  /** The newest item; [0, 0] when there never was one. */
  readonly last: Place;
}

/**
 * A run of items in a user's queue: messages from one sender to this user alone at these positions, what stands there in
 * a group's session, or messages of the user's own that came back because their addressee was deleted at this position.
 */
export type Run =
  | { readonly from: string; readonly at: number[] }
  | { readonly group: string; readonly at: number[] }
  | { readonly returned: readonly Place[]; readonly at: readonly [number] };

/** What one frame added to a user's queue. `prev` is the item before, so a queue can be walked backwards. */
export interface Items {
  readonly prev: Place;
  readonly runs: Run[];
}

/** From joining to leaving, both included; null while it lasts. */
export type Stay = readonly [from: number, to: number | null];

export interface Result {
  readonly won: number;
  readonly lost: number;
}

export type Answer = readonly [position: number, frame: number, digest: string];

export const clusterTable = new Table<Cluster>('cluster');
export const users = new Table<UserState>('user');
/** Canonical name → user id. */
export const names = new Table<string>('name');
/** Skeleton of a name → user id. */
export const looks = new Table<string>('look');
/** SHA-256 of a token → whose log-in it opens, and until when. */
export const tokens = new Table<OpenedBy>('token');
/** User ids of those online. */
export const online = new Table<number>('online');
export const sessions = new Table<SessionState>('session');
export const matches = new Table<MatchState>('match');
/** Ids of the matches that are not over: one row, for there are never many. */
export const openMatches = new Table<readonly string[]>('open-matches');
/** Position of opening → match id (lasting). */
export const matchesByTime = new Table<string>('match-at');
/** User id, position of opening → match id (lasting). */
export const matchesOf = new Table<string>('match-of');
/** User id → ids of the matches that the user has joined and that are not over, in the order of joining. */
export const engagements = new Table<readonly string[]>('engaged');
/** Match id → id of its rematch. */
export const rematches = new Table<string>('rematch');
/** User id, another's or a kind of bot → how their matches ended. */
export const results = new Table<Result>('result');
/** Two user ids, sorted → the id of their latest session. */
export const pairs = new Table<string>('pair');
/** Session id → id of the first session of the pair, for all but that one (lasting). */
export const beginnings = new Table<string>('beginning');
/** User id, position of opening, or of joining for the first time → session id (lasting). */
export const memberships = new Table<string>('member');
/** User id, group's session id → when the user was in. */
export const stays = new Table<readonly Stay[]>('stay');
/** User id, group's session id → the group as it was when the user left it last. */
export const partings = new Table<SessionState>('parting');
/** User id → session ids of the groups that the user is in, in the order of joining. */
export const groups = new Table<readonly string[]>('groups');
/** Id of a conversation's first session, user id → up to which position it was read. */
export const reads = new Table<number>('read');
export const mailboxes = new Table<Mailbox>('mailbox');
/** User id, frame (lasting). */
export const items = new Table<Items>('item');
/** Actor id, frame (lasting): the positions in that frame of events that the actor consumed. */
export const history = new Table<number[]>('history');
/** User id or guest id, command id (lasting): what makes repeats safe for ever. */
export const answers = new Table<Answer>('answer');
