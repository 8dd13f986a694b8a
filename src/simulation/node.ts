/** One node: a disk that stays, and the processes that run on it one after the other, made of the product's own parts. */
import { MemoryStore } from '../log/memory.ts';
import type { OrderedLogs } from '../log/port.ts';
import type { Bus, Subscription } from '../ports/bus.ts';
import type { Journal } from '../ports/journal.ts';
import type { Copy } from '../replication/copy.ts';
import type { Leadership } from '../replication/leadership.ts';
import { Replica } from '../replication/replica.ts';
import { ChatLeader } from '../service/chat-leader.ts';
import { Frames } from '../service/frames.ts';
import { HeardPlay } from '../service/pong/heard-play.ts';
import { ReadService } from '../service/read-service.ts';
import { Reader } from '../service/reader.ts';
import { Positions } from '../service/waiting.ts';
import { SimulatedBus } from './bus.ts';
import { SimulatedDisk } from './disk.ts';
import { askServer, SimulatedLog } from './ordered-log.ts';
import { SimulatedPasswords } from './passwords.ts';
import { SimulatedProcess } from './process.ts';
import { type Weakened, weakenCopy, weakenLeadership, weakenLog } from './safeguards.ts';
import type { Surroundings } from './surroundings.ts';
import { weakenBus } from './weak-buses.ts';
import { Wire } from './wire.ts';

interface Running {
  readonly process: SimulatedProcess;
  readonly wire: Wire;
  /** Undefined until the broker was reached for the first time. */
  replica: Replica | undefined;
  copy: Copy | undefined;
  reads: Subscription | undefined;
  heard: HeardPlay | undefined;
}

const commands = 'verbatim.cmd.';
/** Longer than any simulation. */
const logInMs = 86_400_000;
/** So little that users are slowed down now and then. */
const sendRate = { perSecond: 4 };

export class SimulatedNode {
  readonly id: string;
  readonly disk: SimulatedDisk;
  readonly #surroundings: Surroundings;
  #running: Running | undefined;
  #starts = 0;
  /** Copies that the present process has set aside. */
  setAsides = 0;

