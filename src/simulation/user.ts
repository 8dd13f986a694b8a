/** One client of a user: a process with the client SDK in it, which follows its user's queue and is given messages. */
import { UserClient } from '../client/client.ts';
import type { Link } from '../client/link.ts';
import { newId } from '../events/ids.ts';
import { delay } from '../ports/clock.ts';
import type { ItemView } from '../protocol/views.ts';
import { RecordedUser } from '../recording/clients.ts';
import { type Outcome, Scribe } from '../recording/scribe.ts';
import { dial } from './dial.ts';
import type { Message, Person } from './person.ts';
import { SimulatedProcess } from './process.ts';
import type { Surroundings } from './surroundings.ts';
import { weakenClientBus } from './weak-buses.ts';
import { Wire } from './wire.ts';

const readyTimeoutMs = 5_000;
const againMs = 500;
/** A terminal that is stopped, a pipe that is full. */
const slowShowChance = 0.02;
const slowShowMsMax = 600;

/** One run of a client, from when it follows its queue. */
export interface Sitting {
  readonly client: RecordedUser;
  readonly process: SimulatedProcess;
}

/** What somebody does before the client, as soon as it follows. */
export type Occupation = (user: SimulatedUser, sitting: Sitting) => void;

interface Running {
  readonly process: SimulatedProcess;
  wire: Wire | undefined;
  client: UserClient | undefined;
  scribe: Scribe | undefined;
  sitting: Sitting | undefined;
  readonly shown: ItemView[];
}

export class SimulatedUser {
  readonly name: string;
  readonly surroundings: Surroundings;
  readonly person: Person;
  readonly #occupation: Occupation;
  /** Given to a client and without an outcome, or left behind by one that was killed; each time is one of its own. */
  readonly #open = new Set<Message>();
  /** Ids that went out, for a client that gives what it sends again another one. */
  readonly #sent = new Set<string>();
  #running: Running | undefined;
  #runs = 0;
  #position: number;

  /** @param name of the client, unlike every other's. */
  constructor(name: string, person: Person, surroundings: Surroundings, occupation: Occupation) {
    this.name = name;
    this.person = person;
    this.surroundings = surroundings;
    this.#occupation = occupation;
    this.#position = person.login.identity.position;
  }

  get wire(): Wire | undefined {
    return this.#running?.wire;
  }

  get process(): SimulatedProcess | undefined {
    return this.#running?.process;
  }

  /** The items that the present client was shown. */
  get shown(): readonly ItemView[] {
    return this.#running?.shown ?? [];
  }

  /** Everything that this client was given has its outcome. */
  get isSettled(): boolean {
    return this.#open.size === 0;
  }

  /** The present client, for what no occupation does. */
  get client(): UserClient | undefined {
    return this.#running?.client;
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
    const running: Running = {
      process,
      wire: undefined,
      client: undefined,
      scribe: undefined,
      sitting: undefined,
      shown: [],
    };
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
    running.scribe?.end();
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

  async give({ client }: Sitting, message: Message, timeoutMs?: number): Promise<Outcome> {
    const { trace } = this.surroundings;
    const { id, to, text } = message;
    const open = { ...message };
    this.#open.add(open);
    trace.note(this.name, `gives ${id} for ${typeof to === 'string' ? to : to.session}`);
    const outcome = await client.send(to, text, id, timeoutMs);
    this.#open.delete(open);
    if (outcome.is === 'ok') this.person.said.push(message);
    trace.note(this.name, `${id}: ${describe(outcome)}`);
    return outcome;
  }

  /** Follows the queue; begins anew, as a person would, when nobody could be reached. */
  async #live(running: Running): Promise<void> {
    const { process } = running;
    const { history, trace } = this.surroundings;
    for (let attempt = 1; ; attempt++) {
      const scribe = new Scribe(history, `${process.name}#${attempt}`, this.person.login.identity.user);
      const sdk = this.#newClient(running);
      running.scribe = scribe;
      running.client = sdk;
      const client = new RecordedUser(sdk, scribe, this.person.login);
      try {
        await client.follow(readyTimeoutMs, (item) => this.#show(running, item));
        running.sitting = { client, process };
        return this.#occupation(this, running.sitting);
      } catch (error) {
        trace.note(this.name, `could not follow: ${(error as Error).message}`);
        scribe.end();
        void sdk.close();
        await delay(process, againMs);
      }
    }
  }

  async #show({ process, shown }: Running, item: ItemView): Promise<void> {
    const { random } = process;
    await delay(process, random.chance(slowShowChance) ? random.between(0, slowShowMsMax) : 1);
    shown.push(item);
    if (item.kind === 'opened' || item.kind === 'joined') this.person.groups.add(item.session);
    this.surroundings.trace.note(this.name, `is shown ${item.item} (after ${item.prev})`);
  }

  #newClient(running: Running): UserClient {
    const { process } = running;
    const link = () => this.#dial(running);
    const identity = { ...this.person.login.identity, position: this.#position };
    return new UserClient({ clock: process, random: process.random, link }, identity);
  }

  async #dial(running: Running): Promise<Link> {
    const { process } = running;
    const { broker, settings } = this.surroundings;
    running.wire?.end();
    running.wire = new Wire(process, broker);
    const link = await dial(running.wire, broker);
    return weakenClientBus(link, process.random.fork('ids'), settings.without, this.#sent);
  }
}

function describe(outcome: Outcome): string {
  if (outcome.is === 'ok') return `stands at ${outcome.result.position}`;
  return outcome.is === 'refused' ? `refused, ${outcome.code}` : `no answer, ${outcome.is}`;
}
