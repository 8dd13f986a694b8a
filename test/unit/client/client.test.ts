import { describe, expect, it } from 'vitest';
import { UserClient } from '../../../src/client/client.ts';
import { systemClock as clock } from '../../../src/system/clock.ts';
import { systemRandom as random } from '../../../src/system/random.ts';

describe('a client', () => {
  it('refuses an id that the border would refuse: a batch that named it would be refused as a whole (P6)', async () => {
    const identity = { user: 'u-1', name: 'alice', token: '', position: 0 };
    const client = new UserClient({ clock, random, link: () => new Promise(() => undefined) }, identity);
    for (const id of ['', 'a b', 'x'.repeat(65)]) {
      await expect(client.send('bob', 'hi', { id })).rejects.toMatchObject({ code: 'malformed' });
    }
    await client.close();
  });
});
