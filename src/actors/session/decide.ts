/** What a session makes of a command. Pure: the time and every id come in on the command. */
import type { EventData } from '../../events/domain.ts';
import { type Decision, facts, refuse } from '../decision.ts';
import type { SessionSnapshot } from './machine.ts';

export type SessionCommand =
  | ({ readonly type: 'OpenSession' } & EventData<'SessionOpened'>)
  | { readonly type: 'PostMessage'; readonly from: string; readonly text: string }
  | { readonly type: 'QuietSession' }
  | { readonly type: 'CloseSession'; readonly reason: EventData<'SessionClosed'>['reason'] };

export function decideSession(snapshot: SessionSnapshot, command: SessionCommand, at: number): Decision {
  const session = snapshot.context.id;
  switch (command.type) {
    case 'OpenSession': {
      const { type: _, ...data } = command;
      const fact = { type: 'SessionOpened', data } as const;
      return snapshot.can({ ...fact, at }) ? facts(fact) : refuse('not-possible');
    }
    case 'PostMessage': {
      const fact = {
        type: 'MessagePosted',
        data: { session, from: command.from, text: command.text },
      } as const;
      if (snapshot.can({ ...fact, at })) return facts(fact);
      return refuse(snapshot.matches('closed') ? 'session-closed' : 'unknown-session');
    }
    case 'QuietSession': {
      const fact = { type: 'SessionQuieted', data: { session } } as const;
      return snapshot.can({ ...fact, at }) ? facts(fact) : refuse('not-possible');
    }
    case 'CloseSession': {
      const fact = { type: 'SessionClosed', data: { session, reason: command.reason } } as const;
      return snapshot.can({ ...fact, at }) ? facts(fact) : refuse('session-closed');
    }
    default:
      return command satisfies never;
  }
}
