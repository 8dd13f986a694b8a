/** What a user makes of a command. Pure: hashes, the time and every id come in on the command. */
import type { EventData, Fact } from '../../events/domain.ts';
import type { RefusalCode } from '../../events/refusals.ts';
import { type Decision, facts, refuse } from '../decision.ts';
import type { UserSnapshot } from './machine.ts';
import { isLoggedIn, type UserEvent } from './state.ts';

/**
 * `verifiedAgainst` is the password hash that the border checked the given password against, or null where it did
 * not match. The check takes long and runs outside; if the password was changed meanwhile, it no longer counts.
 */
export type UserCommand =
  | ({ readonly type: 'RegisterUser' } & EventData<'UserRegistered'>)
  | {
      readonly type: 'LogIn';
      readonly verifiedAgainst: string | null;
      readonly tokenHash: string;
      readonly expiresAt: number;
      /** The same password, hashed anew. */
      readonly passwordHash?: string | undefined;
    }
  /** `tokenHash`, here and below: of the log-in by which the user is there. */
  | { readonly type: 'LogOut'; readonly tokenHash: string }
  | { readonly type: 'LogOutEverywhere'; readonly tokenHash: string }
  | {
      readonly type: 'ChangePassword';
      readonly verifiedAgainst: string | null;
      readonly passwordHash: string;
      readonly tokenHash: string;
    }
  | {
      readonly type: 'Recover';
      /** Of the code that was given. */
      readonly recoveredBy: string;
      readonly passwordHash: string;
      readonly recoveryHash: string;
    }
  | { readonly type: 'ComeOnline'; readonly client: string }
  | { readonly type: 'GoOffline'; readonly client: string }
  /** `last` is the newest position in the user's queue. */
  | { readonly type: 'MarkShown'; readonly upTo: number; readonly last: number }
  /** `before`: up to where it was read already. */
  | {
      readonly type: 'MarkRead';
      readonly conversation: string;
      readonly upTo: number;
      readonly before: number;
    }
  | { readonly type: 'DeleteAccount'; readonly tokenHash: string };

/** More than a user's connections, for those that are gone and not missed yet: each coming and going writes them all. */
const clientsMax = 64;

/** Said of names that nobody has, too. */
export const wrongCode = 'Name and recovery code do not match; try again, nothing is locked.';

export function decideUser(snapshot: UserSnapshot, command: UserCommand, at: number): Decision {
  const { id: user, passwordHash, recoveryHash } = snapshot.context;
  const ifPossible = (
    fact: Fact & Pick<UserEvent, 'type'>,
    otherwise: RefusalCode = 'not-possible',
  ): Decision => (snapshot.can({ ...fact, at } as UserEvent) ? facts(fact) : refuse(otherwise));
  const isHere = ({ tokenHash }: { readonly tokenHash: string }) =>
    isLoggedIn(snapshot.context, tokenHash, at);
  switch (command.type) {
    case 'RegisterUser': {
      const { type: _, ...data } = command;
      return ifPossible({ type: 'UserRegistered', data });
    }
    case 'LogIn': {
      if (command.verifiedAgainst !== passwordHash) return refuse('wrong-credentials');
      const { tokenHash, expiresAt, passwordHash: renewed } = command;
      const data = { user, tokenHash, expiresAt };
      const decision = ifPossible({ type: 'LoggedIn', data }, 'wrong-credentials');
      if (renewed === undefined || !('facts' in decision)) return decision;
      return facts({ type: 'PasswordRehashed', data: { user, passwordHash: renewed } }, ...decision.facts);
    }
    case 'LogOut':
      return ifPossible({ type: 'LoggedOut', data: { user, tokenHash: command.tokenHash } }, 'not-logged-in');
    case 'LogOutEverywhere':
      if (!isHere(command)) return refuse('not-logged-in');
      return ifPossible({ type: 'LoggedOutEverywhere', data: { user } });
    case 'ChangePassword': {
      if (command.verifiedAgainst !== passwordHash) return refuse('wrong-credentials');
      const data = { user, passwordHash: command.passwordHash, keptTokenHash: command.tokenHash };
      return ifPossible({ type: 'PasswordChanged', data });
    }
    case 'Recover': {
      if (command.recoveredBy !== recoveryHash) return refuse('wrong-credentials', wrongCode);
      const data = { user, passwordHash: command.passwordHash, recoveryHash: command.recoveryHash };
      return ifPossible({ type: 'AccountRecovered', data });
    }
    case 'ComeOnline':
      if (snapshot.context.clients.length >= clientsMax)
        return refuse('not-possible', `More than ${clientsMax} clients of a user cannot be online at once.`);
      return ifPossible({ type: 'CameOnline', data: { user, client: command.client } }, 'nothing-new');
    case 'GoOffline':
      return ifPossible({ type: 'WentOffline', data: { user, client: command.client } }, 'nothing-new');
    case 'MarkShown': {
      if (command.upTo > command.last) return refuse('not-possible', 'That position is not in your queue.');
      return ifPossible({ type: 'ItemsShown', data: { user, upTo: command.upTo } }, 'nothing-new');
    }
    case 'MarkRead': {
      const { conversation, upTo, before } = command;
      if (upTo <= before) return refuse('nothing-new', 'That was marked as read before.');
      return ifPossible({ type: 'ConversationRead', data: { user, conversation, upTo } });
    }
    case 'DeleteAccount':
      if (!isHere(command)) return refuse('not-logged-in');
      return ifPossible({ type: 'AccountDeleted', data: { user } });
    default:
      return command satisfies never;
  }
}
