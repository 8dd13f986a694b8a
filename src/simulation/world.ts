/**
 * A world: three nodes, a broker with its stream, users with their clients, on one timeline.
 *
 * Nodes and clients are the product's own code; only what they stand on is simulated. Whatever a world does follows from
 * its seed and from what is done to it between its runs.
 */
import { Frame } from '../events/frame.ts';
import type { Entry } from '../log/port.ts';
import { opensEpoch } from '../replication/tail.ts';
import { Broker } from './broker.ts';
import { Chatter } from './chatter.ts';
import { newGuest } from './dial.ts';
import { History } from './history.ts';
import { SimulatedNode } from './node.ts';
import type { AppendTrouble } from './ordered-log.ts';
import { Person } from './person.ts';
import { SimulatedProcess } from './process.ts';
import { SeededRandom } from './random.ts';
import { Strangers } from './strangers.ts';
import { SimulatedStream } from './stream.ts';
import type { Settings, Surroundings } from './surroundings.ts';
import { Timeline } from './timeline.ts';
import { Trace } from './trace.ts';
import { type Occupation, SimulatedUser } from './user.ts';
import { Watch } from './watch.ts';

const password = 'correct horse';
const startTimeoutMs = 30_000;

export class World {
  readonly timeline = new Timeline();
  readonly trace = new Trace(() => this.timeline.nowMs);
  readonly history = new History(this.timeline);
  readonly trouble: AppendTrouble = { chance: 0, hungUntilMs: 0 };
  readonly random: SeededRandom;
  readonly watch: Watch;
  readonly broker: Broker;
  readonly nodes: readonly SimulatedNode[];
  readonly users: SimulatedUser[] = [];
  readonly strangers: Strangers;
  readonly settings: Settings;
  readonly #surroundings: Surroundings;
  readonly #frameWaiters = new Set<{ opens: boolean; go: (leader: SimulatedNode) => void }>();
  readonly #chatters: Chatter[] = [];
  #isSilent = false;
  /** From now on nothing goes wrong any more. */
  isHealed = false;
  /** The server has another disk than before, and will get the former one back. */
  isStreamHidden = false;

