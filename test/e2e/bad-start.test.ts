/** What a cluster cannot be started with: one clear sentence, the right exit status, and nothing is left behind (P10). */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Level } from 'level';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cli } from '../support/cli.ts';
import { ownEnvironment } from '../support/cluster.ts';
import { freePort } from '../support/free-port.ts';
import { outsider } from '../support/outsider.ts';
import { tempFolder } from '../support/temp-folder.ts';

const sentence = /^error: [a-z-]+: [^\n]+\n$/;

describe('bad input to a cluster that is to start', () => {
  let cli: Cli;
  let data: string;
  let port: number;
  const up = async (env: NodeJS.ProcessEnv = {}) =>
    await cli.run(['up', '--data', data, '--port', String(port)], { env });

  beforeEach(async () => {
    cli = new Cli(ownEnvironment());
    data = join(tempFolder(), 'data');
    port = await freePort();
  });

  it('a port in use', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    const { status, stderr } = await up();
    other.close();
    expect(stderr).toMatch(new RegExp(`^error: port-in-use: port ${port} is in use[^\n]*\n$`));
    expect({ status, hasFolder: existsSync(data) }).toEqual({ status: 1, hasFolder: false });
  });

  it.each([
    ['that is too old', 'server-too-old', '#!/bin/sh\necho nats-server: v2.9.25\n'],
    ['that is none', 'server-too-old', '#!/bin/sh\necho hello\n'],
    ['that does not run', 'no-server-program', 'hello'],
  ])('a nats-server %s', async (_, code, script) => {
    const path = join(tempFolder(), 'nats-server');
    writeFileSync(path, script);
    chmodSync(path, code === 'no-server-program' ? 0o644 : 0o755);
    const { status, stderr } = await up({ NATS_SERVER: path });
    expect(stderr).toMatch(sentence);
    expect(stderr).toContain(`error: ${code}: `);
    expect({ status, hasFolder: existsSync(data) }).toEqual({ status: 1, hasFolder: false });
  });

  it.each([1, 2])('a nats-server that ends with status %s, and its reason', async (ending) => {
    const path = join(tempFolder(), 'nats-server');
    const script = `[ "$1" = --version ] && echo nats-server: v2.99.0 && exit\necho nats-server: no room >&2\nexit ${ending}`;
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const { status, stderr } = await up({ NATS_SERVER: path });
    expect(stderr.split('\n').filter((line) => line.includes('no room'))).toEqual([
      'error: failed: nats-1 cannot run: nats-server: no room',
    ]);
    expect(status).toBe(1);
  });

  it('a file where a folder should be, and secrets that are none', async () => {
    writeFileSync(data, '');
    expect((await up()).stderr).toMatch(/^error: data-unusable: [^\n]+ is not a folder\n$/);
    data = tempFolder();
    writeFileSync(join(data, 'secrets.json'), '{}');
    expect((await up()).stderr).toMatch(/^error: data-unusable: [^\n]+ cannot be used: [^\n]+\n$/);
    expect(readFileSync(join(data, 'secrets.json'), 'utf8')).toBe('{}');
  });

  it.skipIf(!existsSync('/proc/self'))('a folder that cannot be made, as /proc says of itself', async () => {
    data = '/proc/nothing-of-this-name/data';
    expect((await up()).stderr).toBe(`error: data-unusable: ${data} is not there and cannot be made\n`);
  });

  it('a data folder of a newer version', async () => {
    const folder = join(data, 'nodes', 'n2');
    mkdirSync(folder, { recursive: true });
    const store = new Level(folder);
    await store.put('m/format', '99');
    await store.close();
    for (const args of [
      ['up', '--port', String(port), '--data', data],
      ['verify', '--data', data],
      ['log', '--data', folder],
    ]) {
      const { status, stderr } = await cli.run(args);
      expect(status).toBe(1);
      expect(stderr.split('\n').filter((line) => line.startsWith('error: '))).toEqual([
        expect.stringMatching(/^error: data-unusable: .*written by a newer version of Verbatim/),
      ]);
    }
  });

  it.skipIf(!process.getuid)('an unreadable folder, to somebody who is not root', async () => {
    mkdirSync(data);
    chmodSync(data, 0o000);
    const stranger = new Cli(
      { ...ownEnvironment(), HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' },
      outsider,
    );
    for (const args of [
      ['up', '--port', String(port), '--data', data],
      ['verify', '--data', data],
      ['status', '--data', data],
    ]) {
      const { status, stderr } = await stranger.run(args);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(
          /^error: data-unusable: [^\n]+ is not readable or writable for this user\n$/,
        ),
      });
    }
    chmodSync(data, 0o700); // so that it can be removed
  });

  it.each([
    ['more copies than nodes', ['--nodes', '2', '--copies', '3']],
    ['fewer copies than the fewest', ['--copies', '1', '--min-copies', '2']],
    ['an election that is none', ['--election', 'highest-id']],
    ['a port that is none', ['--port', '99999']],
    ['a gap that is none', ['--session-gap', 'soon']],
    ['a gap beyond all bounds', ['--session-gap', '9999999999999999999999d']],
  ])('%s', async (_, args) => {
    const { status, stderr } = await cli.run(['up', '--data', data, ...args]);
    expect(stderr).toMatch(/^error: usage: [^\n]+\n$/);
    expect({ status, hasFolder: existsSync(data) }).toEqual({ status: 2, hasFolder: false });
  });
});
