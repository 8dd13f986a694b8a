/** A machine where it stands: the actor, its queue, and its share of chance. Messages in, entries and messages out. */
import { createActor } from 'xstate';
import type { Random } from '../../../events/ids.ts';
import { type Decision, decide } from './decide.ts';
import { type Entry, isEvent, type MachineEvent, type Refused } from './entry.ts';
import { clockMachine, type MachineContext } from './machine.ts';
import { type Message, messageFrom } from './message.ts';
import { Queue } from './queue.ts';
import type { Trial, TrialMachine } from './settings.ts';

export class Station {
  readonly #trial: Trial;
  readonly #machine: TrialMachine;
  readonly #ids: readonly string[];
  readonly #random: Random;
  readonly #actor;
  readonly #queue = new Queue<Message>();

  /** @throws when the trial has no such machine. */
  constructor(trial: Trial, id: string, random: Random) {
    const own = trial.machines.findIndex((machine) => machine.id === id);
    const machine = trial.machines[own];
    if (!machine) throw new Error(`there is no machine ${id} in this trial`);
    this.#trial = trial;
    this.#machine = machine;
    this.#ids = trial.machines.map((one) => one.id);
    this.#random = random;
    this.#actor = createActor(clockMachine, { input: { own, machines: this.#ids.length } }).start();
  }

  get context(): MachineContext {
    return this.#actor.getSnapshot().context;
  }

  /** Goes on where its log ends. @throws {BrokenLog} */
  recover(entries: Iterable<Entry>): void {
    for (const entry of entries) if (isEvent(entry)) this.#follow(entry);
  }

  /** Puts a message behind those that wait. @returns what to log of one that is none. */
  take(bytes: Uint8Array, atMs: number): Refused | undefined {
    const message = messageFrom(bytes, this.#ids, this.context);
    if (typeof message !== 'string') this.enqueue(message);
    else return { kind: 'refused', atMs, clock: this.context.clock, reason: message };
    return undefined;
  }

  enqueue(message: Message): void {
    this.#queue.push(message);
  }

  /** What happens at this tick: to be logged first and sent then. */
  tick(tick: number, atMs: number): Decision {
    const message = this.#queue.shift();
    const decision = decide(this.context, this.#machine, this.#trial, {
      tick,
      atMs,
      message,
      queue: this.#queue.length,
      draw: () => this.#random.next(),
    });
    for (const event of decision.events) this.#follow(event);
    return decision;
  }

  #follow(event: MachineEvent): void {
    this.#actor.send({ type: 'HAPPENED', event });
    if (this.context.number !== event.number) {
      throw new BrokenLog(`${this.#machine.id}:${event.number} does not follow what was logged before it`);
    }
  }
}

/** A log in which an event is missing, or a clock goes back. */
class BrokenLog extends Error {
  override readonly name = 'BrokenLog';
}
