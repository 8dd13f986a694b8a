import { describe, expect, it } from 'vitest';
import type { createActor } from 'xstate';
import { sessionMachine } from '../../../src/actors/session/machine.ts';
import type { SessionEvent } from '../../../src/actors/session/state.ts';
import { possible, walkMachine } from '../../support/walk-machine.ts';

const opened = (...participants: string[]): SessionEvent => {
  return { type: 'SessionOpened', at: 1, data: { session: 's-1', participants, continues: null } };
};
const posted = (from: string): SessionEvent => {
  return { type: 'MessagePosted', at: 2, data: { session: 's-1', from, text: 'hi' } };
};

const joined = (member: string, by: string): SessionEvent => {
  return { type: 'MemberJoined', at: 2, data: { session: 's-1', member, by } };
};
const left = (member: string): SessionEvent => {
  return { type: 'MemberLeft', at: 2, data: { session: 's-1', member } };
};
const topicSet = (by: string, topic: string): SessionEvent => {
  return { type: 'TopicSet', at: 2, data: { session: 's-1', by, topic } };
};

const events = {
  'opened for a pair': opened('u-a', 'u-b'),
  'opened for three': opened('u-a', 'u-b', 'u-c'),
  'opened for one': opened('u-a'),
  'opened for nobody': opened(),
  'opened for one twice': opened('u-a', 'u-a'),
  'posted by one side': posted('u-a'),
  'posted by the other': posted('u-b'),
  'posted by a third': posted('u-c'),
  'posted by a stranger': posted('u-x'),
  'joined as in a group': joined('u-x', 'u-a'),
  'left as in a group': left('u-a'),
  'given a topic as a group': topicSet('u-a', 'tea'),
  'opened as a group without the one who opens it': {
    type: 'GroupOpened',
    at: 1,
    data: { session: 's-1', by: 'u-x', participants: ['u-a', 'u-b'], topic: '' },
  },
  'fell quiet': { type: 'SessionQuieted', at: 3, data: { session: 's-1' } },
  'closed by a gap': { type: 'SessionClosed', at: 4, data: { session: 's-1', reason: 'gap' } },
  'closed by a deletion': { type: 'SessionClosed', at: 4, data: { session: 's-1', reason: 'deleted' } },
} satisfies Record<string, SessionEvent>;

/** Every event that is possible in a state and where it leads; what is not listed is not possible. */
const table = {
  unopened: { 'opened for a pair': 'opened of 2', 'opened for three': 'opened of 3' },
  ...ofSize(2, ['posted by one side', 'posted by the other']),
  ...ofSize(3, ['posted by one side', 'posted by the other', 'posted by a third']),
};

function ofSize(size: number, posts: (keyof typeof events)[]) {
  const posting = Object.fromEntries(posts.map((name) => [name, `active of ${size}`]));
  const closing = { 'closed by a gap': `closed of ${size}`, 'closed by a deletion': `closed of ${size}` };
  return {
    [`opened of ${size}`]: { ...posting, ...closing },
    [`active of ${size}`]: { ...posting, ...closing, 'fell quiet': `quiet of ${size}` },
    [`quiet of ${size}`]: { ...posting, ...closing },
    [`closed of ${size}`]: {},
  };
}

type Snapshot = ReturnType<ReturnType<typeof createActor<typeof sessionMachine>>['getSnapshot']>;

function nameOf({ value, context }: Snapshot): string {
  return value === 'unopened' ? value : `${value} of ${context.participants.length}`;
}

const visits = walkMachine(sessionMachine, events, nameOf);

describe('a session', () => {
  it('reaches these states', () => {
    expect([...visits.keys()].sort()).toEqual(Object.keys(table).sort());
  });

  it.each(Object.entries(table))('that is %s: these events are possible, no others', (name, answers) => {
    expect(possible(visits.get(name)!, nameOf)).toEqual(answers);
  });

  it('is in the state that its folded row says, wherever it is', () => {
    for (const { snapshot } of visits.values()) expect(snapshot.context.state).toBe(snapshot.value);
  });
});
