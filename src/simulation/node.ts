/** One node: a disk that stays, and the processes that run on it one after the other, made of the product's own parts. */
import type { OrderedLogs } from '../log/port.ts';
import type { Subscription } from '../ports/bus.ts';
import type { Copy } from '../replication/copy.ts';
import type { Leadership } from '../replication/leadership.ts';
import { Replica } from '../replication/replica.ts';
import { ChatLeader } from '../service/chat-leader.ts';
import { Frames } from '../service/frames.ts';
import { ReadService } from '../service/read-service.ts';
import { Reader } from '../service/reader.ts';
import { Positions } from '../service/waiting.ts';
import { SimulatedBus } from './bus.ts';
import { SimulatedDisk } from './disk.ts';
import { askServer, SimulatedLog } from './ordered-log.ts';
import { SimulatedPasswords } from './passwords.ts';
import { SimulatedProcess } from './process.ts';
import type { Surroundings } from './surroundings.ts';
import { Wire } from './wire.ts';

interface Running {
  readonly process: SimulatedProcess;
  readonly wire: Wire;
  /** Undefined until the broker was reached for the first time. */
  replica: Replica | undefined;
  copy: Copy | undefined;
  reads: Subscription | undefined;
}

const commands = 'verbatim.cmd.';

export class SimulatedNode {
  readonly id: string;
  readonly disk: SimulatedDisk;
  readonly #surroundings: Surroundings;
  #running: Running | undefined;
  #starts = 0;

  constructor(id: string, surroundings: Surroundings) {
    const { settings, watch } = surroundings;
    this.id = id;
    this.#surroundings = surroundings;
    this.disk = new SimulatedDisk({
      everyWriteSynced: settings.sync,
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
    this.#note('starts');
    const name = `${this.id}.${this.#starts}`;
    const process = new SimulatedProcess(name, timeline, random.fork(name));
    const running: Running = {
      process,
      wire: new Wire(process, broker),
      replica: undefined,
      copy: undefined,
      reads: undefined,
    };
    this.#running = running;
    const bus = new SimulatedBus(running.wire, broker, (subject, payload) =>
      this.#responding(subject, payload),
    );
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

  /** Asked to end: it says so before it goes. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running?.replica || !running.process.isRunning) return;
    this.#note('is stopped');
    await running.replica.stop();
    if (this.#running === running) this.kill();
  }

  #replica(running: Running, bus: SimulatedBus): Replica {
    const { process, wire } = running;
    const { settings, watch, trace } = this.#surroundings;
    const { members, copies, minCopies, strategy, sync, sessionGapMs } = settings;
    const passwords = new SimulatedPasswords(process);
    const { random } = process;
    return new Replica({
      id: this.id,
      founding: { members, copies: settings.without === 'wait-for-copies' ? 1 : copies, minCopies },
      strategy,
      place: {
        open: async () => this.disk.open(process),
        setAside: async () => {
          this.disk.setAside();
          watch.setAside(this.id);
          return 'a drawer';
        },
      },
      sync,
      bus,
      clock: process,
      random,
      journal: {
        notice: (line) => {
          trace.note(this.id, line);
          if (line.startsWith('stopped serving')) watch.froze(this.id, line);
        },
        detail: (line) => trace.note(this.id, line),
      },
      logs: this.#logs(wire),
      opened: (replica) => {
        const { copy } = replica;
        running.copy = copy;
        copy.listen({ committed: (frames) => watch.committed(this.id, frames, copy.mark) });
        const reader = new Reader(copy, new Frames(copy.store));
        running.reads = new ReadService(copy, reader, new Positions(copy, process)).start(bus);
      },
      closed: () => {
        running.copy = undefined;
        running.reads?.stop();
      },
      serve: (leadership: Leadership, replica: Replica) => {
        watch.serves(this.id, leadership.copy.tail);
        return new ChatLeader(leadership, replica, { bus, clock: process, random, passwords, sessionGapMs });
      },
    });
  }

  #logs(wire: Wire): OrderedLogs {
    const { broker, trouble } = this.#surroundings;
    return {
      newest: () => askServer(wire, trouble, () => broker.newest),
      open: async (generation, create) => {
        const stream = await askServer(wire, trouble, () => broker.stream(generation, create));
        return stream && new SimulatedLog(stream, wire, trouble);
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
