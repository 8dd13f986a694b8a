import { beforeEach, describe, expect, it } from 'vitest';
import { promiseAtLeast } from '../../../src/replication/adopt.ts';
import { declareComplete } from '../../../src/replication/join.ts';
import { Pledges } from '../../../src/replication/pledge.ts';
import {
  copyOf,
  firstGeneration,
  type HeldCopy,
  members,
  quietFrames,
  tailAfter,
} from '../../support/generations.ts';
import { turn } from '../../support/turns.ts';

const frames = firstGeneration(5);
const last = tailAfter(frames);

let node: HeldCopy;
let pledges: Pledges;
let seals: number;

beforeEach(async () => {
  node = await copyOf(frames, { committed: 2 });
  pledges = new Pledges('n2', node.copy);
  seals = 0;
});

const seal = () => {
  seals += 1;
};
const ask = (generation: number, asker = 'n1') => pledges.give({ generation, node: asker }, seal);

describe('a pledge', () => {
  it('tells what the node holds, committed or not, and in which cluster', async () => {
    expect(await ask(2)).toEqual({
      node: 'n2',
      granted: true,
      promised: 2,
      complete: true,
      generation: 1,
      epoch: 1,
      number: 5,
      hash: last.hash,
      mark: { generation: 1, epoch: 1, number: 2, hash: frames[1]!.hash },
      cluster: { members, copies: 2, minCopies: 1 },
    });
    expect(seals).toBe(1);
  });

  it('of an empty copy says that it holds nothing', async () => {
    const { copy } = await copyOf([], { complete: false });
    const given = await new Pledges('n2', copy).give({ generation: 1, node: 'n1' }, seal);
    expect(given).toMatchObject({ granted: true, complete: false, generation: 0, number: 0, cluster: null });
  });

  it('is on the disk before it is given, and nothing older is followed before that (P1, P3)', async () => {
    node.store.hold();
    let isGiven = false;
    const asked = ask(2).then((given) => {
      isGiven = true;
      return given;
    });
    await turn();
    expect([isGiven, seals, node.store.standing.promised]).toEqual([false, 1, 1]);
    node.store.release();
    await asked;
    node.store.crash(true);
    expect(node.store.standing).toEqual({ promised: 2, grantedTo: 'n1', complete: true });
  });

  it('is not given when the disk refuses it', async () => {
    node.store.failWhen(() => true);
    await expect(ask(2)).rejects.toThrow('no space left on the disk');
    node.store.failWhen(undefined);
    expect(await ask(2, 'n3')).toMatchObject({ granted: true });
  });

  it('says what is stored when everything taken in is stored (P1)', async () => {
    const more = quietFrames(last, 3);
    node.store.hold();
    for (const frame of more) node.read(frame);
    const asked = ask(2);
    await turn();
    node.store.release();
    expect(await asked).toMatchObject({ granted: true, number: 8, hash: more[2]!.hash });
    expect(await node.store.last()).toBe(8);
  });

  it('is not given by a node that cannot say what it holds', async () => {
    node.store.hold();
    for (const frame of quietFrames(last, 2)) node.read(frame); // one is being written, one waits
    const asked = ask(2);
    void node.copy.abandon();
    node.store.release();
    expect(await asked).toBeUndefined();
  });
});

describe('a generation', () => {
  it('is granted to one node, once, and whoever asks again learns what was promised (P3)', async () => {
    expect(await ask(3, 'n1')).toMatchObject({ granted: true, promised: 3 });
    for (const [generation, asker] of [
      [3, 'n3'],
      [3, 'n1'],
      [2, 'n3'],
    ] as const)
      expect(await ask(generation, asker)).toMatchObject({ granted: false, promised: 3, number: 5 });
    expect(node.store.standing.grantedTo).toBe('n1');
    expect(seals).toBe(1);
    expect(await ask(4, 'n3')).toMatchObject({ granted: true, promised: 4 });
    expect(seals).toBe(2);
  });

  it('is granted to one of those who ask at the same time (P3)', async () => {
    node.store.hold();
    const asked = ['n1', 'n3', 'n1', 'n3'].map((asker) => ask(2, asker));
    await turn();
    node.store.release();
    const granted = (await Promise.all(asked)).map((given) => given?.granted);
    expect(granted).toEqual([true, false, false, false]);
    expect(node.store.standing.grantedTo).toBe('n1');
  });

  it('that the node has frames of is not granted any more, promised or not', async () => {
    await node.store.stand({ promised: 0, grantedTo: '', complete: true });
    expect(await ask(1)).toMatchObject({ granted: false, promised: 0 });
    expect(seals).toBe(0);
  });

  it('is refused after a restart, as before', async () => {
    await ask(2, 'n1');
    const again = await copyOf([]);
    await again.store.stand(node.store.standing);
    const given = await new Pledges('n2', again.copy).give({ generation: 2, node: 'n3' }, seal);
    expect(given).toMatchObject({ granted: false, promised: 2 });
  });
});

describe('what was promised never falls (P3)', () => {
  // Both read what was promised before the disk has taken the newer promise.
  it('when a node that was about to join an older generation goes on for a moment', async () => {
    node.store.hold();
    const asked = ask(6);
    await turn();
    const joined = promiseAtLeast(node.copy, 5);
    node.store.release();
    await Promise.all([asked, joined]);
    expect(node.store.standing.promised).toBe(6);
  });

  it('when a node that was about to be complete goes on for a moment', async () => {
    await node.store.stand({ promised: 5, grantedTo: '', complete: false });
    node.store.hold();
    const asked = ask(6);
    await turn();
    const declared = declareComplete(node.copy);
    node.store.release();
    await Promise.all([asked, declared]);
    expect(node.store.standing.promised).toBe(6);
  });
});
