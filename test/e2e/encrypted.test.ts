/** What goes over a network is encrypted, to servers that are who they must be (P9). */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificates, hasOpenssl, makeCertificates } from '../support/certificates.ts';
import { Cli } from '../support/cli.ts';
import { ownEnvironment, password, TestCluster } from '../support/cluster.ts';
import { freePort } from '../support/free-port.ts';
import { tempFolder } from '../support/temp-folder.ts';

if (!hasOpenssl) console.log('skipped: there is no openssl here to make certificates with');

describe.skipIf(!hasOpenssl).each([1, 3])('TLS with %i nats-servers', (count) => {
  let own: Certificates;
  let foreign: Certificates;
  let cluster: TestCluster;
  let stranger: Cli;
  const reach = () => ['--servers', cluster.url.replace('nats:', 'tls:')];

  beforeAll(async () => {
    [own, foreign] = [makeCertificates('IP:127.0.0.1'), makeCertificates('IP:127.0.0.1')];
    const files = ['--tls-cert', own.cert, '--tls-key', own.key, '--tls-ca', own.ca];
    cluster = await TestCluster.start('--nats', String(count), ...files);
    stranger = new Cli(ownEnvironment());
  });
  afterAll(() => cluster?.stop());

  it('commands beside the data folder know whom to trust', async () => {
    await cluster.welcome('alice', 'bob');
    await cluster.as('alice').done(['send', 'bob', 'nobody reads along']);
    const { status, json } = await cluster.status();
    expect(status).toBe(0);
    expect(json.filter(({ in_sync: isInSync }) => isInSync)).toHaveLength(3);
    expect((await cluster.as('bob').done(['inbox'])).stdout).toContain('nobody reads along');
  });

  it('others are told whom to trust, and trust nobody else', async () => {
    const register = (name: string, ...how: string[]) =>
      stranger.run(['register', name, '--password-stdin', ...reach(), ...how], { input: password });
    expect((await register('carol', '--tls-ca', own.ca)).status).toBe(0);
    for (const how of [[], ['--tls-ca', foreign.ca]]) {
      const { status, stderr } = await register('dave', ...how);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^error: not-trusted: .*certificate/),
      });
    }
  });

  it('plain text gets nobody in, and no secret out', async () => {
    const socket = connect(cluster.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('CONNECT {"user":"operator","pass":"guessed","verbose":false}\r\nPING\r\n');
    const said = await text(socket);
    expect(said).toContain('"tls_required":true');
    expect(said).not.toContain('PONG');
  });
});

describe('another machine', () => {
  const cli = new Cli(ownEnvironment());

  it('is not spoken with in plain text', async () => {
    const { status, stderr } = await cli.run(['users', '--servers', 'nats://192.0.2.1:4222']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: (not-logged-in|plain-text): /);
    const register = ['register', 'alice', '--password-stdin', '--servers', 'nats://192.0.2.1:4222'];
    expect((await cli.run(register, { input: password })).stderr).toMatch(/^error: plain-text: /);
    const asked = await cli.run(['status', '--servers', 'nats://192.0.2.1:4222'], {
      env: { VERBATIM_OPERATOR_PASSWORD: 'secret' },
    });
    expect(asked.stderr).toMatch(/^error: plain-text: /);
  });

  it('is not listened to in plain text, nor under a name that the certificate does not have', async () => {
    const up = async (...args: string[]) =>
      await cli.run(['up', '--data', tempFolder(), '--port', String(await freePort()), ...args]);
    expect(await up('--host', '192.0.2.1')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('read along'),
    });
    expect((await up('--host', '0.0.0.0')).status).toBe(2);
    if (!hasOpenssl) return;
    const { cert, key } = makeCertificates('DNS:chat.example.org');
    const { status, stderr } = await up('--tls-cert', cert, '--tls-key', key);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `error: not-trusted: the certificate in ${cert} does not name 127.0.0.1\n`,
    });
    expect((await up('--tls-cert', cert)).status).toBe(2);
  });
});
