/**
 * The measuring. Doors take turns in every round: whatever else the machine does meanwhile slows down all of them alike.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Identity } from '../../src/client/client.ts';
import type { Door, Held, Sender } from './doors.ts';
import type { Holding, Latency, MessageBytes, Rate, SetUp } from './figures.ts';
import { load, median, quantile } from './load.ts';
import { countingProxy } from './proxy.ts';

/** How much of everything. */
export interface Effort {
  readonly rounds: number;
  /** In a round, one by one. */
  readonly sends: number;
  /** In a round, many at a time. */
  readonly sendsTogether: number;
  readonly messagesCounted: number;
  readonly setUps: number;
  readonly connections: number;
  /** Before memory is read: good-byes, garbage. */
  readonly settleMs: number;
}

export const thorough: Effort = {
  rounds: 5,
  sends: 200,
  sendsTogether: 4_000,
  messagesCounted: 128,
  setUps: 15,
  connections: 1_000,
  settleMs: 3_000,
};

export const quick: Effort = {
  rounds: 1,
  sends: 10,
  sendsTogether: 100,
  messagesCounted: 64,
  setUps: 1,
  connections: 10,
  settleMs: 100,
};

const inFlightMax = 64;
const characters = [10, 100, 1_000];
const usualCharacters = 100;
/** Log-ins of one user at a time; a cluster takes 32. */
const perUser = 25;
const attemptsMax = 5;

/** Whom to be, and whom to write to. */
export interface Cast {
  readonly sender: Identity;
  readonly to: string;
}

let last = 0;
/** Never twice: what was said before would be answered without saying it. */
const newId = () => {
  last += 1;
  return `compare-${String(last).padStart(8, '0')}`;
};

async function everywhere<T>(doors: readonly Door[], task: (door: Door) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const door of doors) results.push(await task(door));
  return results;
}

async function enter(door: Door, { sender }: Cast, port = door.port): Promise<Sender> {
  return await (await door.connect(port)).enter(sender);
}

/** One at a time, and then many. */
export async function measureSends(
  doors: readonly Door[],
  cast: Cast,
  effort: Effort,
): Promise<{ latencies: Latency[]; rates: Rate[] }> {
  const senders = await everywhere(doors, (door) => enter(door, cast));
  const text = 'x'.repeat(usualCharacters);
  const run = (sender: Sender, inFlight: number, count: number) =>
    load(inFlight, count, () => sender.send(cast.to, text, newId()));
  const alone = doors.map((): Awaited<ReturnType<typeof run>>[] => []);
  const together = doors.map((): number[] => []);
  for (let round = 0; round <= effort.rounds; round++) {
    for (const [index] of doors.entries()) {
      const place = (index + round) % doors.length; // nobody is always the first
      const one = await run(senders[place]!, 1, effort.sends);
      if (round > 0) alone[place]!.push(one); // the first round only warms up
    }
    for (const [index] of doors.entries()) {
      const place = (index + round) % doors.length;
      const { perSecond } = await run(senders[place]!, inFlightMax, effort.sendsTogether);
      if (round > 0) together[place]!.push(perSecond);
    }
  }
  for (const sender of senders) await sender.close();
  return {
    latencies: doors.map(({ name: door }, index) => ({
      door,
      rounds: alone[index]!.map(({ latenciesMs }) => ({
        p50Ms: median(latenciesMs),
        p99Ms: quantile(latenciesMs, 0.99),
      })),
      latenciesMs: alone[index]!.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b),
    })),
    rates: doors.map(({ name: door }, index) => ({
      door,
      inFlight: inFlightMax,
      perSecond: together[index]!,
    })),
  };
}

/** Counted by somebody in between. Signs of life go along: they are part of what a door costs. */
export async function measureBytes(
  doors: readonly Door[],
  cast: Cast,
  effort: Effort,
): Promise<MessageBytes[]> {
  const found: MessageBytes[] = [];
  for (const door of doors) {
    const proxy = await countingProxy(door.port);
    const sender = await enter(door, cast, proxy.port);
    for (const length of characters) {
      const text = 'x'.repeat(length);
      for (const inFlight of [1, inFlightMax]) {
        await sender.send(cast.to, text, newId());
        const before = { ...proxy.bytes };
        await load(inFlight, effort.messagesCounted, () => sender.send(cast.to, text, newId()));
        const per = (way: 'up' | 'down') => (proxy.bytes[way] - before[way]) / effort.messagesCounted;
        found.push({
          door: door.name,
          characters: length,
          inFlight,
          up: per('up'),
          down: per('down'),
          encoded: door.encodedBytes(cast.to, text, newId()),
        });
      }
    }
    await sender.close();
    await proxy.close();
  }
  return found;
}

export async function measureSetUp(doors: readonly Door[], cast: Cast, effort: Effort): Promise<SetUp[]> {
  const times = doors.map((): { connect: number[]; ready: number[] } => ({ connect: [], ready: [] }));
  for (let round = 0; round < effort.setUps; round++) {
    for (const [index, door] of doors.entries()) {
      const begunMs = performance.now();
      const held = await door.connect(door.port);
      times[index]!.connect.push(performance.now() - begunMs);
      const sender = await held.enter(cast.sender);
      times[index]!.ready.push(performance.now() - begunMs);
      await sender.close();
    }
  }
  return doors.map(({ name: door, opensBeforeLogIn }, index) => ({
    door,
    connectMs: opensBeforeLogIn ? median(times[index]!.connect) : undefined,
    readyMs: median(times[index]!.ready),
  }));
}

/**
 * Before anything else is measured: memory that was in use once is there for the next.
 * @param people enough that none of them is logged in too often.
 */
export async function measureHolding(
  doors: readonly Door[],
  people: readonly Identity[],
  { connections, settleMs }: Effort,
): Promise<Holding[]> {
  return await everywhere(doors, async (door) => {
    const before = await residentKb(door, settleMs);
    const held: Held[] = [];
    for (let index = 0; index < connections; index++) held.push(await again(() => door.connect(door.port)));
    const connected = await residentKb(door, settleMs);
    const senders: Sender[] = [];
    for (const [index, one] of held.entries())
      senders.push(await again(() => one.enter(people[Math.floor(index / perUser)]!)));
    const loggedIn = await residentKb(door, settleMs);
    await Promise.all(senders.map((sender) => sender.close()));
    return {
      door: door.name,
      connections,
      idleKb: door.opensBeforeLogIn ? (connected - before) / connections : undefined,
      loggedInKb: (loggedIn - before) / connections,
    };
  });
}

/** On a busy machine one of thousands of connections may take longer than anybody waits for it. */
async function again<T>(task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (attempt === attemptsMax) throw error;
    }
  }
}

/** How many users that takes. */
export function peopleFor({ connections }: Effort): number {
  return Math.max(2, Math.ceil(connections / perUser));
}

async function residentKb({ pid }: Door, settleMs: number): Promise<number> {
  await pause(settleMs);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}
