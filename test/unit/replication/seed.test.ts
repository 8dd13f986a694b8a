import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Frame } from '../../../src/events/frame.ts';
import { serveFrames } from '../../../src/replication/fetch.ts';
import { parse, promiseSchema, subjects } from '../../../src/replication/messages.ts';
import { Pledges } from '../../../src/replication/pledge.ts';
import { HighestHeard, type SeedOptions, seed } from '../../../src/replication/seed.ts';
import type { ControlledStore } from '../../support/controlled-store.ts';
import { frameAfter } from '../../support/frame-chain.ts';
import {
  copyOf,
  firstGeneration,
  type HeldCopy,
  members,
  quietFrames,
  seededFrame,
  tailAfter,
} from '../../support/generations.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';
import { MemoryOrderedLogs } from '../../support/memory-ordered-logs.ts';
import { openCopy, silent } from '../../support/open-copy.ts';

const frames = firstGeneration(12);
/** Committed nowhere: the old leader's, of a newer epoch or of the same. */
const branch = [...frames.slice(0, 6), ...quietFrames(tailAfter(frames.slice(0, 6)), 3, 'other')];

class Cluster {
  readonly clock = new ManualClock();
  readonly bus = new MemoryBus(this.clock);
  readonly logs = new MemoryOrderedLogs();
  readonly nodes = new Map<string, HeldCopy>();
  readonly #pledges = new Map<string, Pledges>();
  readonly #answering = new Map<string, { stop(): void }[]>();
  readonly #heardOf = new Map<string, HighestHeard>();
  readonly notices: string[] = [];
  /** Whom a seeding waited for in vain. */
  readonly missed: (readonly string[])[] = [];

  add(node: string, held: HeldCopy): void {
    const { copy, store } = held;
    const pledges = new Pledges(node, copy);
    this.nodes.set(node, held);
    this.#pledges.set(node, pledges);
    this.#heardOf.set(node, new HighestHeard());
    this.#answering.set(node, [
      serveFrames(this.bus, node, store),
      this.bus.subscribe(subjects.promise, (message) => {
        const request = parse(promiseSchema, message.data);
        if (!request || request.node === node) return;
        void pledges
          .give(request, () => undefined)
          .then((given) => given && message.respond(JSON.stringify(given)));
      }),
    ]);
  }

  silence(...nodes: string[]): void {
    for (const node of nodes) for (const each of this.#answering.get(node) ?? []) each.stop();
  }

  node(node: string): HeldCopy {
    return this.nodes.get(node)!;
  }

  options(node: string, more: Partial<SeedOptions> = {}): SeedOptions {
    const { copy } = this.node(node);
    const { clock, bus, logs } = this;
    return {
      node,
      founding: { members, copies: 2, minCopies: 1 },
      logs,
      copy,
      bus,
      clock,
      journal: { ...silent, notice: (line) => void this.notices.push(line) },
      signal: new AbortController().signal,
      givenUp: [],
      others: this.nodes.size - 1,
      missed: (nodes) => void this.missed.push(nodes),
      pledges: this.#pledges.get(node)!,
      stamp: () => ({ at: Math.max(copy.tail.at, 1_000), clock: copy.tail.clock + 1 }),
      heardOf: this.#heardOf.get(node)!,
      seal: () => undefined,
      ...more,
    };
  }

  /** Time passes until it is done; what is thrown is told in words. */
  async seed(node: string, more: Partial<SeedOptions> = {}): Promise<boolean | string> {
    let outcome: boolean | string | undefined;
    void seed(this.options(node, more)).then(
      (isSeeded) => {
        outcome = isSeeded;
      },
      (error: Error) => {
        outcome = error.message;
      },
    );
    while (outcome === undefined) await this.clock.advance(50);
    return outcome;
  }

  async stream(generation: number): Promise<Frame[]> {
    const found: Frame[] = [];
    const log = this.logs.streams.get(generation);
    for await (const { bytes } of log?.range(1) ?? []) found.push(Frame.decode(bytes));
    return found;
  }

  stop(): void {
    this.silence(...this.nodes.keys());
  }
}

let cluster: Cluster;

beforeEach(() => {
  cluster = new Cluster();
});

