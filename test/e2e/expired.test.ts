/** A log-in ends when its time is over, for those who are connected as for those who come: the border does not wait (P9). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Identity, UserClient } from '../../src/client/client.ts';
import { systemClient } from '../../src/client/system.ts';
import { TestCluster } from '../support/cluster.ts';
import { RawConnection } from '../support/raw-connection.ts';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await TestCluster.start('--login-life', '8s');
});
afterAll(() => cluster?.stop());

async function logIn(name: string): Promise<Identity> {
  await cluster.welcome(name);
  const path = join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Identity;
}

// Both wait for the same 8 s.
describe.concurrent('whoever is connected when the log-in ends', () => {
  it('is cut off, whatever their program does, and not let in again', async ({ expect }) => {
    const { user, position, token } = await logIn('alice');
    const introduction = `user:${user}:${position}`;
    const connection = await RawConnection.open(cluster.port, introduction, token);
    expect(await connection.publish(`verbatim.cmd.${user}.c-1`)).toEqual([]);
    expect(await connection.ended()).toContain('User Authentication Expired');
    expect(await RawConnection.refusal(cluster.port, { user: introduction, pass: token })).toContain(
      'Authorization Violation',
    );
  });

  it('is told what to do, by a client', async ({ expect }) => {
    const client = new UserClient(systemClient([cluster.url]), await logIn('bob'));
    await client.line.ready(5_000);
    await new Promise<void>((resolve) => {
      const look = () => {
        if (client.line.state === 'closed') resolve();
      };
      client.line.watch(look);
      look();
    });
    expect(client.line.problem).toMatchObject({
      code: 'not-logged-in',
      message: expect.stringContaining('log in again'),
    });
  });
});
