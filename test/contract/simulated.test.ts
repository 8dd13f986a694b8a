import { describe, expect, it } from 'vitest';
import { Broker } from '../../src/simulation/broker.ts';
import { SimulatedDisk } from '../../src/simulation/disk.ts';
import { type AppendTrouble, SimulatedLog } from '../../src/simulation/ordered-log.ts';
import { SimulatedProcess } from '../../src/simulation/process.ts';
import { SeededRandom } from '../../src/simulation/random.ts';
import { SimulatedStream } from '../../src/simulation/stream.ts';
import { Timeline } from '../../src/simulation/timeline.ts';
import { Wire } from '../../src/simulation/wire.ts';
import { logContract } from './log-contract.ts';
import { orderedLogContract, servedLogContract } from './ordered-log-contract.ts';
import { lastingStoreContract, poweredStoreContract } from './store-contract.ts';

let worlds = 0;

/** A world whose time runs on by itself for as long as a test lasts; the same in every run. */
function startWorld() {
  worlds += 1;
  const random = new SeededRandom(`contract ${worlds}`);
  const timeline = new Timeline();
  let isOver = false;
  const running = (async () => {
    while (!isOver) await timeline.run(timeline.nowMs + 100, () => isOver);
  })();
  const close = async () => {
    isOver = true;
    await running;
  };
  const start = (name: string) => new SimulatedProcess(name, timeline, random.fork(name));
  return { random, start, close };
}

async function openLog() {
  const { random, start, close } = startWorld();
  const newStream = () => new SimulatedStream({ comparesAndSets: true, stored: () => undefined });
  const broker = new Broker(random.fork('broker'), { heard: () => undefined, newStream });
  const trouble: AppendTrouble = { chance: 0, hungUntilMs: 0 };
  const stream = broker.stream(1, true)!;
  const connect = async (name: string) => {
    const wire = new Wire(start(name), broker);
    const opened = new Promise<void>((resolve) => wire.listen({ opened: resolve, closed: () => undefined }));
    wire.open();
    await opened;
    return new SimulatedLog(stream, wire, trouble);
  };
  const server = { kill: async () => broker.stop(), respawn: async () => broker.start() };
  return { log: await connect('first'), second: await connect('second'), server, close };
}

logContract('a simulated stream', openLog);
orderedLogContract('a simulated stream', openLog);
servedLogContract('a simulated stream', openLog);

const options = (everyWriteSynced: boolean) => ({
  forgets: () => false,
  wrote: () => undefined,
  everyWriteSynced,
  isLying: false,
});

lastingStoreContract('a simulated disk', async () => {
  const { start, close } = startWorld();
  const disk = new SimulatedDisk(options(false));
  return { store: disk.open(start('first')), reopen: async () => disk.open(start('second')), close };
});

poweredStoreContract('a simulated disk', async (everyWriteSynced) => {
  const { start, close } = startWorld();
  const disk = new SimulatedDisk(options(everyWriteSynced));
  const first = start('first');
  const losePower = async () => {
    first.kill();
    disk.killed(first, true);
    return disk.open(start('second'));
  };
  return { store: disk.open(first), losePower, close };
});

describe('a simulated disk that is set aside', () => {
  it('is empty, and what was being written to it goes nowhere (P2)', async () => {
    const { start, close } = startWorld();
    const disk = new SimulatedDisk(options(false));
    const process = start('first');
    const store = disk.open(process);
    await store.append(Buffer.from('a'), 1);
    await store.stand({ promised: 2, grantedTo: 'n2', complete: true });
    const mark = { number: 0, position: 0, state: '', version: 1 };
    const entries = [{ number: 2, bytes: Buffer.from('b') }];
    void store.write({ entries, rows: [], bookmark: { sequence: 2, mark } }, { sync: true });
    disk.setAside();
    const next = disk.open(process);
    expect([await next.last(), next.bookmark]).toEqual([0, undefined]);
    expect(next.standing).toEqual({ promised: 0, grantedTo: '', complete: false });
    await next.probe(); // takes longer than what was under way
    expect(await next.last()).toBe(0);
    await close();
  });
});