afterEach(() => cluster.stop());

async function addAll(...held: HeldCopy[]): Promise<void> {
  for (const [index, each] of held.entries()) cluster.add(`n${index + 1}`, each);
}

const empty = () => copyOf([], { complete: false });

describe('founding', () => {
  it('begins generation 1 from nothing, once everybody has said that there is nothing (P1)', async () => {
    await addAll(await empty(), await empty(), await empty());
    expect(await cluster.seed('n2')).toBe(true);
    const [seeded, ...more] = await cluster.stream(1);
    expect(more).toEqual([]);
    expect(seeded!.header).toMatchObject({ generation: 1, epoch: 0, number: 1, leader: 'n2', position: 1 });
    expect(seeded!.event(0)).toMatchObject({
      type: 'Seeded',
      data: {
        generation: 1,
        base: { number: 0, hash: '0'.repeat(64) },
        members,
        copies: 2,
        minCopies: 1,
      },
    });
    const { copy, store } = cluster.node('n2');
    expect([copy.tail.hash, copy.tailSequence]).toEqual([seeded!.hash, 1]);
    expect(store.standing).toEqual({ promised: 1, grantedTo: 'n2', complete: true });
    expect(cluster.node('n1').store.standing).toEqual({ promised: 1, grantedTo: 'n2', complete: false });
    expect(cluster.notices).toEqual([]);
  });

  it('does nothing while somebody is missing, who may have it all (P1)', async () => {
    await addAll(await empty(), await empty(), await copyOf(frames));
    cluster.silence('n3');
    expect(await cluster.seed('n1')).toBe(false);
    expect(cluster.logs.streams.size).toBe(0);
    expect(cluster.missed).toEqual([['n3']]);
  });

  it('needs nobody else where there is nobody else', async () => {
    cluster.add('n1', await empty());
    const founding = { members: ['n1'], copies: 1, minCopies: 1 };
    expect(await cluster.seed('n1', { founding })).toBe(true);
    expect(await cluster.stream(1)).toHaveLength(1);
  });
});

