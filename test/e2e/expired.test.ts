/** A log-in ends when its time is over, for those who are connected as for those who come: the border does not wait (P9). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Identity, UserClient } from '../../src/client/client.ts';
import { systemClient } from '../../src/client/system.ts';
import { password, TestCluster } from '../support/cluster.ts';
import { RawConnection } from '../support/raw-connection.ts';

let cluster: TestCluster;
let kept: Identity;
let introduction: string;

beforeAll(async () => {
  cluster = await TestCluster.start('--login-life', '8s');
  await cluster.as('alice').done(['register', 'alice', '--password-stdin'], { input: password });
});
afterAll(() => cluster?.stop());

async function logIn(): Promise<void> {
  await cluster.as('alice').done(['login', 'alice', '--password-stdin'], { input: password });
  const path = join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', 'alice.json');
  kept = JSON.parse(readFileSync(path, 'utf8')) as Identity;
  introduction = `user:${kept.user}:${kept.position}`;
}

it('whoever is connected then is cut off, whatever their program does, and not let in again', async () => {
  await logIn();
  const connection = await RawConnection.open(cluster.port, introduction, kept.token);
  expect(await connection.publish(`verbatim.cmd.${kept.user}.c-1`)).toEqual([]);
  expect(await connection.ended()).toContain('User Authentication Expired');
  expect(await RawConnection.refusal(cluster.port, { user: introduction, pass: kept.token })).toContain(
    'Authorization Violation',
  );
});

it('a client is told what to do', async () => {
  await logIn();
  const client = new UserClient(systemClient([cluster.url]), kept);
  await client.line.ready(5_000);
  await new Promise<void>((resolve) => {
    client.line.watch(() => {
      if (client.line.state === 'closed') resolve();
    });
    if (client.line.state === 'closed') resolve();
  });
  expect(client.line.problem).toMatchObject({
    code: 'not-logged-in',
    message: expect.stringContaining('log in again'),
  });
});
