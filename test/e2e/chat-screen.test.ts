/** The chat on a screen, as people use it: in a real terminal, from the first question on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { password, TestCluster } from '../support/cluster.ts';
import { hasTmux, Terminal } from '../support/terminal.ts';

describe.skipIf(!hasTmux)('the chat on a screen', () => {
  let cluster: TestCluster;
  const open = (profile: string, ...args: string[]) =>
    Terminal.open(['chat', '--profile', profile, ...args], cluster.env);

  beforeAll(async () => {
    cluster = await TestCluster.start('--min-copies', '2'); // one node alone does not lead
    await cluster.welcome('bob');
    await cluster.welcome('carol');
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('takes a stranger from the first question to a conversation that outlives its leader (P4, P6)', async () => {
    const alice = await open('alice', '--with', 'bob');
    await alice.shows('Do you have an account here?');
    await alice.enter('n');
    await alice.shows('Choose a name:');
    await alice.enter('a l');
    await alice.shows('A name is made of letters');
    await alice.enter('alice');
    await alice.shows('Choose a password');
    await alice.enter(password);
    await alice.shows('Once more:');
    await alice.enter(password);
    expect(await alice.shows('Kept? Then press Enter')).toMatch(/Your recovery code: [\w-]+/);
    await alice.press('Enter');
    expect(await alice.shows(/^bob>/m)).not.toMatch(new RegExp(`${password}|recovery code`));

    const bob = await open('bob');
    await bob.shows('you are bob');
    await alice.enter('hello, bob');
    await bob.shows(/● alice +1/); // unread
    await bob.press('M-a');
    await bob.shows(/<alice> hello, bob$/m);
    await alice.shows(/<alice> hello, bob ✓✓✓$/m);
    await bob.type('hello');
    await alice.shows('bob is typing');
    await bob.enter(' yourself');
    await alice.shows(/<bob> hello yourself$/m);

    await alice.type('half a sen');
    await alice.shows('bob> half a sen');
    // Looked for from before: it is over as soon as the next one leads.
    const locked = alice.shows('(no leader) half a sen');
    const [{ killed, epoch }] = await Promise.all([cluster.killLeader(), locked]);
    await alice.shows(/^bob> half a sen$/m);
    await alice.enter('tence');
    await bob.shows(/<alice> half a sentence$/m);
    expect((await alice.shows(/half a sentence ✓✓✓$/m)).match(/half a sentence/g)).toHaveLength(1);

    await bob.press('C-d');
    await bob.shows('exit status 0');
    await alice.shows('○ bob');
    await alice.enter('/delete account');
    await alice.shows('Type the name to confirm');
    await alice.type('ali');
    await alice.press('C-c');
    await alice.shows('nothing was deleted');
    await alice.enter('/delete account');
    await alice.shows('Type the name to confirm');
    await alice.enter('alice');
    expect(await alice.shows('exit status 0')).toContain('deleted alice');
    await cluster.saysWhoLeads(epoch, killed); // it is back: what follows needs a node that knows who led
  });

  it('takes nothing while there is no leader, and sends no line with a hole unseen (P6)', async () => {
    const terminal = await open('bob', '--with', 'carol');
    await terminal.shows('carol>');
    await terminal.type('before ');
    await terminal.shows('carol> before');
    const { node: leader } = await cluster.leader();
    const other = leader === 'n1' ? 'n2' : 'n1';
    cluster.signal('SIGSTOP', leader, other);
    await terminal.shows('(no leader) before');
    await terminal.enter('lost');
    await terminal.enter('/users');
    await terminal.shows('Not now: ');
    await terminal.enter('/clear');
    await terminal.shows('(no leader) before');
    expect((await cluster.status()).status).toBe(3); // still, so nobody led while that was typed
    cluster.signal('SIGCONT', other); // the old leader would lead for a moment still
    await terminal.shows('not taken; read it, then Enter) before');
    await terminal.enter('after');
    await terminal.shows('carol> before after');
    await terminal.press('Enter');
    const screen = await terminal.shows(/<bob> .* ✓/);
    expect(screen).toContain('<bob> before after');
    expect(screen).not.toContain('lost');
    cluster.signal('SIGCONT', leader);
    await terminal.press('C-c');
    await terminal.shows('exit status 0');
  });

  it('wraps by the width of letters, at any size, and finds its place again', async () => {
    const terminal = await open('bob', '--with', 'carol');
    await terminal.shows('carol>');
    await terminal.resize(40, 12);
    await terminal.shows(/carol +online|carol +offline/);
    await terminal.enter('日本語日本語日本語日本語日本語e\u0301 end');
    const screen = await terminal.shows(/end ✓/);
    expect(screen).toMatch(/<bob> 日本語日本語日本語日本語日本\n {12}語e\u0301 end ✓/);
    expect(screen.split('\n')).toHaveLength(12);
    await terminal.resize(100, 30);
    await terminal.shows(/<bob> 日本語日本語日本語日本語日本語e\u0301 end ✓/);
    await terminal.press('C-c');
    await terminal.shows('exit status 0');
  });

  it('shows what a hostile peer says, and obeys none of it', async () => {
    const terminal = await open('bob');
    await terminal.shows('you are bob');
    const garbage = 'a\x1b[2J\x1b]0;title\x07\x9b31m\u202eb\r\x00\x1b[?1049l end';
    await cluster.as('carol').done(['send', 'bob', '-'], { input: `${garbage}\n` });
    await terminal.press('M-a');
    const screen = await terminal.shows(/<carol> a.*end/s);
    expect(screen).toContain('\\x1b[2J');
    expect(screen).toContain('○ carol'); // the list stands where it stood
    await terminal.press('C-c');
    await terminal.shows('exit status 0');
  });

  it('scrolls back through the log, finds in it, and comes back to now', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index}`).join('\n');
    await cluster.as('carol').done(['send', 'bob', '-'], { input: `the needle\n${lines}\n` });
    const terminal = await open('bob', '--with', 'carol');
    await terminal.shows(/line 399$/m);
    await terminal.press('PPage', 'PPage');
    const above = await terminal.shows(/back to now/);
    expect(above).not.toContain('line 399');
    await terminal.enter('/search needle');
    await terminal.shows(/carol: the needle.*\n.*needle: found 1/s);
    await terminal.press('Enter');
    await terminal.shows(/<carol> the needle/);
    await terminal.press('C-End');
    await terminal.shows(/line 399$/m);
    await terminal.enter('/replay');
    await terminal.gone('carol>');
    await terminal.press('q');
    await terminal.shows(/^carol>/m);
    await terminal.press('C-c');
    await terminal.shows('exit status 0');
  });

  it('is a group where several talk', async () => {
    const bob = await open('bob');
    const carol = await open('carol');
    await bob.shows('you are bob');
    await carol.shows('you are carol');
    await bob.enter('/new carol');
    await bob.shows('opened the group for');
    await bob.enter('/topic the weather');
    await carol.shows(/# the weather/);
    await carol.press('M-3');
    await carol.shows(/^the weather>/m);
    await bob.enter('/me looks out');
    await carol.shows(/\* bob looks out$/m);
    await bob.shows(/\* bob looks out ✓✓✓$/m);
    await carol.enter('/leave');
    await bob.shows('* carol left');
    for (const terminal of [bob, carol]) {
      await terminal.press('C-c');
      await terminal.shows('exit status 0');
    }
  });

  it('gives the terminal back while it is suspended', async () => {
    const terminal = await Terminal.openShell(['chat', '--profile', 'bob', '--with', 'carol'], cluster.env);
    await terminal.shows(/^carol>/m);
    await terminal.type('kept');
    await terminal.shows(/^carol> kept/m);
    await terminal.press('C-z');
    await terminal.shows(/^shell>$/m);
    await terminal.enter('fg');
    await terminal.shows(/^carol> kept/m);
    await terminal.press('C-c', 'C-c');
    await terminal.shows(/shell>$/);
  });
});

describe.skipIf(!hasTmux)('a chat whose server is gone', () => {
  it('says so, and can be left', async () => {
    const cluster = await TestCluster.start('--nodes', '1', '--no-restart');
    await cluster.welcome('bob');
    const terminal = await Terminal.open(['chat', '--profile', 'bob'], cluster.env);
    await terminal.shows('you are bob');
    await cluster.kill('nats-1');
    await terminal.shows('no server: typing is off');
    await terminal.enter('/quit');
    await terminal.shows('exit status 0');
    await cluster.stop();
  });
});
