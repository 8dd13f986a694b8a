/** Passwords, tokens and recovery codes, after the whole life of an account: searched for wherever anything was written. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashToken } from '../../src/events/tokens.ts';
import type { Ended } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** As it is, and as programs that know nothing of it may write it down. */
function waysToWrite(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    encodeURIComponent(secret),
  ];
}

it('no secret of an account is written down anywhere, and none is said (P9)', async () => {
  const cluster = await TestCluster.start();
  const alice = cluster.as('alice');
  const profile = join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', 'alice.json');
  const tokens: string[] = [];
  const codes: string[] = [];
  const said: Ended[] = [];
  const run = async (args: string[], input: string[] = []) => {
    const ended = await alice.run([...args, '--json'], { input: input.map((line) => `${line}\n`).join('') });
    said.push(ended);
    return ended;
  };
  const logIn = async (secret: string) => {
    const { status } = await run(['login', 'alice', '--password-stdin'], [secret]);
    if (status === 0) tokens.push((JSON.parse(readFileSync(profile, 'utf8')) as { token: string }).token);
    return status;
  };
  const passwords = ['first secret 7391', 'mistyped secret 7392', 'second secret 7393', 'third secret 7394'];
  const [first, mistyped, second, third] = passwords as [string, string, string, string];

  const registered = await run(['register', 'alice', '--password-stdin'], [first]);
  codes.push(String(registered.json[0]!.recovery_code));
  expect(await logIn(mistyped)).toBe(1);
  expect(await logIn(first)).toBe(0);
  expect((await run(['passwd', '--password-stdin'], [mistyped, second])).status).toBe(1);
  expect((await run(['passwd', '--password-stdin'], [first, second])).status).toBe(0);
  expect((await run(['recover', 'alice', '--password-stdin'], ['WRNG-CODE-7395', third])).status).toBe(1);
  const recovered = await run(['recover', 'alice', '--password-stdin'], [codes[0]!, third]);
  codes.push(String(recovered.json[0]!.recovery_code));
  expect(await logIn(third)).toBe(0);
  expect((await run(['logout', '--everywhere'])).status).toBe(0);
  expect(await logIn(third)).toBe(0);
  const log = await run(['log']);
  const state = await run(['state', '--user', 'alice']);
  expect((await run(['delete-account', '--yes'])).status).toBe(0);
  const { said: errors, told: output } = cluster;
  await cluster.stop();

  const shownOnce = new Set([registered, recovered]);
  const written = [
    ...filesBelow(cluster.data).map((path) => [path, readFileSync(path, 'latin1')] as const),
    ...said.map((ended, index) => {
      const shown = shownOnce.has(ended) ? '' : ended.stdout;
      return [`answer ${index}`, shown + ended.stderr] as const;
    }),
    ['what the cluster said', [...errors.all, ...output.all].join('\n')] as const,
  ];
  const secrets = [...passwords, ...tokens, ...codes, 'WRNG-CODE-7395'];
  expect(secrets).toHaveLength(10);
  for (const secret of secrets) {
    const found = written.filter(([, text]) => waysToWrite(secret).some((way) => text.includes(way)));
    expect(
      found.map(([where]) => where),
      secret,
    ).toEqual([]);
  }

  // What is written instead is found in the same places, so the search can find.
  for (const token of tokens) {
    const places = written.filter(([, text]) => text.includes(hashToken(token))).map(([where]) => where);
    expect(places.some((where) => where.includes('/nats/'))).toBe(true);
    for (const node of ['n1', 'n2', 'n3'])
      expect(
        places.some((where) => where.includes(`/nodes/${node}/`)),
        node,
      ).toBe(true);
  }
  expect(log.stdout).toContain('AccountRecovered');
  for (const shown of [log, state]) expect(shown.stdout).not.toMatch(/argon2|Hash":"(?!\[redacted)/);
});
