/** What a session makes of a command. Pure: the time and every id come in on the command. */
import type { EventData, Fact } from '../../events/domain.ts';
import { limits } from '../../events/limits.ts';
import type { RefusalCode } from '../../events/refusals.ts';
import { type Decision, facts, refuse } from '../decision.ts';
import type { SessionSnapshot } from './machine.ts';
import type { SessionEvent } from './state.ts';

export type SessionCommand =
  | ({ readonly type: 'OpenSession' } & EventData<'SessionOpened'>)
  | ({ readonly type: 'OpenGroup' } & EventData<'GroupOpened'>)
  | { readonly type: 'PostMessage'; readonly from: string; readonly text: string }
  | { readonly type: 'Invite'; readonly member: string; readonly by: string }
  | { readonly type: 'Leave'; readonly member: string }
  | { readonly type: 'SetTopic'; readonly by: string; readonly topic: string }
  | { readonly type: 'QuietSession' }
  | { readonly type: 'CloseSession'; readonly reason: EventData<'SessionClosed'>['reason'] };

export function decideSession(snapshot: SessionSnapshot, command: SessionCommand, at: number): Decision {
  const { id: session, isGroup, participants } = snapshot.context;
  const ifPossible = (fact: Fact & Pick<SessionEvent, 'type'>, otherwise: RefusalCode): Decision =>
    snapshot.can({ ...fact, at } as SessionEvent) ? facts(fact) : refuse(otherwise);
  const isMember = (user: string) => isGroup && participants.includes(user);
  switch (command.type) {
    case 'OpenSession': {
      const { type: _, ...data } = command;
      return ifPossible({ type: 'SessionOpened', data }, 'not-possible');
    }
    case 'OpenGroup': {
      const { type: _, ...data } = command;
      if (data.participants.length > limits.membersMax) return refuse('group-full');
      return ifPossible({ type: 'GroupOpened', data }, 'not-possible');
    }
    case 'PostMessage': {
      const data = { session, from: command.from, text: command.text };
      return ifPossible(
        { type: 'MessagePosted', data },
        snapshot.matches('closed') ? 'session-closed' : 'unknown-session',
      );
    }
    case 'Invite': {
      const { member, by } = command;
      if (!isMember(by)) return refuse('unknown-session');
      if (isMember(member)) return refuse('already-member');
      if (participants.length >= limits.membersMax) return refuse('group-full');
      return ifPossible({ type: 'MemberJoined', data: { session, member, by } }, 'not-possible');
    }
    case 'Leave': {
      const { member } = command;
      return ifPossible({ type: 'MemberLeft', data: { session, member } }, 'unknown-session');
    }
    case 'SetTopic': {
      const { by, topic } = command;
      if (!isMember(by)) return refuse('unknown-session');
      if (topic === snapshot.context.topic) return refuse('nothing-new', 'That is what it is about already.');
      return ifPossible({ type: 'TopicSet', data: { session, by, topic } }, 'not-possible');
    }
    case 'QuietSession':
      return ifPossible({ type: 'SessionQuieted', data: { session } }, 'not-possible');
    case 'CloseSession':
      return ifPossible(
        { type: 'SessionClosed', data: { session, reason: command.reason } },
        'session-closed',
      );
    default:
      return command satisfies never;
  }
}
