/** The state of a chat session: a fold over its events. The machine and the projection share it. */
import type { EventOf } from '../../events/domain.ts';

export type SessionEvent = EventOf<'SessionOpened' | 'MessagePosted' | 'SessionQuieted' | 'SessionClosed'>;

export interface SessionState {
  readonly state: 'unopened' | 'opened' | 'active' | 'quiet' | 'closed';
  readonly id: string;
  /** User ids, each once, sorted. */
  readonly participants: readonly string[];
  readonly openedAt: number;
  readonly lastAt: number;
  readonly messages: number;
}

export const initialSession: SessionState = {
  state: 'unopened',
  id: '',
  participants: [],
  openedAt: 0,
  lastAt: 0,
  messages: 0,
};

export function evolveSession(session: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'SessionOpened':
      return {
        ...initialSession,
        state: 'opened',
        id: event.data.session,
        participants: event.data.participants,
        openedAt: event.at,
        lastAt: event.at,
      };
    case 'MessagePosted':
      return { ...session, state: 'active', lastAt: event.at, messages: session.messages + 1 };
    case 'SessionQuieted':
      return { ...session, state: 'quiet' };
    case 'SessionClosed':
      return { ...session, state: 'closed' };
    default:
      return event satisfies never;
  }
}
