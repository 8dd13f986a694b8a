import type { JetStreamClient } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JetStreamFollowing } from '../../../src/log/jetstream-following.ts';
import { LogGone } from '../../../src/log/port.ts';

/** A push consumer that brings what it is given, until it is stopped. */
class Consumer {
  readonly #queue: number[] = [];
  #wake: () => void = () => undefined;
  isStopped = false;

  bring(...numbers: number[]): void {
    this.#queue.push(...numbers);
    this.#wake();
  }

  stop(): void {
    this.isStopped = true;
    this.#wake();
  }

  async consume(): Promise<this> {
    return this;
  }

  async delete(): Promise<boolean> {
    return true;
  }

  async *[Symbol.asyncIterator]() {
    while (!this.isStopped) {
      for (const seq of this.#queue.splice(0)) yield { seq, data: bytesOf(seq) };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const bytesOf = (number: number) => Buffer.from(`entry ${number}`);

let last: number | Error;
let consumers: Consumer[];
/** Nobody makes consumers at present. */
let isLeaderless: boolean;
let following: JetStreamFollowing;
let read: number[];
let lost: string[];

function follow(after = 0, entry: () => Promise<void> = async () => undefined): void {
  const getPushConsumer = async (_: string, { opt_start_seq: start }: { opt_start_seq: number }) => {
    if (isLeaderless) throw new Error('timeout');
    const consumer = new Consumer();
    for (let number = start; number <= Number(last); number++) consumer.bring(number);
    consumers.push(consumer);
    return consumer;
  };
  const client = { consumers: { getPushConsumer } } as unknown as JetStreamClient; // as far as it is used
  const log = {
    last: async () => {
      if (typeof last === 'number') return last;
      throw last;
    },
    read: async (number: number) => (number <= (await log.last()) ? bytesOf(number) : undefined),
  };
  following = new JetStreamFollowing({ client, stream: 'S', log }, after, {
    entry: async ({ number, bytes }) => {
      expect(Buffer.from(bytes).toString()).toBe(`entry ${number}`);
      await entry();
      read.push(number);
    },
    lost: (reason) => lost.push(reason),
  });
  void following.run();
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  last = 0;
  consumers = [];
  isLeaderless = false;
  read = [];
  lost = [];
});

afterEach(async () => {
  following.stop();
  await pass(5_000);
  vi.useRealTimers();
});

describe('following a stream', () => {
  it('reads by hand while nobody makes a consumer, and no longer (P2)', async () => {
    isLeaderless = true;
    last = 3;
    follow();
    await pass(100);
    expect(read).toEqual([1, 2, 3]);
    last = 4;
    await pass(100);
    expect(read).toEqual([1, 2, 3, 4]);
    isLeaderless = false;
    await pass(300);
    last = 5;
    await pass(50);
    expect(read).toEqual([1, 2, 3, 4]);
    consumers[0]!.bring(5);
    await pass(0);
    expect(read).toEqual([1, 2, 3, 4, 5]);
  });

  it('reads by hand soon after a consumer fell silent, and makes another (P2)', async () => {
    follow();
    await pass(1_000);
    last = 1;
    consumers[0]!.bring(1);
    await pass(1_000);
    last = 2; // and the server of the consumer is dead
    isLeaderless = true;
    await pass(400);
    expect(read).toEqual([1, 2]);
    expect(consumers[0]!.isStopped).toBe(true);
    isLeaderless = false;
    await pass(300);
    expect(consumers).toHaveLength(2);
  });

  it('takes every entry once when it comes both ways, in order (P2)', async () => {
    isLeaderless = true;
    last = 2;
    follow(0, () => new Promise((resolve) => setTimeout(resolve, 10)));
    await pass(200);
    isLeaderless = false;
    await pass(300);
    last = 4;
    consumers.at(-1)!.bring(1, 2, 3, 4);
    await pass(100);
    expect(read).toEqual([1, 2, 3, 4]);
  });

  it('begins anew after a consumer that left something out (P2)', async () => {
    follow();
    await pass(0);
    last = 3;
    consumers[0]!.bring(1, 3);
    await pass(0);
    expect(read).toEqual([1, 2, 3]);
    expect(consumers).toHaveLength(2);
  });

  it('does not suspect a consumer while its reader takes its time', async () => {
    let finish: () => void = () => undefined;
    follow(0, () => new Promise((resolve) => (finish = resolve)));
    await pass(0);
    last = 2;
    consumers[0]!.bring(1, 2);
    await pass(3_000);
    expect(consumers).toHaveLength(1);
    finish();
    await pass(0);
    finish();
    await pass(0);
    expect(read).toEqual([1, 2]);
  });

  it('tells of a loss only when several looks in a row found it (P1)', async () => {
    last = 5;
    follow(5);
    await pass(300);
    last = 4; // of a server that does not know yet what it leads
    await pass(500);
    last = 5;
    await pass(250);
    last = 4;
    await pass(500);
    expect(lost).toEqual([]);
    await pass(250);
    expect(lost).toEqual(['the stream ends at 4, but 5 was read from it']);
  });

  it('tells when the stream is gone, and does not when nobody answers (P1)', async () => {
    last = new Error('the stream does not answer');
    follow(5);
    await pass(10_000);
    expect(lost).toEqual([]);
    last = new LogGone('the stream is gone');
    await pass(1_000);
    expect(lost).toEqual(['the stream is gone']);
  });
});
