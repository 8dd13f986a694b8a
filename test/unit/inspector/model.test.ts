/** What an inspector makes of what it is told. */

import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { replicaMachine } from '../../../src/actors/replica/machine.ts';
import { sessionMachine } from '../../../src/actors/session/machine.ts';
import { userMachine } from '../../../src/actors/user/machine.ts';
import { toElk } from '../../../src/inspector/model/chart.ts';
import { differences } from '../../../src/inspector/model/differences.ts';
import { Model } from '../../../src/inspector/model/model.ts';
import { edgeTaken, edgeText } from '../../../src/inspector/model/transitions.ts';
import { Tree } from '../../../src/inspector/model/tree.ts';
import { graphOf, statePath } from '../../../src/inspector/source/graph.ts';
import { graphSchema, type Told } from '../../../src/protocol/inspection.ts';

const session = graphOf(sessionMachine);
const toldBy = (process: string, more: Partial<Told>, kind: Told['kind'] = 'node'): Told => ({
  process,
  kind,
  ...more,
});
const actor = (id: string, state: string, kind = 'replica') => ({ id, kind, label: id, state });

describe('a graph', () => {
  it.each([replicaMachine, sessionMachine, userMachine])(
    'holds every state and can be told and drawn: $id',
    (machine) => {
      const graph = graphOf(machine);
      expect(graphSchema.parse(graph)).toEqual(graph);
      expect(toElk(graph).children).toHaveLength(Object.keys(machine.states).length);
      expect(statePath(createActor(machine).getSnapshot().value)).toBe(
        machine.id === 'replica' ? 'recovering' : `un${machine.id === 'user' ? 'registered' : 'opened'}`,
      );
    },
  );

  it.each([
    ['opened', 'MessagePosted', 'active', 'MessagePosted [isParticipant]'],
    ['active', 'MessagePosted', 'active', 'MessagePosted [isParticipant]'],
    ['active', 'MemberLeft', 'closed', 'MemberLeft [isLastMember]'],
    ['active', 'MemberLeft', 'active', 'MemberLeft [isMember]'],
  ])('knows which transition was taken: %s on %s to %s', (from, event, to, text) => {
    expect(edgeText(edgeTaken(session, from, event, to)!)).toBe(text);
  });

  it('knows transitions of states that lie around the one that is active, and of none that there are not', () => {
    const replica = graphOf(replicaMachine);
    const taken = edgeTaken(replica, 'campaigning.trying', 'DISCONNECTED', 'disconnected');
    expect(taken).toMatchObject({ from: 'campaigning', to: 'disconnected' });
    expect(edgeTaken(session, 'closed', 'MessagePosted', 'active')).toBeUndefined();
  });
});

