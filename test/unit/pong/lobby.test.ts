/** Which match is meant by a name: one that waits already, before a new one. */
import { expect, it } from 'vitest';
import { matchWith } from '../../../cli/pong/lobby.ts';
import type { UserClient } from '../../../src/client/client.ts';
import { matchView } from '../../support/pong-script.ts';

it('somebody who is invited already is not invited again, however the name is spelt', async () => {
  const waiting = matchView({
    state: 'lobby',
    by: 'alice',
    joined: [true, false],
    players: ['alice', 'Zoë'],
  });
  const opened: unknown[] = [];
  const client = {
    line: { ready: async () => undefined },
    matches: {
      async *list() {
        yield waiting;
      },
      open: async (whom: unknown) => {
        opened.push(whom);
        return 'p-2';
      },
      get: async (match: string) => matchView({ match }),
    },
  } as unknown as UserClient; // of a client only these are asked
  const decomposed = 'ZOE\u0308';
  expect(await matchWith(client, 'alice', { with: decomposed, points: 5 })).toBe(waiting);
  expect(opened).toEqual([]);
  expect(await matchWith(client, 'alice', { with: 'bob', points: 5 })).toMatchObject({ match: 'p-2' });
  expect(opened).toEqual([{ name: 'bob' }]);
});
