/** The state of an account: a fold over its events. The machine and the projection share it. */
import type { EventOf } from '../../events/domain.ts';

export type UserEvent = EventOf<
  | 'UserRegistered'
  | 'LoggedIn'
  | 'LoggedOut'
  | 'LoggedOutEverywhere'
  | 'PasswordChanged'
  | 'PasswordRehashed'
  | 'AccountRecovered'
  | 'CameOnline'
  | 'WentOffline'
  | 'ItemsShown'
  | 'ConversationRead'
  | 'AccountDeleted'
>;

/** An open log-in. */
export interface LogIn {
  /** SHA-256 of its token. */
  readonly tokenHash: string;
  readonly expiresAt: number;
}

export interface UserState {
  readonly state: 'unregistered' | 'offline' | 'online' | 'deleted';
  readonly id: string;
  /** As the user wrote it; empty once deleted. */
  readonly name: string;
  /** What the name looks like. */
  readonly skeletons: readonly string[];
  readonly passwordHash: string;
  readonly recoveryHash: string;
  /** Oldest first. One that has expired may still be among them: ask `isLoggedIn`. */
  readonly logIns: readonly LogIn[];
  /** Clients that are connected now. */
  readonly clients: readonly string[];
  readonly registeredAt: number;
  /** Position up to which the user's queue has been shown. */
  readonly shown: number;
  /** When the user came or went last; 0: never. */
  readonly seenAt: number;
}

export const initialUser: UserState = {
  state: 'unregistered',
  id: '',
  name: '',
  skeletons: [],
  passwordHash: '',
  recoveryHash: '',
  logIns: [],
  clients: [],
  registeredAt: 0,
  shown: 0,
  seenAt: 0,
};

/** Older log-ins than this end when new ones come. */
const logInsMax = 32;

export function evolveUser(user: UserState, event: UserEvent): UserState {
  switch (event.type) {
    case 'UserRegistered': {
      const { user: id, name, skeletons, passwordHash, recoveryHash } = event.data;
      return {
        ...initialUser,
        state: 'offline',
        id,
        name,
        skeletons,
        passwordHash,
        recoveryHash,
        registeredAt: event.at,
      };
    }
    case 'LoggedIn':
      return withLogIn(user, event);
    case 'LoggedOut':
      return { ...user, logIns: user.logIns.filter(({ tokenHash }) => tokenHash !== event.data.tokenHash) };
    case 'LoggedOutEverywhere':
      return { ...user, logIns: [] };
    case 'PasswordChanged': {
      const kept = user.logIns.filter(({ tokenHash }) => tokenHash === event.data.keptTokenHash);
      return { ...user, passwordHash: event.data.passwordHash, logIns: kept };
    }
    case 'PasswordRehashed':
      return { ...user, passwordHash: event.data.passwordHash };
    case 'AccountRecovered': {
      const { passwordHash, recoveryHash } = event.data;
      return { ...user, passwordHash, recoveryHash, logIns: [] };
    }
    case 'CameOnline':
      return withClients(user, event.at, [...user.clients, event.data.client]);
    case 'WentOffline':
      return withClients(
        user,
        event.at,
        user.clients.filter((client) => client !== event.data.client),
      );
    case 'ItemsShown':
      return { ...user, shown: event.data.upTo };
    case 'ConversationRead':
      return user; // kept with the conversation
    case 'AccountDeleted':
      return {
        ...initialUser,
        state: 'deleted',
        id: user.id,
        registeredAt: user.registeredAt,
        shown: user.shown,
      };
    default:
      return event satisfies never;
  }
}

/** @param at the log's own time. */
export function isLoggedIn({ logIns }: UserState, tokenHash: string, at: number): boolean {
  return logIns.some((logIn) => logIn.tokenHash === tokenHash && at < logIn.expiresAt);
}

/** What has expired goes with the next log-in: nothing happens in a log by itself. */
function withLogIn(user: UserState, { at, data: { tokenHash, expiresAt } }: EventOf<'LoggedIn'>): UserState {
  const open = user.logIns.filter((logIn) => at < logIn.expiresAt);
  return { ...user, logIns: [...open, { tokenHash, expiresAt }].slice(-logInsMax) };
}

function withClients(user: UserState, seenAt: number, clients: readonly string[]): UserState {
  return { ...user, clients, seenAt, state: clients.length > 0 ? 'online' : 'offline' };
}
