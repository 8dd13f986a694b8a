import { describe, expect, it } from 'vitest';
import { sessionMachine } from '../../../src/actors/session/machine.ts';
import type { SessionEvent } from '../../../src/actors/session/state.ts';
import { possible, type Visit, walkMachine } from '../../support/walk-machine.ts';

const people = ['u-a', 'u-b', 'u-c'] as const;
const session = 's-1';
const topics = ['', 'tea'];

const events = Object.fromEntries(
  [
    { type: 'GroupOpened', at: 1, data: { session, by: 'u-a', participants: ['u-a', 'u-b'], topic: '' } },
    { type: 'SessionQuieted', at: 3, data: { session } },
    ...people.flatMap((from): SessionEvent[] => [
      { type: 'MessagePosted', at: 2, data: { session, from, text: 'hi' } },
      { type: 'MemberLeft', at: 2, data: { session, member: from } },
      ...topics.map((topic) => ({ type: 'TopicSet', at: 2, data: { session, by: from, topic } }) as const),
      ...people.map(
        (member) => ({ type: 'MemberJoined', at: 2, data: { session, member, by: from } }) as const,
      ),
    ]),
  ].map((event) => [JSON.stringify(event), event as SessionEvent]),
);

type Snapshot = Visit<typeof sessionMachine>['snapshot'];

function nameOf({ value, context: { participants, topic } }: Snapshot): string {
  return `${value}: ${participants.join(' ')} about ${topic}`;
}

/** As a person would say it, without the machine. */
function isPossible({ value, context: { participants, topic } }: Snapshot, event: SessionEvent): boolean {
  const isIn = (user: string) => participants.includes(user);
  if (value === 'unopened') return event.type === 'GroupOpened';
  if (value === 'closed') return false;
  switch (event.type) {
    case 'MessagePosted':
      return isIn(event.data.from);
    case 'MemberJoined':
      return isIn(event.data.by) && !isIn(event.data.member);
    case 'MemberLeft':
      return isIn(event.data.member);
    case 'TopicSet':
      return isIn(event.data.by) && event.data.topic !== topic;
    case 'SessionQuieted':
      return value === 'active';
    default:
      return false;
  }
}

const visits = walkMachine(sessionMachine, events, nameOf);

describe('a group', () => {
  it('can have any of them in it, and nobody only when it is closed', () => {
    const sizes = new Set([...visits.values()].map(({ snapshot }) => snapshot.context.participants.length));
    expect([...sizes].sort()).toEqual([0, 1, 2, 3]);
    for (const { snapshot } of visits.values()) {
      const isEmpty = snapshot.context.participants.length === 0;
      expect(isEmpty).toBe(snapshot.value === 'closed' || snapshot.value === 'unopened');
    }
  });

  it('takes from members what members may do, wherever it is, and nothing else (P9)', () => {
    for (const visit of visits.values()) {
      const allowed = Object.entries(events).filter(([, event]) => isPossible(visit.snapshot, event));
      expect(Object.keys(possible(visit, nameOf)).sort()).toEqual(allowed.map(([name]) => name).sort());
    }
  });

  it('is in the state that its folded row says, wherever it is', () => {
    for (const { snapshot } of visits.values()) expect(snapshot.context.state).toBe(snapshot.value);
  });
});
