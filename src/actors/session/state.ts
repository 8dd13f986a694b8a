/** The state of a chat session, of a pair or of a group: a fold over its events. The machine and the projection share it. */
import type { EventOf } from '../../events/domain.ts';

export type SessionEvent = EventOf<
  | 'SessionOpened'
  | 'GroupOpened'
  | 'MessagePosted'
  | 'MemberJoined'
  | 'MemberLeft'
  | 'TopicSet'
  | 'SessionQuieted'
  | 'SessionClosed'
>;

export interface SessionState {
  readonly state: 'unopened' | 'opened' | 'active' | 'quiet' | 'closed';
  readonly id: string;
  /** A pair's two stay the same; who is in a group changes. */
  readonly isGroup: boolean;
  /** User ids, each once, sorted: those who take part now. */
  readonly participants: readonly string[];
  /** The pair's session before this one. */
  readonly continues: string | null;
  /** Of a group; empty where nobody has said. */
  readonly topic: string;
  readonly openedAt: number;
  readonly lastAt: number;
  readonly messages: number;
}

export const initialSession: SessionState = {
  state: 'unopened',
  id: '',
  isGroup: false,
  participants: [],
  continues: null,
  topic: '',
  openedAt: 0,
  lastAt: 0,
  messages: 0,
};

export function evolveSession(session: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'SessionOpened':
      return { ...opened(event), continues: event.data.continues };
    case 'GroupOpened':
      return { ...opened(event), isGroup: true, topic: event.data.topic };
    case 'MessagePosted':
      return { ...session, state: 'active', lastAt: event.at, messages: session.messages + 1 };
    case 'MemberJoined':
      return { ...session, participants: [...session.participants, event.data.member].sort() };
    case 'MemberLeft':
      return withoutMember(session, event.data.member);
    case 'TopicSet':
      return { ...session, topic: event.data.topic };
    case 'SessionQuieted':
      return { ...session, state: 'quiet' };
    case 'SessionClosed':
      return { ...session, state: 'closed' };
    default:
      return event satisfies never;
  }
}

function opened({ at, data }: EventOf<'SessionOpened' | 'GroupOpened'>): SessionState {
  const { session: id, participants } = data;
  return { ...initialSession, state: 'opened', id, participants, openedAt: at, lastAt: at };
}

/** What nobody is in any more is closed. */
function withoutMember(session: SessionState, member: string): SessionState {
  const participants = session.participants.filter((participant) => participant !== member);
  return { ...session, participants, state: participants.length > 0 ? session.state : 'closed' };
}
