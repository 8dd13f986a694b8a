/**
 * Strangers: two who want the same name at the same time. One of them is given it, uses it for a while, and leaves it or
 * deletes the account, so that what nobody has seen goes back to its senders.
 */
import { UserClient } from '../client/client.ts';
import { delay } from '../ports/clock.ts';
import { type Login, RecordedUser } from '../recording/clients.ts';
import { Scribe } from '../recording/scribe.ts';
import { dial, newGuest } from './dial.ts';
import { SimulatedProcess } from './process.ts';
import type { SeededRandom } from './random.ts';
import type { Surroundings } from './surroundings.ts';
import { Wire } from './wire.ts';

const pauseMs = { min: 1_000, max: 8_000 };
const stayMsMax = 1_500;
const patienceMs = 4_000;

export class Strangers {
  readonly #surroundings: Surroundings;
  readonly #random: SeededRandom;
  /** Names that were wanted, the newest last. */
  readonly names: string[] = [];
  #isComing = true;
  #present = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#random = surroundings.random.fork('strangers');
  }

  /** Nobody is about to do anything. */
  get isSettled(): boolean {
    return this.#present === 0;
  }

  start(): void {
    this.#next();
  }

  /** Nobody comes any more. */
  fallSilent(): void {
    this.#isComing = false;
  }

  #next(): void {
    this.#surroundings.timeline.after(this.#random.between(pauseMs.min, pauseMs.max), () => {
      if (!this.#isComing) return;
      const name = `wanted${this.names.length + 1}`;
      this.names.push(name);
      for (const who of ['a', 'b']) void this.#come(name, `${name}${who}`);
      this.#next();
    });
  }

  async #come(name: string, who: string): Promise<void> {
    const { timeline } = this.#surroundings;
    const process = new SimulatedProcess(who, timeline, this.#random.fork(who));
    this.#present += 1;
    await new Stranger(name, process, this.#surroundings).live();
    this.#present -= 1;
    process.kill();
  }
}

class Stranger {
  readonly #name: string;
  readonly #process: SimulatedProcess;
  readonly #surroundings: Surroundings;

  constructor(name: string, process: SimulatedProcess, surroundings: Surroundings) {
    this.#name = name;
    this.#process = process;
    this.#surroundings = surroundings;
  }

  async live(): Promise<void> {
    const who = this.#process.name;
    const password = `the password of ${who}`;
    await this.#register(password);
    const login = await this.#logIn(password, 1);
    if (!login) return;
    const { broker, history } = this.#surroundings;
    const link = () => dial(new Wire(this.#process, broker), broker);
    const client = new UserClient({ clock: this.#process, random: this.#process.random, link }, login.identity);
    const user = new RecordedUser(client, new Scribe(history, who, login.identity.user), login);
    await this.#use(user, password);
    await user.close();
  }

  /** Whoever is not answered asks once more, as the same guest: another one would find the name taken. */
  async #register(password: string): Promise<void> {
    const guest = newGuest(`guest-${this.#process.name}-0`, this.#process, this.#surroundings);
    const ask = () => guest.register(this.#name, password, `r-${this.#process.name}`, patienceMs);
    if (await isThere(guest)) {
      const { is } = await ask();
      if (is === 'unknown') await ask();
    }
    await guest.close();
  }

  async #logIn(password: string, time: number): Promise<Login | undefined> {
    const who = `${this.#process.name}-${time}`;
    const guest = newGuest(`guest-${who}`, this.#process, this.#surroundings);
    const login = (await isThere(guest))
      ? await guest.logIn(this.#name, password, `t-${who}`, patienceMs)
      : undefined;
    await guest.close();
    return login;
  }

  async #use(user: RecordedUser, password: string): Promise<void> {
    const { name, random } = this.#process;
    await user.send('ann', `${name} was here`, `m-${name}`, patienceMs);
    if (random.chance(0.5)) {
      await user.changePassword(password, `another of ${name}`, `w-${name}`, patienceMs);
      await this.#logIn(random.chance(0.5) ? password : `another of ${name}`, 2);
    }
    await delay(this.#process, random.between(0, stayMsMax));
    if (random.chance(0.6)) await user.deleteAccount(`d-${name}`, patienceMs);
    else await user.logOut(`o-${name}`, patienceMs);
    if (random.chance(0.3)) await this.#logIn(password, 3);
  }
}

async function isThere(guest: ReturnType<typeof newGuest>): Promise<boolean> {
  return await guest.ready(patienceMs).then(
    () => true,
    () => false,
  );
}
