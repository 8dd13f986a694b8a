/** One client of a user: a process with the client SDK in it, which follows its user's queue and is given messages. */
import { type Identity, UserClient } from '../client/client.ts';
import type { Link } from '../client/line.ts';
import { newId } from '../events/ids.ts';
import { delay } from '../ports/clock.ts';
import type { ItemView } from '../protocol/views.ts';
import { SimulatedBus } from './bus.ts';
import type { Attempt, Outcome, Showing } from './history.ts';
import { SimulatedProcess } from './process.ts';
import { weakenClientBus } from './safeguards.ts';
import type { Surroundings } from './surroundings.ts';
import { Wire } from './wire.ts';

const readyTimeoutMs = 5_000;
const againMs = 500;
/** A terminal that is stopped, a pipe that is full. */
const slowShowChance = 0.02;
const slowShowMsMax = 600;

/** A message as it is given to a client; the same one may be given again. */
export type Message = Pick<Attempt, 'id' | 'to' | 'text'>;

/** One run of a client, from when it follows its queue. */
export interface Sitting {
  readonly client: UserClient;
  readonly process: SimulatedProcess;
  /** Unlike every other's. */
  readonly run: string;
}

/** What somebody does before the client, as soon as it follows. */
export type Occupation = (user: SimulatedUser, sitting: Sitting) => void;

interface Running {
  readonly process: SimulatedProcess;
  wire: Wire | undefined;
  client: UserClient | undefined;
  sitting: Sitting | undefined;
}

export class SimulatedUser {
  readonly name: string;
  readonly surroundings: Surroundings;
  readonly #identity: Identity;
  readonly #occupation: Occupation;
  /** Given to a client and without an outcome, or left behind by one that was killed. */
  readonly #open = new Set<Attempt>();
  /** Ids that went out, for a client that gives what it sends again another one. */
  readonly #sent = new Set<string>();
  #running: Running | undefined;
  #runs = 0;
  #position: number;

  /** @param name of the client, unlike every other's. */
  constructor(name: string, identity: Identity, surroundings: Surroundings, occupation: Occupation) {
    this.name = name;
    this.surroundings = surroundings;
    this.#identity = identity;
    this.#occupation = occupation;
    this.#position = identity.position;
  }

  get id(): string {
    return this.#identity.user;
  }

  get wire(): Wire | undefined {
    return this.#running?.wire;
  }

  get process(): SimulatedProcess | undefined {
    return this.#running?.process;
  }

  /** The items that the present client was shown. */
  get shown(): readonly ItemView[] {
    const run = this.#running?.sitting?.run;
    return this.surroundings.history.showings.find((showing) => showing.run === run)?.items ?? [];
  }

  /** Everything that this client was given has its outcome. */
  get isSettled(): boolean {
    return this.#open.size === 0;
  }

  get isFollowing(): boolean {
    return this.#running?.sitting !== undefined;
  }

  start(): void {
    if (this.#running) return;
    const { timeline, random } = this.surroundings;
    this.#runs += 1;
    const name = `${this.name}.${this.#runs}`;
    const process = new SimulatedProcess(name, timeline, random.fork(name));
    const running: Running = { process, wire: undefined, client: undefined, sitting: undefined };
    this.#running = running;
    process.after(0, () => void this.#live(running));
  }

  kill(): void {
    const running = this.#running;
    if (!running) return;
    this.surroundings.trace.note(this.name, 'is killed');
    this.#position = running.client?.line.position ?? this.#position;
    this.#running = undefined;
    running.wire?.end();
    running.process.kill();
    for (const showing of this.surroundings.history.showings) {
      if (showing.run.startsWith(`${running.process.name}#`)) showing.isLive = false;
    }
  }

  /** What a client that was killed had no answer for; whoever takes it gives it again, or nobody will. */
  takeUnanswered(): Message[] {
    const unanswered = [...this.#open];
    this.#open.clear();
    return unanswered;
  }

  /** Writes to somebody with the present client. @throws {Error} while there is none that follows. */
  say(to: string, text: string): Promise<Outcome> {
    const sitting = this.#running?.sitting;
    if (!sitting) throw new Error(`${this.name} does not follow`);
    return this.give(sitting, { id: newId('m-', sitting.process.random), to, text });
  }

  async give({ client, run }: Sitting, { id, to, text }: Message, timeoutMs?: number): Promise<Outcome> {
    const { history, trace } = this.surroundings;
    const attempt: Attempt = { user: this.id, run, id, to, text, outcome: undefined };
    this.#open.add(attempt);
    trace.note(this.name, `gives ${id} for ${to}`);
    const options = { id, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const outcome = await history.record(attempt, client.send(to, text, options));
    this.#open.delete(attempt);
    trace.note(this.name, `${id}: ${describe(outcome)}`);
    return outcome;
  }

  /** Follows the queue; begins anew, as a person would, when nobody could be reached. */
  async #live(running: Running): Promise<void> {
    const { process } = running;
    for (let attempt = 1; ; attempt++) {
      const showing = this.surroundings.history.show(this.id, `${process.name}#${attempt}`);
      const client = this.#newClient(running);
      running.client = client;
      try {
        await client.line.ready(readyTimeoutMs);
        await client.follow((item) => this.#show(process, showing, item));
        running.sitting = { client, process, run: showing.run };
        return this.#occupation(this, running.sitting);
      } catch (error) {
        this.surroundings.trace.note(this.name, `could not follow: ${(error as Error).message}`);
        showing.isLive = false;
        void client.close();
        await delay(process, againMs);
      }
    }
  }

  async #show(process: SimulatedProcess, { items }: Showing, item: ItemView): Promise<void> {
    const { random } = process;
    await delay(process, random.chance(slowShowChance) ? random.between(0, slowShowMsMax) : 1);
    items.push(item);
    this.surroundings.trace.note(this.name, `is shown ${item.item} (after ${item.prev})`);
  }

  #newClient(running: Running): UserClient {
    const { process } = running;
    const link = () => this.#dial(running);
    const identity = { ...this.#identity, position: this.#position };
    return new UserClient({ clock: process, random: process.random, link }, identity);
  }

  #dial(running: Running): Promise<Link> {
    const { process } = running;
    const { broker } = this.surroundings;
    const wire = new Wire(process, broker);
    running.wire?.end();
    running.wire = wire;
    if (!wire.isOpenable) return Promise.reject(new Error('no server can be reached'));
    const bus = Object.assign(new SimulatedBus(wire, broker), { close: async () => wire.end() });
    const link = weakenClientBus(
      bus,
      process.random.fork('ids'),
      this.surroundings.settings.without,
      this.#sent,
    );
    return new Promise((resolve) => {
      wire.listen({ opened: () => resolve(link), closed: () => undefined });
      wire.open();
    });
  }
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'answered') return `stands at ${outcome.answer.position}`;
  return outcome.kind === 'refused' ? `refused, ${outcome.code}` : `no answer, ${outcome.outcome}`;
}