describe('a new generation', () => {
  it('builds on what this node has, when that is the best (P1)', async () => {
    await addAll(
      await copyOf(frames, { committed: 8 }),
      await copyOf(frames.slice(0, 9)),
      await copyOf(frames),
    );
    expect(await cluster.seed('n1')).toBe(true);
    const [seeded] = await cluster.stream(2);
    expect(seeded!.header).toMatchObject({ generation: 2, epoch: 2, number: 13, prev: frames[11]!.hash });
    expect(seeded!.event(0).data).toMatchObject({ base: { number: 12, hash: frames[11]!.hash } });
    expect(cluster.node('n1').damage).toEqual([]);
    expect(cluster.notices).toEqual(['seeded generation 2 after frame 12 of n1']);
  });

  it('builds on what another node has, fetched from it (P1)', async () => {
    await addAll(await copyOf(frames.slice(0, 4)), await copyOf(frames.slice(0, 9)), await copyOf(frames));
    expect(await cluster.seed('n1')).toBe(true);
    const { copy, store } = cluster.node('n1');
    expect(await store.last()).toBe(13);
    expect(copy.tail.hash).toBe((await cluster.stream(2))[0]!.hash);
    for (const frame of frames) expect(await store.read(frame.number)).toEqual(Buffer.from(frame.bytes));
    expect(cluster.notices).toContain('seeded generation 2 after frame 12 of n3');
  });

  it('keeps the cluster’s own configuration and the copies that are wanted, not those of the moment', async () => {
    const seeded = seededFrame(tailAfter([]), 1, { copies: 3, minCopies: 2 });
    const own = [seeded, ...quietFrames(tailAfter([seeded]), 2)];
    await addAll(await copyOf(own), await copyOf(own), await copyOf(own));
    expect(await cluster.seed('n1')).toBe(true);
    expect((await cluster.stream(2))[0]!.event(0).data).toMatchObject({ copies: 3, minCopies: 2 });
  });

  it('is higher than any that was promised or heard of, so that no two nodes seed the same (P3)', async () => {
    await addAll(await copyOf(frames), await copyOf(frames), await copyOf(frames));
    await cluster.node('n3').store.stand({ promised: 7, grantedTo: 'n2', complete: true });
    expect(await cluster.seed('n1')).toBe(false);
    expect(await cluster.seed('n1')).toBe(true);
    expect([...cluster.logs.streams.keys()]).toEqual([8]);
    for (const node of members) expect(cluster.node(node).store.standing.promised).toBe(8);
  });

  it('is begun by one of two who try at the same time, in as many attempts as it takes (P3)', async () => {
    await addAll(await copyOf(frames), await copyOf(frames), await copyOf(frames));
    const outcomes = await Promise.all([cluster.seed('n1'), cluster.seed('n2')]);
    expect(outcomes.filter((outcome) => outcome === true).length).toBeLessThanOrEqual(1);
    const seeded = outcomes.includes(true) || (await cluster.seed('n1'));
    expect(seeded).toBe(true);
    for (const generation of cluster.logs.streams.keys())
      expect((await cluster.stream(generation)).length).toBeLessThanOrEqual(1);
  });

  it('is not begun with too few answers (P1)', async () => {
    await addAll(await copyOf(frames), await copyOf(frames), await copyOf(frames));
    cluster.silence('n2');
    expect(await cluster.seed('n1')).toBe(false);
    expect(cluster.logs.streams.size).toBe(0);
    expect(await cluster.seed('n1', { givenUp: ['n2'] })).toBe(true);
  });

  it('is not begun on the word of a node that forgot (P1)', async () => {
    const forgetful = await copyOf(frames.slice(0, 5), { complete: false });
    await addAll(await copyOf(frames), await copyOf(frames), forgetful);
    expect(await cluster.seed('n1')).toBe(false);
    expect(cluster.missed).toEqual([['n3']]);
  });

  it('is not begun where a stream stands already: the compare-and-set decides (P3)', async () => {
    await addAll(await copyOf(frames), await copyOf(frames), await copyOf(frames));
    const other = seededFrame(tailAfter(frames), 2);
    const { logs } = cluster;
    const late = {
      newest: () => logs.newest(),
      open: async (generation: number, create: boolean) => {
        const log = await logs.open(generation, create);
        await log!.append(other.bytes, 1); // somebody else, meanwhile
        return log;
      },
    };
    expect(await cluster.seed('n1', { logs: late })).toBe(false);
    expect((await cluster.stream(2)).map(({ hash }) => hash)).toEqual([other.hash]);
    expect(cluster.node('n1').copy.tail.number).toBe(12);
  });

  it.each(['stored unheard', 'lost', 'late'] as const)(
    'is begun once, also when its first append is %s',
    async (fate) => {
      await addAll(await copyOf(frames), await copyOf(frames), await copyOf(frames));
      const log = (await cluster.logs.open(2, true))!;
      log.fates = [fate];
      const { logs } = cluster;
      const hidden = { newest: async () => 1, open: logs.open.bind(logs) };
      expect(await cluster.seed('n1', { logs: hidden })).toBe(true);
      expect(await cluster.stream(2)).toHaveLength(1);
    },
  );

  it('is not begun when another one was promised on the way (P3)', async () => {
    await addAll(await copyOf(frames.slice(0, 4)), await copyOf(frames), await copyOf(frames));
    const { bus } = cluster;
    const request = bus.request.bind(bus);
    bus.request = async (...asked) => {
      const answer = await request(...asked);
      await cluster.options('n1').pledges.give({ node: 'n3', generation: 5 }, () => undefined);
      return answer;
    };
    expect(await cluster.seed('n1')).toBe(false);
    expect(await cluster.stream(2)).toEqual([]);
    expect(cluster.node('n1').store.standing).toMatchObject({ promised: 5, grantedTo: 'n3' });
  });

  it('is begun from another branch above the mark, which is given up (P2)', async () => {
    await addAll(await copyOf(branch, { committed: 6 }), await copyOf(frames), await copyOf(frames));
    expect(await cluster.seed('n1')).toBe(true);
    const { copy, store, damage } = cluster.node('n1');
    expect(damage).toEqual([]);
    expect(await store.read(9)).toEqual(Buffer.from(frames[8]!.bytes));
    expect(copy.tail.number).toBe(13);
  });

  /** n1 was elected on a stream that had lost frames 7 to 12, and wrote on. */
  const ledOn = (count: number) => {
    const upToLoss = frames.slice(0, 6);
    const elected = frameAfter(
      tailAfter(upToLoss),
      [{ type: 'LeaderElected', at: 1_000, data: { node: 'n1', members, copies: 2 } }],
      { epoch: 2 },
    );
    return [...upToLoss, elected, ...quietFrames(tailAfter([elected]), count, 'other')];
  };

  it.each([0, 3, 9])(
    'is not begun from a newer epoch that lacks what is committed, %i frames on (P1, P2)',
    async (count) => {
      await addAll(
        await copyOf(ledOn(count), { committed: 5 }),
        await copyOf(frames, { committed: 12 }),
        await copyOf(frames, { committed: 11 }),
      );
      expect(await cluster.seed('n1')).toBe(true);
      expect((await cluster.stream(2))[0]!.event(0).data).toMatchObject({
        base: { number: 12, hash: frames[11]!.hash },
      });
      for (const node of members) expect(cluster.node(node).damage).toEqual([]);
    },
  );
});