  constructor(seed: string, settings: Settings) {
    const { trace, timeline, trouble, history } = this;
    this.settings = settings;
    this.random = new SeededRandom(seed);
    this.watch = new Watch(trace);
    this.broker = new Broker(this.random.fork('broker'), {
      heard: ({ process }, subject, data) => trace.count(process.name, `${subject} ${data}`),
      newStream: () => this.#newStream(),
    });
    const { random, broker, watch } = this;
    this.#surroundings = { settings, timeline, random, trace, broker, trouble, watch, history };
    this.strangers = new Strangers(this.#surroundings);
    this.nodes = settings.members.map((id) => new SimulatedNode(id, this.#surroundings));
  }

  node(id: string): SimulatedNode {
    return this.nodes.find((node) => node.id === id)!;
  }

  user(name: string): SimulatedUser {
    return this.users.find((user) => user.name === name)!;
  }

  get stream(): SimulatedStream | undefined {
    return this.broker.stream(this.broker.newest);
  }

  /** Who was registered when the world began. */
  get people(): readonly Person[] {
    return [...new Set(this.users.map(({ person }) => person))];
  }

  /** The node that leads the newest epoch, as far as any node knows. */
  get leader(): SimulatedNode | undefined {
    const leading = this.nodes.filter(({ replica, copy }) => copy && replica?.role === 'leader');
    return leading.sort((a, b) => b.copy!.tail.epoch - a.copy!.tail.epoch)[0];
  }

  run(ms: number): Promise<void> {
    return this.#pass(ms, () => false);
  }

  /** @returns whether it came true within `limitMs`. */
  async until(isTrue: () => boolean, limitMs: number): Promise<boolean> {
    await this.#pass(limitMs, isTrue);
    return isTrue();
  }

  /** An error that nobody caught: a real process would have ended. */
  died(error: unknown): void {
    this.watch.breaks('alive', `a process died of ${error instanceof Error ? error.stack : error}`);
  }

  /**
   * All nodes up, `names` registered, each with a client that follows, the first with a second one as well.
   * @param talks whether they write of themselves.
   */
  async start(names: readonly string[], talks = true): Promise<void> {
    for (const node of this.nodes) node.start();
    let people: readonly Person[] | undefined;
    void this.#register(names).then((registered) => {
      people = registered;
    });
    await this.until(() => people !== undefined, startTimeoutMs);
    const [first] = people ?? [];
    if (!people || !first) return this.watch.breaks('alive', 'nobody could register');
    if (!talks) this.fallSilent();
    for (const person of people) this.#addClient(person.name, person, names);
    this.#addClient(`${first.name}-too`, first, names);
    for (const user of this.users) user.start();
    this.strangers.start();
  }

  /** Users begin nothing new. */
  fallSilent(): void {
    this.#isSilent = true;
    this.strangers.fallSilent();
    for (const chatter of this.#chatters) chatter.fallSilent();
  }

  /** Told once when the next frame is stored that opens an epoch, or that does not. */
  awaitFrame(opens: boolean, go: (leader: SimulatedNode) => void): void {
    this.#frameWaiters.add({ opens, go });
  }

  stickConsumers({ process }: SimulatedNode): void {
    this.stream?.stick(({ session }) => session.connection.process === process);
  }

  /** Everything is put right, everybody is there again. */
  heal(): void {
    this.isHealed = true;
    this.trace.note('world', 'heals');
    this.trouble.chance = 0;
    this.trouble.hungUntilMs = 0;
    if (!this.broker.isUp) this.broker.start();
    for (const part of [...this.nodes, ...this.users]) {
      part.process?.resume();
      part.wire?.heal();
      part.start();
    }
    for (const { disk } of this.nodes) {
      disk.slowness = 1;
      disk.refusing = undefined;
    }
  }

  async #pass(ms: number, isDone: () => boolean): Promise<void> {
    try {
      const isOver = () => this.watch.broken !== undefined || isDone();
      await this.timeline.run(this.timeline.nowMs + ms, isOver);
    } catch (error) {
      this.died(error);
    }
  }

  /** Undefined where somebody was refused. */
  async #register(names: readonly string[]): Promise<readonly Person[] | undefined> {
    const process = new SimulatedProcess('guest', this.timeline, this.random.fork('guest'));
    const guest = newGuest('guest', process, this.#surroundings);
    await guest.ready(startTimeoutMs);
    const people: Person[] = [];
    for (const name of names) {
      await guest.register(name, password, `r-${name}`, startTimeoutMs);
      const login = await guest.logIn(name, password, `t-${name}`, startTimeoutMs);
      if (!login) return undefined;
      people.push(new Person(login, password));
    }
    await guest.close();
    return people;
  }

  #addClient(name: string, person: Person, names: readonly string[]): void {
    const others = names.filter((other) => other !== person.name);
    const chatter = new Chatter({ others, strangers: this.strangers.names });
    if (this.#isSilent) chatter.fallSilent();
    this.#chatters.push(chatter);
    const talk: Occupation = (user, sitting) => void chatter.talk(user, sitting);
    this.users.push(new SimulatedUser(name, person, this.#surroundings, talk));
  }

  #newStream(): SimulatedStream {
    return new SimulatedStream({
      comparesAndSets: this.settings.without !== 'compare-and-set',
      stored: (entry, isStray) => this.#stored(entry, isStray),
    });
  }

  #stored(entry: Entry, isStray: boolean): void {
    const frame = Frame.decode(entry.bytes);
    this.watch.streamed(entry.number, frame, isStray);
    if (isStray) return;
    for (const waiter of this.#frameWaiters) {
      if (waiter.opens !== opensEpoch(frame)) continue;
      this.#frameWaiters.delete(waiter);
      waiter.go(this.node(frame.header.leader));
    }
  }
}
