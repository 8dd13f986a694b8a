import { MemoryStore } from '../../src/log/memory.ts';
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
import { lastingStoreContract } from './store-contract.ts';

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

const options = { forgets: () => false, wrote: () => undefined };

lastingStoreContract('a simulated disk', async () => {
  const { start, close } = startWorld();
  const disk = new SimulatedDisk(new MemoryStore(), options);
  return { store: disk.open(start('first')), reopen: async () => disk.open(start('second')), close };
});
