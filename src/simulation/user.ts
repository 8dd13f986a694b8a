/**
 * One client of a user: a process with the client SDK in it, and somebody before it who writes, repeats, looks things up
 * and loses patience.
 */
import { type Identity, UserClient } from '../client/client.ts';
import type { Link } from '../client/line.ts';
import { newId } from '../events/ids.ts';
import { delay } from '../ports/clock.ts';
import type { Answer } from '../protocol/answers.ts';
import { SimulatedBus } from './bus.ts';
import type { Attempt, Outcome, Showing } from './history.ts';
import { SimulatedProcess } from './process.ts';
import type { Surroundings } from './surroundings.ts';
import { Wire } from './wire.ts';

const thinkMs = { min: 20, max: 3_000 };
/** What somebody types in one go. */
const burst = { chance: 0.2, max: 5 };
const patienceMs = { min: 300, max: 3_000 };
const readyTimeoutMs = 5_000;
const againMs = 500;
const lookTimeoutMs = 5_000;

interface Running {
  readonly process: SimulatedProcess;
  wire: Wire | undefined;
  client: UserClient | undefined;
}

export class SimulatedUser {
  readonly name: string;
  readonly #identity: Identity;
  readonly #others: readonly string[];
  readonly #surroundings: Surroundings;
  /** Messages without an answer that this client, or the run of it before, was given. */
  readonly #open = new Set<Attempt>();
  #running: Running | undefined;
  #runs = 0;
  #position: number;
  #isTalking = true;
  #seen = { shown: 0, last: 0 };

  /** @param name of the client, unlike every other's. @param others whom this user writes to. */
  constructor(name: string, identity: Identity, others: readonly string[], surroundings: Surroundings) {
    this.name = name;
    this.#identity = identity;
    this.#others = others;
    this.#surroundings = surroundings;
    this.#position = identity.position;
  }

  get wire(): Wire | undefined {
    return this.#running?.wire;
  }