describe('a model', () => {
  it('believes a process about its own actors, and a node about users and sessions too', () => {
    const model = new Model();
    model.take(
      toldBy('n1', {
        actors: [
          actor('n1/replica', 'leading'),
          actor('n2/replica', 'leading'),
          actor('cluster/u-1', 'offline', 'user'),
        ],
      }),
      'n1',
      0,
    );
    model.take(
      toldBy(
        'u-2.c-1',
        { actors: [actor('u-2.c-1/client', 'ready', 'client'), actor('cluster/u-1', 'deleted', 'user')] },
        'client',
      ),
      'u-2.c-1',
      0,
    );
    model.take(toldBy('n3', { actors: [actor('n3/replica', 'leading')] }), 'n9', 0); // not who the broker says
    expect(model.whole().actors?.map(([id, , , state]) => [id, state])).toEqual([
      ['n1/replica', 'leading'],
      ['cluster/u-1', 'offline'],
      ['u-2.c-1/client', 'ready'],
    ]);
  });

  it('gives each user room for some clients, each of which is one actor', () => {
    const model = new Model();
    for (let n = 0; n < 100; n++) {
      const process = `u-2.c-${n}`;
      const actors = [actor(`${process}/client`, 'ready', 'client'), actor(`${process}/replica`, 'leading')];
      model.take(toldBy(process, { actors }, 'client'), process, 0);
    }
    model.take(
      toldBy('u-3.c-1', { actors: [actor('u-3.c-1/client', 'ready', 'client')] }, 'client'),
      'u-3.c-1',
      0,
    );
    expect(model.actors).toBe(33);
    expect(model.whole().actors?.at(-1)).toEqual(['u-3.c-1/client', 'client', 'u-3', 'ready']);
  });

  it('tells what changed, once', () => {
    const model = new Model();
    model.take(toldBy('n1', { actors: [actor('n1/replica', 'following')] }), 'n1', 0);
    expect(model.changes()?.actors).toHaveLength(1);
    expect(model.changes()).toBeUndefined();
    model.take(toldBy('n1', { actors: [actor('n1/replica', 'leading')] }), 'n1', 5);
    expect(model.changes()).toMatchObject({
      actors: [['n1/replica', 'replica', 'n1/replica', 'leading']],
      happenings: [{ what: 'election', node: 'n1', text: 'leads', at: 5 }],
    });
    model.forget('n1');
    expect(model.changes()?.gone).toEqual(['n1/replica']);
  });

  it('puts the way of a frame together from what its leader and the nodes say, and keeps the latest', () => {
    const model = new Model();
    for (let frame = 1; frame <= 100; frame++) {
      model.take(toldBy('n1', { frames: [{ frame, at: 10, what: 'led', steps: [1, 2, 3] }] }), 'n1', 0);
      model.take(toldBy('n2', { frames: [{ frame, at: 14, what: 'stored' }] }), 'n2', 0);
    }
    const frames = model.whole().frames!;
    expect(frames).toHaveLength(40);
    expect(frames.at(-1)).toMatchObject({ frame: 100, leader: 'n1', steps: [1, 2, 3], stored: { n2: 14 } });
  });
});

it('a tree groups by process and kind, searches all words, and hides what is folded', () => {
  const tree = new Tree();
  tree.put([
    ['n1/replica', 'replica', 'n1', 'leading'],
    ['cluster/u-1', 'user', 'alice', 'registered.online'],
    ['cluster/u-2', 'user', 'bob', 'registered.offline'],
  ]);
  const labels = (search: string, folded: string[] = []) =>
    tree.rows(search, new Set(folded)).map((row) => (row.is === 'group' ? row.key : row.actor[2]));
  expect(labels('')).toEqual(['n1', 'n1/replica', 'n1', 'cluster', 'cluster/user', 'alice', 'bob']);
  expect(labels('USER online')).toEqual(['cluster', 'cluster/user', 'alice']);
  expect(labels('', ['cluster'])).toEqual(['n1', 'n1/replica', 'n1', 'cluster']);
  tree.put([['cluster/u-1', 'user', 'alice', 'deleted']]);
  expect(labels('deleted')).toEqual(['cluster', 'cluster/user', 'alice']);
});

it('a tree knows clients by the names of their users, and has them together', () => {
  const tree = new Tree();
  tree.put([
    ['u-1.c-1/client', 'client', 'u-1', 'ready'],
    ['u-2.c-1/client', 'client', 'u-2', 'leaderless'],
    ['cluster/u-1', 'user', 'alice', 'registered.online'],
  ]);
  const rows = tree.rows('', new Set(['cluster']));
  const labels = rows.map((row) => (row.is === 'group' ? row.label : tree.label(row.actor)));
  expect(labels).toEqual(['cluster', 'clients', 'client', 'alice', 'u-2']);
  expect(tree.rows('alice ready', new Set())).toHaveLength(3);
});

it('differences say what is new, changed and gone, and nothing where nothing was known before', () => {
  const changes = (before: object | undefined, now: object) =>
    differences(before as Record<string, unknown>, now as Record<string, unknown>).map(
      ({ key, change }) => `${key} ${change}`,
    );
  expect(changes({ a: 1, b: [1], c: 1 }, { a: 1, b: [1, 2], d: 0 })).toEqual([
    'a same',
    'b changed',
    'd new',
    'c gone',
  ]);
  expect(changes(undefined, { a: 1 })).toEqual(['a same']);
});