/** Calls `step` after every answer of a port. */
function stepping<T extends object>(port: T, step: () => void): T {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const answer: unknown = Reflect.apply(value, target, given);
        return answer instanceof Promise ? answer.finally(step) : answer;
      };
    },
  });
}

/** A cluster in which n1 is behind, and gives a seeding up after so many answers of its ports. */
async function giveUpAfter(steps: number) {
  const aborter = new AbortController();
  let taken = 0;
  const appended = () =>
    [...cluster.logs.streams.values()].reduce((sum, { attempts }) => sum + attempts.length, 0);
  let appendedBefore = 0;
  let streamsBefore = 0;
  const step = () => {
    taken += 1;
    if (taken !== steps) return;
    appendedBefore = appended();
    streamsBefore = cluster.logs.streams.size;
    aborter.abort();
  };
  const held = await copyOf(branch, { committed: 6 });
  await held.copy.truncate(7); // a frame that must go
  const stored: ControlledStore = stepping(held.store, step);
  const own = await openCopy(stored);
  cluster.add('n1', { ...own, store: held.store });
  cluster.add('n2', await copyOf(frames));
  cluster.add('n3', await copyOf(frames));
  const { logs, bus } = cluster;
  const streams = {
    newest: () => logs.newest(),
    open: async (generation: number, create: boolean) => {
      const log = await logs.open(generation, create);
      return log && stepping(log, step);
    },
  };
  const outcome = await cluster.seed('n1', {
    signal: aborter.signal,
    logs: stepping(streams, step),
    bus: stepping(bus, step),
  });
  const after = { appended: appended() - appendedBefore, made: cluster.logs.streams.size - streamsBefore };
  return { outcome, wasAborted: aborter.signal.aborted, after };
}

describe('a seeding that is given up', () => {
  const steps = Array.from({ length: 24 }, (_, index) => index + 1);

  it.each(steps)(
    'after %s answers appends nothing more, damages nothing, and can be tried again (P1, P3)',
    async (at) => {
      const { outcome, wasAborted, after } = await giveUpAfter(at);
      const { copy, damage, store } = cluster.node('n1');
      await copy.settled();
      if (wasAborted) {
        expect(outcome).not.toBe(true);
        expect(after).toEqual({ appended: 0, made: 0 });
      }
      expect(damage).toEqual([]);
      expect(copy.mark.number).toBe(6);
      expect(copy.stored.number).toBe(await store.last());
      if (outcome !== true) {
        const again = [await cluster.seed('n1'), await cluster.seed('n1')];
        expect(again).toContain(true);
      }
      for (const frame of frames) expect(await store.read(frame.number)).toEqual(Buffer.from(frame.bytes));
      for (const generation of cluster.logs.streams.keys())
        expect((await cluster.stream(generation)).length).toBeLessThanOrEqual(1);
      expect(store.standing.promised).toBe(Math.max(...cluster.logs.streams.keys()));
    },
  );

  it('is tried at every one of its steps', async () => {
    const { wasAborted } = await giveUpAfter(steps.length + 1);
    expect(wasAborted).toBe(false);
  });
});
