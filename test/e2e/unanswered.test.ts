/** Nobody answers in time what was sent already: it is said to be unknown, and repeating it is safe. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli, Ended, Running } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';

/** How the time to wait ends is what is tried: nothing shortens it. */
const wait = ['--timeout', '1s'];
const patience = ['--timeout', '60s'];

describe('an outcome that is unknown (P1, P6)', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;
  let follower: string;
  let byHand: Running | undefined;

  beforeAll(async () => {
    // Nothing is committed that not all three hold: without one of them the leader takes a command and cannot answer.
    cluster = await TestCluster.start('--copies', '3', '--min-copies', '3', '--no-restart');
    [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
    await alice.done(['send', 'bob', 'known']);
    await bob.done(['inbox']);
  });
  afterAll(async () => {
    await cluster.stop();
  });

  /** Runs it while one node is dead; that one is back afterwards. */
  async function withoutOne(run: () => Promise<Ended>): Promise<Ended> {
    const { node: leader } = await cluster.leader();
    follower ??= ['n1', 'n2', 'n3'].find((node) => node !== leader)!;
    if (byHand) byHand.signal('SIGKILL');
    else await cluster.kill(follower);
    await byHand?.ended();
    const ended = await run();
    byHand = cluster.as('operator').start(['node', '--id', follower]);
    return ended;
  }

  it('of one message: it names the id to repeat it with, and then it was sent once', async () => {
    const sent = await withoutOne(() => alice.run(['send', 'bob', 'perhaps', ...wait]));
    expect({ status: sent.status, stdout: sent.stdout }).toEqual({ status: 3, stdout: '' });
    expect(sent.stderr).toMatch(
      /^repeat it with --id (\S+), and it is sent once\nerror: outcome-unknown: nobody answered in time; it may have happened or not\n$/,
    );
    const [, id = ''] = /--id (\S+),/.exec(sent.stderr)!;
    const [again] = (await alice.done(['send', 'bob', 'perhaps', '--id', id, '--json', ...patience])).json;
    expect(again).toMatchObject({ id, position: expect.any(Number) });
    expect((await bob.done(['inbox', '--json'])).json.map(({ text }) => text)).toEqual(['perhaps']);
  });

  it('of lines: it names the id to repeat them with, and then each was sent once', async () => {
    const input = 'first\nsecond\n';
    const sent = await withoutOne(() => alice.run(['send', 'bob', '-', ...wait], { input }));
    expect({ status: sent.status, stdout: sent.stdout }).toEqual({ status: 3, stdout: '' });
    const told = sent.stderr.split('\n');
    expect(told.slice(0, 2)).toEqual(
      [1, 2].map((line) => expect.stringMatching(`^error: outcome-unknown: line ${line}: `)),
    );
    expect(told[2]).toMatch(/^repeat the same lines with --id \S+, and each is sent once$/);
    const [, id = ''] = /--id (\S+),/.exec(told[2]!)!;
    const again = await alice.done(['send', 'bob', '-', '--id', id, '--json', ...patience], { input });
    expect(again.json.map((answer) => answer.id)).toEqual([`${id}.1`, `${id}.2`]);
    expect((await bob.done(['inbox', '--json'])).json.map(({ text }) => text)).toEqual(['first', 'second']);
  });
});
