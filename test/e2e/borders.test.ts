/** A user sees and writes only what is theirs, whatever program holds their credentials: the broker sees to it (P9). */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken } from '../../src/events/tokens.ts';
import { connectionName } from '../../src/node/log-in-checks.ts';
import { systemClock } from '../../src/system/clock.ts';
import { NatsBus } from '../../src/transport/nats-bus.ts';
import { gatewayWord } from '../../src/transport/origin.ts';
import { wardenInboxPrefix, wardenOn } from '../../src/transport/warden.ts';
import { password, TestCluster } from '../support/cluster.ts';
import { RawConnection } from '../support/raw-connection.ts';

interface Kept {
  readonly user: string;
  readonly token: string;
  /** How far it has read. */
  readonly position: number;
}

describe('the borders of a user', () => {
  let cluster: TestCluster;
  let alice: Kept;
  let bob: Kept;
  let own: RawConnection;

  const kept = (profile: string): Kept => {
    const path = join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', `${profile}.json`);
    return JSON.parse(readFileSync(path, 'utf8')) as Kept;
  };
  /** A node that has not heard of a log-in yet waits until it has. */
  const as = ({ user, position }: Kept) => `user:${user}:${position}`;
  const enter = (user: string, pass: string) => RawConnection.open(cluster.port, user, pass);
  const refusal = (user: string, pass: string) => RawConnection.refusal(cluster.port, { user, pass });

  beforeAll(async () => {
    cluster = await TestCluster.start();
    await cluster.welcome('alice', 'bob');
    alice = kept('alice');
    bob = kept('bob');
    own = await enter(as(alice), alice.token);
  });
  afterAll(async () => {
    own?.close();
    await cluster.stop();
  });

  it('their own subjects are open to them', async () => {
    const { user } = alice;
    for (const subject of [
      `verbatim.cmd.${user}.c-1`,
      `verbatim.get.${user}.whoami`,
      `verbatim.inspect.${user}.c-1`,
    ])
      expect(await own.publish(subject)).toEqual([]);
    for (const subject of [
      `verbatim.push.${user}`,
      `_INBOX_${user}.>`,
      'verbatim.leader',
      'verbatim.inspect.clients',
    ]) {
      expect(await own.subscribe(subject)).toEqual([]);
    }
  });

  it('nothing else is, to write', async () => {
    const foreign = [
      `verbatim.cmd.${bob.user}.c-1`,
      `verbatim.get.${bob.user}.whoami`,
      `verbatim.push.${bob.user}`,
      `verbatim.push.${alice.user}`,
      `_INBOX_${bob.user}.1`,
      'verbatim.leader',
      'verbatim.log.1',
      'verbatim.ops.all.status',
      'verbatim.ops.n1.log',
      'verbatim.node.beat',
      'verbatim.node.ack',
      'verbatim.inspect.interest',
      'verbatim.inspect.clients',
      'verbatim.inspect.node.n1',
      `verbatim.inspect.${bob.user}.c-1`,
      'verbatim.anything',
      'anything',
      '$JS.API.STREAM.LIST',
      '$JS.API.STREAM.DELETE.VERBATIM_1',
      '$JS.API.STREAM.MSG.GET.VERBATIM_1',
      '$JS.API.CONSUMER.CREATE.VERBATIM_1',
      '$SYS.REQ.SERVER.PING',
      '$SYS.REQ.USER.AUTH',
    ];
    for (const subject of foreign)
      expect(await own.publish(subject), subject).toEqual([expect.stringContaining('Permissions Violation')]);
  });

  it('nothing else is, to read', async () => {
    const foreign = [
      '>',
      'verbatim.>',
      'verbatim.cmd.*.*',
      `verbatim.cmd.${alice.user}.*`,
      `verbatim.get.${bob.user}.*`,
      `verbatim.push.${bob.user}`,
      'verbatim.push.*',
      `_INBOX_${bob.user}.>`,
      '_INBOX_operator.>',
      '_INBOX.>',
      `verbatim.answer.${alice.user}.>`,
      `verbatim.answer.${bob.user}.>`,
      'verbatim.inspect.interest',
      'verbatim.inspect.>',
      'verbatim.inspect.*.*',
      'verbatim.inspect.node.*',
      `verbatim.inspect.${alice.user}.*`,
      `verbatim.inspect.${bob.user}.*`,
      '_INBOX_inspector.>',
      'verbatim.log.>',
      'verbatim.node.>',
      'verbatim.ops.>',
      '$JS.>',
      '$SYS.>',
    ];
    for (const subject of foreign)
      expect(await own.subscribe(subject), subject).toEqual([
        expect.stringContaining('Permissions Violation'),
      ]);
  });

  it('an answer goes out once, however many of its user listen, and however often', async () => {
    const { user } = bob;
    const open = await Promise.all([enter(as(bob), bob.token), enter(as(bob), bob.token)]);
    for (const connection of open) {
      expect(await connection.subscribe(`_INBOX_${user}.>`)).toEqual([]);
      const answers = `verbatim.answer.${user}.>`;
      for (let times = 0; times < 2; times++) expect(await connection.subscribe(answers, 'one')).toEqual([]);
      for (const group of ['', 'two', '*'])
        expect(await connection.subscribe(answers, group)).toEqual([
          expect.stringContaining('Permissions Violation'),
        ]);
    }
    const question = JSON.stringify({ atLeast: 0, query: {} });
    await open[0]!.publish(`verbatim.get.${user}.whoami`, `_INBOX_${user}.x`, question);
    await Promise.race(open.map((connection) => connection.message()));
    for (const connection of open) await connection.publish(`verbatim.cmd.${user}.c-1`); // whatever is on its way has come
    expect(open.flatMap((connection) => connection.heard)).toEqual([`verbatim.answer.${user}.x`]);
    for (const connection of open) connection.close();
  });

  it('no answer of a node goes where its asker may not write (P9, P10)', async () => {
    const guest = 'g-fedcba9876543210';
    const connection = await enter(`guest:${guest}`, '');
    const ping = JSON.stringify({ after: null, clock: 0, commands: [] });
    for (const reply of ['verbatim.log.1', 'verbatim.node.ack', '$JS.API.STREAM.DELETE.VERBATIM_1']) {
      await connection.publish(`verbatim.cmd.${guest}.c-1`, reply, ping);
      await own.publish(`verbatim.cmd.${alice.user}.c-1`, reply, ping);
      await own.publish(
        `verbatim.get.${alice.user}.whoami`,
        reply,
        JSON.stringify({ atLeast: 0, query: {} }),
      );
    }
    connection.close();
    await cluster.as('alice').done(['send', 'bob', 'still here']);
    expect(await cluster.as('alice').done(['log', '--type', 'LeaderElected', '--json'])).toMatchObject({
      json: [{ epoch: 1 }],
    });
    expect(new Set(await cluster.hashes()).size).toBe(1);
  });

  it('no clock that a client names harms the log (P10)', async () => {
    const far = JSON.stringify({ after: null, clock: Number.MAX_SAFE_INTEGER, commands: [] });
    await own.publish(`verbatim.cmd.${alice.user}.c-1`, `_INBOX_${alice.user}.x`, far);
    await cluster.as('alice').done(['send', 'bob', 'still here']);
    expect(new Set(await cluster.hashes()).size).toBe(1);
  });

  it('a guest can register and log in, and ask for nothing', async () => {
    const guest = 'g-0123456789abcdef';
    const connection = await enter(`guest:${guest}`, '');
    expect(await connection.publish(`verbatim.cmd.${guest}.c-1`)).toEqual([]);
    for (const subject of [
      `verbatim.get.${guest}.users`,
      `verbatim.cmd.${alice.user}.c-1`,
      'verbatim.inspect.interest',
      `verbatim.inspect.${guest}.c-1`,
      `verbatim.inspect.${alice.user}.c-1`,
    ]) {
      expect(await connection.publish(subject)).toEqual([expect.stringContaining('Permissions Violation')]);
    }
    for (const subject of [`verbatim.push.${alice.user}`, 'verbatim.inspect.clients', 'verbatim.inspect.*.*'])
      expect(await connection.subscribe(subject)).toEqual([expect.stringContaining('Permissions Violation')]);
    connection.close();
  });

  it.each([
    ["another's name with one's own token", () => refusal(as(bob), alice.token)],
    ['no token', () => refusal(as(alice), '')],
    ['a name that tries to be a pattern', () => refusal('guest:*', '')],
    ['a node without its password', () => refusal('node', 'guessed')],
    ['an operator without the password', () => refusal('operator', '')],
    ['nobody', () => refusal('', '')],
    ['a name that is too long', () => refusal(`guest:${'x'.repeat(100)}`, '')],
    ['a token that is too long', () => refusal(as(alice), 'x'.repeat(200))],
  ])('the broker does not let in %s, and says so soon', async (_, attempt) => {
    const begunMs = performance.now();
    expect(await attempt()).toContain('Authorization Violation');
    expect(performance.now() - begunMs).toBeLessThan(1_500); // where no node answers, the server waits for 2 s
  });

  it('a log-in that was ended opens nothing any more, and what it had opened is closed (P9)', async () => {
    const carol = (await cluster.welcome('carol'))[0]!;
    const token = kept('carol');
    const open = await enter(as(token), token.token);
    await carol.done(['logout']);
    await open.ended();
    expect(await refusal(as(token), token.token)).toContain('Authorization Violation');
    expect(await own.publish(`verbatim.cmd.${alice.user}.c-1`)).toEqual([]); // nobody else was meant
  });

  it('a change of the password closes what other log-ins have opened, and not its own (P9)', async () => {
    const dave = (await cluster.welcome('dave'))[0]!;
    const other = kept('dave');
    await dave.done(['login', 'dave', '--password-stdin'], { input: password });
    const now = kept('dave');
    const [old, current] = [await enter(as(now), other.token), await enter(as(now), now.token)];
    await dave.done(['passwd', '--password-stdin'], { input: `${password}\nanother ${password}` });
    await old.ended();
    expect(await current.publish(`verbatim.cmd.${now.user}.c-1`)).toEqual([]);
    current.close();
  });

  it('a deletion closes everything that the account had opened (P9)', async () => {
    const erin = (await cluster.welcome('erin'))[0]!;
    const own = kept('erin');
    const open = await Promise.all([enter(as(own), own.token), enter(as(own), own.token)]);
    await erin.done(['delete-account', '--yes']);
    await Promise.all(open.map((connection) => connection.ended()));
    expect(await refusal(as(own), own.token)).toContain('Authorization Violation');
  });

  it('all who are in are found by their log-ins, so that nobody stays whom nobody let in (P9)', async () => {
    const connection = await connect({
      servers: cluster.url,
      user: 'warden',
      pass: cluster.secret('wardenPassword'),
      inboxPrefix: wardenInboxPrefix,
    });
    const names = await wardenOn(new NatsBus(connection), 1, systemClock).names();
    await connection.close();
    expect(names).toContain(connectionName(hashToken(alice.token)));
    for (const name of names) expect(name).toMatch(/^(log-in:[0-9a-f]{64}|guests:.*|node|operator)$/);
  });

  it('one user has room for many connections, and does not take up that of all', async () => {
    const open: RawConnection[] = [];
    const admit = async () => {
      for (let index = 0; index < 48; index++) open.push(await enter(as(bob), bob.token));
    };
    await expect(admit()).rejects.toThrow('Authorization Violation');
    expect(open.length).toBeGreaterThan(16);
    expect(open.length).toBeLessThan(48);
    for (const connection of open) connection.close();
    expect(await own.publish(`verbatim.cmd.${alice.user}.c-1`)).toEqual([]);
  });

  it('guests have room too, those of one network no more than theirs, and a gateway says whose they are', async () => {
    const guest = () => `guest:g-${randomBytes(8).toString('hex')}`;
    const open: RawConnection[] = [];
    const admit = async () => {
      for (let index = 0; index < 256; index++) open.push(await enter(guest(), ''));
    };
    await expect(admit()).rejects.toThrow('Authorization Violation');
    expect(open.length).toBeGreaterThanOrEqual(128 - 3 * 8); // each node counts at every eighth
    expect(open.length).toBeLessThan(256);
    const elsewhere = gatewayWord(cluster.secret('gatewayPassword'), '192.0.2.7');
    open.push(await RawConnection.open(cluster.port, guest(), '', elsewhere));
    open.push(await RawConnection.open(cluster.port, as(alice), alice.token, elsewhere));
    const made = { user: guest(), pass: '', auth_token: gatewayWord('guessed', '192.0.2.7') };
    expect(await RawConnection.refusal(cluster.port, made)).toContain('Authorization Violation');
    const stolen = { user: as(alice), pass: '', auth_token: elsewhere };
    expect(await RawConnection.refusal(cluster.port, stolen)).toContain('Authorization Violation');
    expect(await refusal('gateway', cluster.secret('gatewayPassword'))).toContain('Authorization Violation');
    for (const connection of open) connection.close();
    expect(await own.publish(`verbatim.cmd.${alice.user}.c-1`)).toEqual([]);
  });

  it('services reach what is theirs, and a node cannot take away what the stream holds', async () => {
    const foreign = {
      node: [
        '$JS.API.STREAM.DELETE.VERBATIM_1',
        '$JS.API.STREAM.PURGE.VERBATIM_1',
        '$JS.API.STREAM.MSG.DELETE.VERBATIM_1',
        '$JS.API.STREAM.UPDATE.VERBATIM_1',
        '$JS.API.STREAM.LEADER.STEPDOWN.VERBATIM_1',
        '$JS.API.META.LEADER.STEPDOWN',
      ],
      operator: [
        'verbatim.log.1',
        'verbatim.node.beat',
        `verbatim.cmd.${alice.user}.c-1`,
        'verbatim.inspect.interest',
        'verbatim.inspect.node.n1',
        '$JS.API.INFO',
      ],
      inspector: [
        'verbatim.log.1',
        'verbatim.node.beat',
        `verbatim.cmd.${alice.user}.c-1`,
        `verbatim.get.${alice.user}.whoami`,
        `verbatim.push.${alice.user}`,
        'verbatim.leader',
        'verbatim.ops.n1.give-up',
        'verbatim.ops.n1.verify',
        'verbatim.inspect.node.n1',
        `verbatim.inspect.${alice.user}.c-1`,
        '$JS.API.INFO',
      ],
      auth: ['verbatim.log.1', '$JS.API.INFO', '$SYS.REQ.USER.AUTH'],
      warden: ['verbatim.log.1', '$SYS.REQ.SERVER.PING', '$SYS.REQ.SERVER.PING.JSZ', '$SYS.REQ.USER.AUTH'],
    };
    for (const [service, subjects] of Object.entries(foreign)) {
      const connection = await enter(service, cluster.secret(`${service}Password`));
      for (const subject of subjects)
        expect(await connection.publish(subject), `${service}: ${subject}`).toEqual([
          expect.stringContaining('Permissions Violation'),
        ]);
      connection.close();
    }
  });

  it('nobody waits for a node that does not run (P5)', async () => {
    const { node } = await cluster.leader();
    const follower = ['n1', 'n2', 'n3'].find((id) => id !== node)!;
    cluster.signal('SIGSTOP', follower);
    const waits: number[] = [];
    for (let index = 0; index < 12; index++) {
      const begunMs = performance.now();
      (await enter(as(alice), alice.token)).close();
      waits.push(performance.now() - begunMs);
    }
    cluster.signal('SIGCONT', follower);
    expect(Math.max(...waits)).toBeLessThan(1_000);
  });
});
