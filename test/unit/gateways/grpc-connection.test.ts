/** What one connection of the gateway's may hold open, where no broker is needed to know it. */
import { expect, it } from 'vitest';
import { Refused } from '../../../src/client/errors.ts';
import { tokenRefused } from '../../../src/gateways/bearer.ts';
import { Connection } from '../../../src/gateways/grpc/connection.ts';

const token = `u-${'0'.repeat(16)}.1..${'x'.repeat(43)}`;

/** Of a cluster that nobody is at. */
function newConnection(): Connection {
  const cluster = { servers: ['nats://127.0.0.1:1'], password: 'unused' };
  return new Connection({ address: '127.0.0.1', cluster, patienceMs: 300 });
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  return await asked.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : 'unanswered'),
  );
}

it('log-ins on their way count among those that are open', async () => {
  const connection = newConnection();
  const asked = Array.from({ length: 40 }, () => codeOf(connection.logIn('alice', 'correct horse', 300)));
  const codes = await Promise.all(asked);
  expect(codes.filter((code) => code === 'too-many')).toHaveLength(24);
  expect(codes.filter((code) => code === 'unanswered')).toHaveLength(16);
  expect(await codeOf(connection.logIn('alice', 'correct horse', 100))).toBe('unanswered'); // there is room again
  await connection.close();
});

it('a token that was logged out opens nothing on that connection, and ends its streams', async () => {
  const connection = newConnection();
  const problems: Error[] = [];
  const stream = codeOf(connection.open(token, 0, 300, (problem) => problems.push(problem)));
  connection.forget(token);
  expect(problems).toEqual([tokenRefused()]);
  expect(await codeOf(connection.lease(token, 0, 300))).toBe('not-logged-in');
  expect(await codeOf(connection.open(token, 0, 300, () => undefined))).toBe('not-logged-in');
  await stream;
  await connection.close();
});
