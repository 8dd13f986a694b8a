/** The state of an account: a fold over its events. The machine and the projection share it. */
import type { EventOf } from '../../events/domain.ts';

export type UserEvent = EventOf<
  | 'UserRegistered'
  | 'LoggedIn'
  | 'LoggedOut'
  | 'PasswordChanged'
  | 'PasswordRehashed'
  | 'CameOnline'
  | 'WentOffline'
  | 'ItemsShown'
  | 'AccountDeleted'
>;

export interface UserState {
  readonly state: 'unregistered' | 'offline' | 'online' | 'deleted';
  readonly id: string;
  /** As the user wrote it; empty once deleted. */
  readonly name: string;
  readonly passwordHash: string;
  readonly recoveryHash: string;
  /** SHA-256 of the tokens that open this account, oldest first. */
  readonly tokens: readonly string[];
  /** Clients that are connected now. */
  readonly clients: readonly string[];
  readonly registeredAt: number;
  /** Position up to which the user's queue has been shown. */
  readonly shown: number;
}

export const initialUser: UserState = {
  state: 'unregistered',
  id: '',
  name: '',
  passwordHash: '',
  recoveryHash: '',
  tokens: [],
  clients: [],
  registeredAt: 0,
  shown: 0,
};

/** Older log-ins than this end when new ones come. */
const tokensMax = 32;

export function evolveUser(user: UserState, event: UserEvent): UserState {
  switch (event.type) {
    case 'UserRegistered': {
      const { user: id, name, passwordHash, recoveryHash } = event.data;
      return {
        ...initialUser,
        state: 'offline',
        id,
        name,
        passwordHash,
        recoveryHash,
        registeredAt: event.at,
      };
    }
    case 'LoggedIn':
      return { ...user, tokens: [...user.tokens, event.data.tokenHash].slice(-tokensMax) };
    case 'LoggedOut':
      return { ...user, tokens: user.tokens.filter((token) => token !== event.data.tokenHash) };
    case 'PasswordChanged': {
      const kept = user.tokens.filter((token) => token === event.data.keptTokenHash);
      return { ...user, passwordHash: event.data.passwordHash, tokens: kept };
    }
    case 'PasswordRehashed':
      return { ...user, passwordHash: event.data.passwordHash };
    case 'CameOnline':
      return withClients(user, [...user.clients, event.data.client]);
    case 'WentOffline':
      return withClients(
        user,
        user.clients.filter((client) => client !== event.data.client),
      );
    case 'ItemsShown':
      return { ...user, shown: event.data.upTo };
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

function withClients(user: UserState, clients: readonly string[]): UserState {
  return { ...user, clients, state: clients.length > 0 ? 'online' : 'offline' };
}