  get process(): SimulatedProcess | undefined {
    return this.#running?.process;
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  /** Whether everything that this client was given has its outcome. */
  get isSettled(): boolean {
    return this.#open.size === 0;
  }

  start(): void {
    if (this.#running) return;
    const { timeline, random } = this.#surroundings;
    this.#runs += 1;
    const name = `${this.name}.${this.#runs}`;
    const process = new SimulatedProcess(name, timeline, random.fork(name));
    const running: Running = { process, wire: undefined, client: undefined };
    this.#running = running;
    this.#seen = { shown: 0, last: 0 }; // a new run knows only how far the one before had read
    process.after(0, () => void this.#live(running));
  }

  kill(): void {
    const running = this.#running;
    if (!running) return;
    this.#surroundings.trace.note(this.name, 'is killed');
    this.#position = running.client?.line.position ?? this.#position;
    this.#running = undefined;
    running.wire?.end();
    running.process.kill();
    for (const showing of this.#surroundings.history.showings) {
      if (showing.run.startsWith(`${running.process.name}#`)) showing.isLive = false;
    }
  }

  /** Nothing new is begun; what was begun is waited for. */
  fallSilent(): void {
    this.#isTalking = false;
  }

  async #live(running: Running): Promise<void> {
    const { process } = running;
    for (let attempt = 1; ; attempt++) {
      const showing = this.#surroundings.history.show(this.#identity.user, `${process.name}#${attempt}`);
      const client = this.#newClient(running);
      running.client = client;
      try {
        await client.line.ready(readyTimeoutMs);
        await client.follow((item) => this.#show(showing, item));
        return await this.#talk(client, process, showing.run);
      } catch (error) {
        this.#surroundings.trace.note(this.name, `could not follow: ${(error as Error).message}`);
        showing.isLive = false;
        void client.close();
        await delay(process, againMs);
      }
    }
  }

  async #show(showing: Showing, item: Showing['items'][number]): Promise<void> {
    showing.items.push(item);
    this.#surroundings.trace.note(this.name, `is shown ${item.item} (after ${item.prev})`);
  }

  async #talk(client: UserClient, process: SimulatedProcess, run: string): Promise<void> {
    const unanswered = [...this.#open];
    this.#open.clear();
    for (const attempt of unanswered) {
      if (process.random.chance(0.5)) void this.#give(client, { ...attempt, run, outcome: undefined });
    }
    while (this.#isTalking) {
      await delay(process, process.random.between(thinkMs.min, thinkMs.max));
      const acts = process.random.chance(burst.chance) ? process.random.whole(2, burst.max) : 1;
      for (let act = 1; act <= acts && this.#isTalking; act++) void this.#act(client, process, run);
    }
  }

  async #act(client: UserClient, { random }: SimulatedProcess, run: string): Promise<void> {
    const [old] = random.chance(0.2) ? this.#decided().slice(-random.whole(1, 20)) : [];
    if (old && random.chance(0.6)) await this.#give(client, { ...old, run, outcome: undefined });
    else if (old)
      await this.#give(client, { ...old, run, text: `${old.text} otherwise`, outcome: undefined });
    else if (random.chance(0.1)) await this.#lookAround(client);
    else
      await this.#write(
        client,
        run,
        random.chance(0.15) ? random.between(patienceMs.min, patienceMs.max) : undefined,
      );
  }

  /** Messages that can be given again: one client does not give the same id twice at the same time. */
  #decided(): Attempt[] {
    const open = new Set([...this.#open].map(({ id }) => id));
    return this.#surroundings.history.decided(this.#identity.user).filter(({ id }) => !open.has(id));
  }

  async #write(client: UserClient, run: string, timeoutMs: number | undefined): Promise<void> {
    const { random } = this.#running!.process; // only a running client writes
    const { user } = this.#identity;
    const to = random.chance(0.05) ? 'nobody' : random.pick(this.#others as [string]);
    const id = newId('m-', random);
    const attempt: Attempt = { user, run, id, to, text: `${id} from ${this.name}`, outcome: undefined };
    const outcome = await this.#give(client, attempt, timeoutMs);
    if (outcome.kind === 'unanswered' && random.chance(0.7))
      await this.#give(client, { ...attempt, outcome: undefined });
    if (outcome.kind === 'answered' && random.chance(0.2)) await this.#lookFor(client, outcome.answer);
  }

  async #give(client: UserClient, attempt: Attempt, timeoutMs?: number): Promise<Outcome> {
    const { history, trace } = this.#surroundings;
    this.#open.add(attempt);
    trace.note(this.name, `gives ${attempt.id} for ${attempt.to}`);
    const options = { id: attempt.id, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const outcome = await history.record(attempt, client.send(attempt.to, attempt.text, options));
    this.#open.delete(attempt);
    trace.note(this.name, `${attempt.id}: ${describe(outcome)}`);
    return outcome;
  }

  /** P7: whoever was told that a message stands finds it, on whatever node. */
  async #lookFor({ line }: UserClient, { id, session = '', position = 0 }: Answer): Promise<void> {
    const request = { session, after: position - 1, limit: 1 };
    const page = await line.query('transcript', request, lookTimeoutMs).catch(() => undefined);
    if (page && page.messages[0]?.id !== id) this.#breaksP7(`does not see its own ${id}`);
  }

  /** P7: nothing that was seen before one asked is unseen. */
  async #lookAround({ line }: UserClient): Promise<void> {
    const seen = this.#seen;
    const before = { ...seen };
    const me = await line.query('whoami', {}, lookTimeoutMs).catch(() => undefined);
    const queue = await line.query('inbox', { after: null, limit: 1 }, lookTimeoutMs).catch(() => undefined);
    if (!me || !queue) return;
    if (me.shown < before.shown || queue.last < before.last)
      this.#breaksP7('sees an older state than before');
    seen.shown = Math.max(seen.shown, me.shown);
    seen.last = Math.max(seen.last, queue.last);
  }

  #breaksP7(what: string): void {
    this.#surroundings.watch.breaks('P7', `${this.name} ${what}`);
  }

  #newClient(running: Running): UserClient {
    const { process } = running;
    const link = () => this.#dial(running);
    return new UserClient(
      { clock: process, random: process.random, link },
      { ...this.#identity, position: this.#position },
    );
  }

  #dial(running: Running): Promise<Link> {
    const { process } = running;
    const { broker } = this.#surroundings;
    const wire = new Wire(process, broker);
    running.wire?.end();
    running.wire = wire;
    if (!wire.isOpenable) return Promise.reject(new Error('no server can be reached'));
    const bus = new SimulatedBus(wire, broker);
    const link = Object.assign(bus, { close: async () => wire.end() });
    return new Promise((resolve) => {
      wire.listen({ opened: () => resolve(link), closed: () => {} });
      wire.open();
    });
  }
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'answered') return `stands at ${outcome.answer.position}`;
  return outcome.kind === 'refused' ? `refused, ${outcome.code}` : `no answer, ${outcome.outcome}`;
}
