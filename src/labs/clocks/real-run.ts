/** Trials as real processes over NATS: started together, watched, started again when they die, and ended. */
import { errors } from 'nats';
import { Refused, Unanswered } from '../../client/errors.ts';
import { Supervised } from '../../cluster/supervised.ts';
import { newId } from '../../events/ids.ts';
import type { Bus } from '../../ports/bus.ts';
import { every, within } from '../../ports/clock.ts';
import { systemClock as clock } from '../../system/clock.ts';
import { systemRandom } from '../../system/random.ts';
import { connectTo } from '../../transport/connection.ts';
import { NatsBus } from '../../transport/nats-bus.ts';
import { type Broker, startBroker } from './broker.ts';
import type { Trial } from './core/settings.ts';
import { anybody } from './machine-main.ts';
import { conductorOf, reportSchema } from './subjects.ts';

export interface RealRunOptions {
  readonly folder: string;
  /** Undefined: a server of its own. */
  readonly servers?: readonly string[] | undefined;
  /** Of its own server; 0: any that is free. */
  readonly port: number;
  /** The `verbatim` program, to run machines with. */
  readonly program: { readonly command: string; readonly args: readonly string[] };
}

export interface RealRunListener {
  started(trial: number, id: string, pid: number): void;
  line(text: string): void;
  progress(trial: number, seconds: number): void;
}

const readyMsMax = 30_000;
/** From the moment when all are ready to the first tick. */
const headStartMs = 300;
const doneMsMax = 15_000;
const progressMs = 10_000;

export class RealRun {
  readonly #options: RealRunOptions;
  readonly #listener: RealRunListener;
  readonly #servers: readonly string[];
  readonly #broker: Broker | undefined;
  readonly #bus: NatsBus;
  readonly #close: () => Promise<void>;
  #machines: Supervised[] = [];

  private constructor(
    options: RealRunOptions,
    listener: RealRunListener,
    broker: Broker | undefined,
    servers: readonly string[],
    connection: Awaited<ReturnType<typeof connectTo>>,
  ) {
    this.#options = options;
    this.#listener = listener;
    this.#servers = servers;
    this.#broker = broker;
    this.#bus = new NatsBus(connection);
    this.#close = () => connection.close();
  }

  /** @throws {PortInUse | NoServerProgram | ServerTooOld | Unanswered} before any machine starts. */
  static async prepare(options: RealRunOptions, listener: RealRunListener): Promise<RealRun> {
    const broker = options.servers ? undefined : await startBroker(options.port, listener.line);
    const servers = options.servers ?? broker?.servers ?? [];
    try {
      // One's own server is coming up; another's is there or is not.
      const connecting = connectTo({
        servers,
        credentials: anybody,
        name: 'clocks',
        patient: broker !== undefined,
      });
      const connection = await within(clock, readyMsMax, connecting);
      if (!connection) throw new Error('it did not answer in time');
      return new RealRun(options, listener, broker, servers, connection);
    } catch (cause) {
      await broker?.stop();
      if (cause instanceof Error && cause.name === 'InsecureServer') throw cause;
      if (cause instanceof errors.AuthorizationError)
        throw new Refused(
          'not-open',
          `${servers.join(', ')} asks who connects, as a cluster's server does: name one that does not, or none for one of the run's own`,
        );
      throw new Unanswered('not-sent', `no server answers at ${servers.join(', ')}`, { cause });
    }
  }

  /** Resolves when every machine has ticked to the end and is gone. */
  async trial(trial: Trial): Promise<void> {
    const run = newId('', systemRandom);
    const roll = new Roll(this.#bus, run, trial);
    this.#machines = trial.machines.map(({ id }) => this.#machine(run, trial.trial, id));
    const ticker = every(clock, progressMs, () => {
      if (roll.startMs !== null)
        this.#listener.progress(trial.trial, Math.round((clock.wallMs() - roll.startMs) / 1_000));
    });
    try {
      if (!(await within(clock, readyMsMax, roll.ready)))
        throw new Refused(
          'failed',
          `not all machines of trial ${trial.trial} started within ${readyMsMax / 1_000} s`,
        );
      const waitMs = headStartMs + trial.seconds * 1_000 + doneMsMax;
      if (!(await within(clock, waitMs, roll.done)))
        throw new Refused('failed', `not all machines of trial ${trial.trial} came to its end`);
    } finally {
      ticker.stop();
      roll.stop();
      await this.#stopMachines();
    }
  }

  async stop(): Promise<void> {
    await this.#stopMachines();
    await this.#close().catch(() => undefined); // it may be lost already
    await this.#broker?.stop();
  }

  #machine(run: string, trial: number, id: string): Supervised {
    const { folder, program } = this.#options;
    const place = ['--dir', folder, '--run', run, '--trial', String(trial), '--id', id];
    return new Supervised({
      command: program.command,
      args: [...program.args, 'clocks', 'machine', ...place, '--servers', this.#servers.join(',')],
      env: process.env,
      restart: true,
      started: (pid) => this.#listener.started(trial, id, pid),
      line: (text) => this.#listener.line(`${id}: ${text}`),
      died: (how) => this.#listener.line(`${id} died (${how}); starting it again`),
    });
  }

  async #stopMachines(): Promise<void> {
    await Promise.all(this.#machines.splice(0).map((machine) => machine.stop()));
  }
}

/** Who is ready, and who is done. One that is started again hears the same start. */
class Roll {
  startMs: number | null = null;
  readonly ready: Promise<true>;
  readonly done: Promise<true>;
  readonly stop: () => void;

  constructor(bus: Bus, run: string, { machines }: Trial) {
    const missing = {
      ready: new Set(machines.map(({ id }) => id)),
      done: new Set(machines.map(({ id }) => id)),
    };
    let tell: Readonly<Record<'ready' | 'done', () => void>> = {
      ready: () => undefined,
      done: () => undefined,
    };
    const isComplete = (is: 'ready' | 'done') =>
      new Promise<true>((resolve) => {
        tell = { ...tell, [is]: () => resolve(true) };
      });
    this.ready = isComplete('ready');
    this.done = isComplete('done');
    const subscription = bus.subscribe(conductorOf(run), (message) => {
      const parsed = reportSchema.safeParse(jsonFrom(message.data));
      if (!parsed.success) return; // no machine of ours
      const { id, is } = parsed.data;
      missing[is].delete(id);
      if (missing.ready.size === 0) this.startMs ??= clock.wallMs() + headStartMs;
      if (missing[is].size === 0) tell[is]();
      message.respond(JSON.stringify({ startMs: this.startMs }));
    });
    this.stop = () => subscription.stop();
  }
}

function jsonFrom(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