  constructor(id: string, surroundings: Surroundings) {
    const { settings, watch } = surroundings;
    this.id = id;
    this.#surroundings = surroundings;
    this.disk = new SimulatedDisk({
      everyWriteSynced: settings.sync,
      isLying: settings.without === 'fsync',
      forgets: (key) => settings.without === 'dedupe' && key.startsWith('answer/'),
      wrote: (batch) => watch.wrote(id, batch),
    });
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  get process(): SimulatedProcess | undefined {
    return this.#running?.process;
  }

  get wire(): Wire | undefined {
    return this.#running?.wire;
  }

  /** Undefined while the node is down, or has not reached the broker yet. */
  get replica(): Replica | undefined {
    return this.#running?.replica;
  }

  /** Undefined until it is open. */
  get copy(): Copy | undefined {
    return this.#running?.copy;
  }

  start(): void {
    if (this.#running) return;
    const { timeline, random, broker } = this.#surroundings;
    this.#starts += 1;
    this.setAsides = 0;
    this.#note('starts');
    const name = `${this.id}.${this.#starts}`;
    const process = new SimulatedProcess(name, timeline, random.fork(name));
    const running: Running = {
      process,
      wire: new Wire(process, broker),
      replica: undefined,
      copy: undefined,
      reads: undefined,
      heard: undefined,
    };
    this.#running = running;
    const bus = this.#bus(running);
    running.wire.listen({
      opened: () => {
        if (running.replica) return;
        running.replica = this.#replica(running, bus);
        running.replica.start();
      },
      closed: () => {},
    });
    running.wire.open();
  }

  /** @param power also lost: what was not synced is gone. */
  kill(power = false): void {
    const running = this.#running;
    if (!running) return;
    this.#note(power ? 'loses power' : 'is killed');
    this.#running = undefined;
    running.wire.end();
    running.process.kill();
    this.disk.killed(running.process, power);
    if (power) this.#surroundings.watch.lostPower(this.id);
  }

  /** Killed, and its folder is removed. */
  wipe(): void {
    this.kill();
    this.#note('is wiped');
    this.disk.setAside();
    this.#surroundings.watch.setAside(this.id, true);
  }

  /** Asked to end: it says so before it goes. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running?.replica || !running.process.isRunning) return;
    this.#note('is stopped');
    await running.replica.stop();
    if (this.#running === running) this.kill();
  }

  #bus(running: Running): Bus {
    const { broker } = this.#surroundings;
    const bus = new SimulatedBus(running.wire, broker, (subject, payload) =>
      this.#responding(subject, payload),
    );
    return weakenBus(bus, this.#weakened(running));
  }

  /** This node, as far as a safeguard that is switched off needs to know it. */
  #weakened(running: Running): Weakened {
    const { members, without } = this.#surroundings.settings;
    return {
      id: this.id,
      members,
      without,
      get state() {
        return running.replica?.state;
      },
      get copy() {
        return running.copy;
      },
    };
  }

  #replica(running: Running, bus: Bus): Replica {
    const { process } = running;
    const { settings, watch, trace } = this.#surroundings;
    const { members, copies, minCopies, strategy, sync, sessionGapMs } = settings;
    const passwords = new SimulatedPasswords(process, settings.without === 'password-check');
    const { random } = process;
    const journal: Journal = {
      notice: (line) => {
        trace.note(this.id, line);
        if (line.startsWith('stopped serving')) watch.froze(this.id, line);
        if (line.startsWith('checking its copy')) watch.doubted(this.id, line);
      },
      detail: (line) => trace.note(this.id, line),
    };
    return new Replica({
      id: this.id,
      founding: { members, copies, minCopies },
      strategy,
      place: {
        open: async () => this.disk.open(process),
        setAside: async () => {
          this.disk.setAside();
          this.setAsides += 1;
          watch.setAside(this.id, false);
          return 'a drawer';
        },
        withScratch: (use) => use(new MemoryStore()),
      },
      sync,
      bus,
      clock: process,
      random,
      journal,
      logs: this.#logs(running),
      opened: (replica) => {
        const { copy } = replica;
        running.copy = copy;
        running.heard = new HeardPlay(bus, process, copy);
        weakenCopy(copy, settings.without);
        copy.listen({
          // What a copy that was just found damaged says is not heard any more.
          committed: (frames) => running.copy === copy && watch.committed(this.id, frames, copy.mark),
        });
        const reader = new Reader(copy, new Frames(copy.store), process);
        running.reads = new ReadService(copy, reader, new Positions(copy, process), {
          clock: process,
          journal,
        }).start(bus);
      },
      closed: () => {
        running.copy = undefined;
        running.reads?.stop();
        running.heard?.stop();
      },
      serve: (leadership: Leadership, replica: Replica) => {
        watch.serves(this.id, leadership.copy.tail);
        const weakened = weakenLeadership(leadership, settings.without);
        const limits = { sessionGapMs, logInMs, sendRate };
        const world = { bus, clock: process, random, passwords, journal, heard: running.heard };
        return new ChatLeader(weakened, replica, { ...world, ...limits });
      },
    });
  }

  #logs(running: Running): OrderedLogs {
    const { broker, trouble } = this.#surroundings;
    const { wire } = running;
    return {
      newest: () => askServer(wire, trouble, () => broker.newest),
      open: async (generation, create) => {
        const stream = await askServer(wire, trouble, () => broker.stream(generation, create));
        return stream && weakenLog(new SimulatedLog(stream, wire, trouble), this.#weakened(running));
      },
    };
  }

  #responding(subject: string, payload: Uint8Array | string): void {
    if (!subject.startsWith(commands)) return;
    this.#surroundings.watch.answers(this.id, subject.split('.')[2] ?? '', String(payload));
  }

  #note(what: string): void {
    this.#surroundings.trace.note(this.id, what);
  }
}
