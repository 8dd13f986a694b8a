/**
 * Strangers: two who want the same name at the same time. One of them is given it, uses it for a while, and leaves it or
 * deletes the account, so that what nobody has seen goes back to its senders.
 */
import { UserClient } from '../client/client.ts';
import { delay } from '../ports/clock.ts';
import { type Login, type RecordedGuest, RecordedUser } from '../recording/clients.ts';
import { Scribe } from '../recording/scribe.ts';
import { dial, newGuest } from './dial.ts';
import { SimulatedProcess } from './process.ts';
import type { SeededRandom } from './random.ts';
import type { Surroundings } from './surroundings.ts';
import { Wire } from './wire.ts';

const pauseMs = { min: 2_000, max: 16_000 };
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
    const login = await this.#arrive(password);
    if (!login) return;
    const { broker, history } = this.#surroundings;
    const link = () => dial(new Wire(this.#process, broker), broker);
    const client = new UserClient(
      { clock: this.#process, random: this.#process.random, link },
      login.identity,
    );
    const user = new RecordedUser(client, new Scribe(history, who, login.identity.user), login);
    await this.#use(user, password);
    await user.close();
  }

  /** Whoever is not answered asks once more, as the same guest: another one would find the name taken. */
  #arrive(password: string): Promise<Login | undefined> {
    return this.#asGuest(1, async (guest, who) => {
      const ask = () => guest.register(this.#name, password, `r-${who}`, patienceMs);
      if ((await ask()).is === 'unknown') await ask();
      return await guest.logIn(this.#name, password, `t-${who}`, patienceMs);
    });
  }

  #logInAgain(password: string, time: number): Promise<Login | undefined> {
    return this.#asGuest(time, (guest, who) => guest.logIn(this.#name, password, `t-${who}`, patienceMs));
  }

  /** Undefined where nobody could be reached. */
  async #asGuest(
    time: number,
    act: (guest: RecordedGuest, who: string) => Promise<Login | undefined>,
  ): Promise<Login | undefined> {
    const who = `${this.#process.name}-${time}`;
    const guest = newGuest(`guest-${who}`, this.#process, this.#surroundings);
    const login = (await isThere(guest)) ? await act(guest, who) : undefined;
    await guest.close();
    return login;
  }

  async #use(user: RecordedUser, password: string): Promise<void> {
    const { name, random } = this.#process;
    await user.send('ann', `${name} was here`, `m-${name}`, patienceMs);
    if (random.chance(0.5)) {
      await user.changePassword(password, `another of ${name}`, `w-${name}`, patienceMs);
      await this.#logInAgain(random.chance(0.5) ? password : `another of ${name}`, 2);
    }
    await delay(this.#process, random.between(0, stayMsMax));
    if (random.chance(0.6)) await user.deleteAccount(`d-${name}`, patienceMs);
    else await user.logOut(`o-${name}`, patienceMs);
    if (random.chance(0.3)) await this.#logInAgain(password, 3);
  }
}

async function isThere(guest: RecordedGuest): Promise<boolean> {
  return await guest.ready(patienceMs).then(
    () => true,
    () => false,
  );
}
