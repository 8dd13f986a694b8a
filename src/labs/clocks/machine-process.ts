/**
 * One machine as a process of its own: it ticks by the system's time and hears the others over NATS.
 *
 * What happens is kept before it is told. So one that was killed goes on from its log and has told nothing that is not
 * there; what waited in its queue is lost with it. While it is cut off it goes on ticking, and what it sends waits.
 */
import type { Bus } from '../../ports/bus.ts';
import { type Clock, delay } from '../../ports/clock.ts';
import type { Outgoing } from './core/decide.ts';
import { encodeMessage } from './core/message.ts';
import { type Trial, tickMs } from './core/settings.ts';
import { Station } from './core/station.ts';
import { drawsOf } from './core/virtual.ts';
import type { MachineLog } from './machine-log.ts';
import { answerSchema, conductorOf, inboxOf, type Report } from './subjects.ts';
import { seeded } from './virtual-run.ts';

export interface MachineParts {
  readonly run: string;
  readonly trial: Trial;
  readonly id: string;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: MachineLog;
}

const askMs = 1_000;
const againMs = 50;
/** Of messages that wait while there is no connection; then the oldest are lost. */
const waitingMax = 100_000;

/** Ticks until the trial is over, and says so. */
export async function tickToTheEnd({ run, trial, id, bus, clock, log }: MachineParts): Promise<void> {
  const station = new Station(trial, id, drawsOf(trial, lifeOf(id, log.recovered.length), seeded));
  station.recover(log.recovered);
  const outbox = new Outbox(bus, run);
  bus.subscribe(inboxOf(run, id), ({ data }) => {
    const refused = station.take(data, clock.wallMs());
    if (refused) void log.append([refused]);
  });
  const startMs = await startOf({ run, id, bus, clock });
  // Moments are told by the wall clock once, and counted by the other: it does not jump.
  const offsetMs = clock.monotonicMs() - clock.wallMs() + startMs;
  const machine = trial.machines.find((one) => one.id === id)!; // or there would be no station
  const bornMs = clock.monotonicMs();
  for (let tick = 1; tickMs(machine, tick) < trial.seconds * 1_000; tick++) {
    const dueMs = offsetMs + tickMs(machine, tick);
    if (tick <= station.context.tick || dueMs < bornMs) continue; // of an earlier life, or between two
    await delay(clock, Math.max(dueMs - clock.monotonicMs(), 0));
    const { events, outgoing } = station.tick(tick, clock.wallMs());
    await log.append(events);
    outbox.post(outgoing);
  }
  await delay(clock, Math.max(0, offsetMs + trial.seconds * 1_000 - clock.monotonicMs()));
  await report({ run, bus, clock }, { id, is: 'done' });
}

/** A life after the first draws anew: it does not repeat what the first one drew. */
const lifeOf = (id: string, recovered: number) => (recovered === 0 ? id : `${id}/after-${recovered}`);

type Asking = Pick<MachineParts, 'run' | 'bus' | 'clock'>;

async function startOf({ id, ...asking }: Asking & { readonly id: string }): Promise<number> {
  for (;;) {
    const startMs = await report(asking, { id, is: 'ready' });
    if (startMs !== null) return startMs;
    await delay(asking.clock, againMs);
  }
}

/** Asks until it is answered. */
async function report({ run, bus, clock }: Asking, said: Report): Promise<number | null> {
  for (;;) {
    try {
      const answer = await bus.request(conductorOf(run), JSON.stringify(said), askMs);
      return answerSchema.parse(JSON.parse(new TextDecoder().decode(answer))).startMs;
    } catch {
      await delay(clock, againMs); // nobody there yet, or the connection is lost: it is retried
    }
  }
}

class Outbox {
  readonly #bus: Bus;
  readonly #run: string;
  #waiting: Outgoing[] = [];

  constructor(bus: Bus, run: string) {
    this.#bus = bus;
    this.#run = run;
    bus.onStatus((connected) => {
      if (connected) this.post(this.#waiting.splice(0));
    });
  }

  post(outgoing: readonly Outgoing[]): void {
    if (!this.#bus.connected) {
      this.#waiting = [...this.#waiting, ...outgoing].slice(-waitingMax);
      return;
    }
    for (const { to, message } of outgoing) this.#bus.publish(inboxOf(this.#run, to), encodeMessage(message));
  }
}
