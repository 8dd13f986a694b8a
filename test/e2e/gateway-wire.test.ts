/** The wire gateway as its clients have it, with nothing of the SDK's promises lost on the way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WireClient } from '../../src/gateways/wire/client.ts';
import type { Message } from '../../src/gateways/wire/registry.ts';
import type { Cli } from '../support/cli.ts';
import { password, TestCluster } from '../support/cluster.ts';
import { asUser, type RunningGateway, startWireGateway, type WireUser, wireUser } from '../support/wire.ts';

let cluster: TestCluster;
let gateway: RunningGateway;
let alice: WireUser;
let bob: WireUser;

beforeAll(async () => {
  cluster = await TestCluster.start();
  gateway = await startWireGateway(cluster);
  alice = await wireUser(gateway.where, 'alice');
  bob = await wireUser(gateway.where, 'bob');
  await bob.follow();
});
afterAll(async () => {
  gateway?.running.signal('SIGTERM');
  await gateway?.running.ended();
  await cluster?.stop();
});

describe('the wire gateway', () => {
  it('sends, once however often it is asked, and delivers (P1, P4)', async () => {
    const first = await alice.send('bob', 'hello, Bob', 'm-1');
    expect(first).toMatchObject({ type: 'sent', session: expect.stringMatching(/^s-/), duplicate: false });
    expect(await alice.send('bob', 'hello, Bob', 'm-1')).toEqual({ ...first, duplicate: true });
    await expect(alice.send('bob', 'something else', 'm-1')).rejects.toMatchObject({ code: 'id-reused' });
    await bob.shown(1);
    const { session, position, at } = first;
    const said = { id: 'm-1', session, from: 'alice', text: 'hello, Bob', position, at, kind: 'message' };
    expect(bob.items).toMatchObject([said]);
    const page = await alice.client.ask({ type: 'transcript', session, after: 0, limit: 10 });
    expect(page).toMatchObject({ messages: [said], next: 0 });
    const own = await bob.client.ask({ type: 'sessions', with: 'alice', after: 0, limit: 10 });
    expect(own.sessions).toMatchObject([{ session, messages: 1 }]);
  });

  it('is the same cluster as through any other door', async () => {
    const [carol] = (await cluster.welcome('carol')) as [Cli];
    await alice.send('carol', 'through the gateway', 'm-carol');
    expect((await carol.done(['inbox'])).stdout).toContain("alice: 'through the gateway'");
    const { session } = await alice.client.ask({
      type: 'openGroup',
      id: 'g-1',
      topic: 'all of us',
      members: [{ name: 'bob' }, { name: 'carol' }],
    });
    await carol.done(['send', '--session', session, 'from the command line']);
    await bob.shown(3);
    expect(bob.items.slice(1)).toMatchObject([
      { kind: 'opened', text: 'all of us', members: [{ name: 'alice' }, { name: 'bob' }, { name: 'carol' }] },
      { kind: 'message', text: 'from the command line', from: 'carol' },
    ]);
  });

  it('answers what is pipelined under its number, and keeps its order', async () => {
    const sent = await Promise.all(
      Array.from({ length: 300 }, (_, index) => alice.send('bob', `line ${index}`, `p-${index}`)),
    );
    const positions = sent.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  it('replays with the pauses, as far as there is credit, until it is told to stop (P8)', async () => {
    const [{ session }] = bob.items as [Message<'item'>];
    const played: Message<'played'>[] = [];
    let third = () => {};
    const isThird = new Promise<void>((resolve) => {
      third = resolve;
    });
    const request = {
      type: 'replay',
      session,
      after: 0,
      speedPercent: 100,
      maxGapMs: 20,
      credit: 3,
    } as const;
    const { number, answered } = alice.client.stream(request, (answer) => {
      if (answer.type === 'played' && played.push(answer) === 3) third();
    });
    await isThird;
    await alice.client.ask({ type: 'ping' });
    expect(played.map(({ text }) => text)).toEqual(['hello, Bob', 'line 0', 'line 1']);
    expect(played[1]!.offsetMs).toBe(played[1]!.at - played[0]!.at);
    alice.client.tell(number, { type: 'cancel' });
    expect(await answered).toEqual({ type: 'ended', cancelled: true });
    await expect(
      alice.client.stream({ ...request, session: 's-0000000000000000' }, () => {}).answered,
    ).rejects.toMatchObject({ code: 'unknown-session', isRetryable: false });
  });

  it('shows again what was not taken, and nothing else, on the next connection (P4)', async () => {
    const dave = await wireUser(gateway.where, 'dave');
    for (const id of ['d-1', 'd-2', 'd-3']) await alice.send('dave', id, id);
    await new Promise<void>((resolve) => {
      dave.client.stream({ type: 'follow', credit: 3 }, (answer, number) => {
        if (answer.type !== 'item') return;
        if (answer.text === 'd-2') dave.client.tell(number, { type: 'taken', upTo: answer.place });
        if (answer.text === 'd-3') resolve();
      });
    });
    await dave.client.ask({ type: 'ping' });
    await dave.client.close();
    // The gateway acknowledges after the connection is gone: a sign of that is that nobody of them is online.
    for (let isOnline = true; isOnline; ) {
      const { users } = await alice.client.ask({ type: 'users', prefix: 'dave', after: '', limit: 1 });
      isOnline = users[0]!.online;
    }
    const client = await WireClient.connect(gateway.where);
    await client.ask({ type: 'resume', token: dave.token, position: 0 });
    const again = asUser(client, 'dave', dave.token);
    await again.follow();
    await again.shown(1);
    expect(again.items).toMatchObject([{ text: 'd-3' }]);
  });

  it('says that a log-in has ended elsewhere, and the connection can log in again', async () => {
    const erin = await wireUser(gateway.where, 'erin');
    const isTold = erin.client.told((answer) => answer.type === 'loggedOut');
    const phone = await WireClient.connect(gateway.where);
    await phone.ask({ type: 'resume', token: erin.token, position: 0 });
    await phone.ask({ type: 'logOut' });
    await expect(phone.ask({ type: 'users', prefix: '', after: '', limit: 1 })).rejects.toMatchObject({
      code: 'not-logged-in',
    });
    const { position } = await alice.send('bob', 'afterwards', 'e-1'); // no node judges the token that has not got this far
    await expect(phone.ask({ type: 'resume', token: erin.token, position })).rejects.toMatchObject({
      code: 'not-logged-in',
    });
    await isTold;
    expect(await erin.client.ask({ type: 'logIn', name: 'erin', password })).toMatchObject({ name: 'erin' });
  });

  it('loses, repeats and fails nothing when the leader dies while clients send and follow (P1, P4, P6)', async () => {
    const before = bob.items.length;
    let sent = 0;
    let isKilled = false;
    const sending = Promise.all(
      Array.from({ length: 16 }, async (_, worker) => {
        for (let turn = 0; !isKilled || turn < 20; turn++, sent++)
          await alice.send('bob', `${worker}/${turn}`, `k-${worker}-${turn}`);
      }),
    );
    await bob.shown(before + 50);
    await cluster.killLeader();
    isKilled = true;
    await sending;
    await bob.shown(before + sent);
    const texts = bob.items.slice(before).map(({ text }) => text);
    expect(texts).toHaveLength(sent);
    expect(new Set(texts).size).toBe(sent);
    for (let worker = 0; worker < 16; worker++) {
      const turns = texts
        .filter((text) => text.startsWith(`${worker}/`))
        .map((text) => Number(text.split('/')[1]));
      expect(turns).toEqual(turns.map((_, turn) => turn));
    }
  });
});
