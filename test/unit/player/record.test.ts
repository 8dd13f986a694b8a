import { expect, it } from 'vitest';
import { readRecording } from '../../../cli/player/record.ts';
import type { UserClient } from '../../../src/client/client.ts';
import { conversationView, messageView } from '../../support/chat-script.ts';

it('tells what happened within one millisecond in the order of the log', async () => {
  const at = 1_000;
  const passages = [{ kind: 'came', client: 'a', at, position: 2 }];
  const client = {
    async *transcript() {
      yield { ...messageView('one', 1), at };
      yield { ...messageView('three', 3), at };
    },
    whoAmI: async () => ({ name: 'alice' }),
    conversations: {
      get: async () => conversationView(),
      passages: async function* (_: string, name: string) {
        if (name === 'bob') yield* passages;
      },
    },
  } as unknown as UserClient; // as much of it as is asked
  const { happenings } = await readRecording(client, 's-1');
  expect(happenings.map((one) => (one.kind === 'said' ? one.text : one.kind))).toEqual([
    'one',
    'came',
    'three',
  ]);
});
