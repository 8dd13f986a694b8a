/** Two who want the same name at the same time: one of them is given it, uses it for a while and leaves. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '../../src/simulation/random.ts';
import type { Place } from './place.ts';
import { RecordedGuest, RecordedUser } from './recorded.ts';

const patienceMs = 5_000;

export class Contenders {
  readonly #place: Place;
  readonly #random: SeededRandom;
  #isTalking = true;
  #working: Promise<void> | undefined;
  #rounds = 0;

  constructor(place: Place, random: SeededRandom) {
    this.#place = place;
    this.#random = random;
  }

  start(): void {
    this.#working = this.#live().catch((error: unknown) => this.#place.problem(error));
  }

  async stopTalking(): Promise<void> {
    this.#isTalking = false;
    await this.#working;
  }

  async #live(): Promise<void> {
    while (this.#isTalking) {
      const name = `wanted${++this.#rounds}`;
      await Promise.all(['a', 'b'].map((who) => this.#contend(name, `${name}${who}`)));
      await pause(this.#random.between(500, 2_000));
    }
  }

  async #contend(name: string, who: string): Promise<void> {
    const { recorder } = this.#place;
    const guest = new RecordedGuest(recorder, `guest-${who}`, await this.#place.doors());
    try {
      await guest.ready();
    } catch {
      return await guest.close();
    }
    const password = `the password of ${who}`;
    const registered = await guest.register(name, password, `r-${who}`, patienceMs);
    // Nobody answered: the same guest asks the same again, and is told what became of it.
    if (registered.is === 'unknown') await guest.register(name, password, `r-${who}`, patienceMs);
    const login = await guest.logIn(name, password, `t-${who}`, patienceMs);
    await guest.close();
    if (!login) return;
    this.#place.names.push(name);
    const doors = await this.#place.doors();
    const user = new RecordedUser(recorder, `${who}-1`, login, doors);
    await this.#use(user, who).catch(() => undefined);
    user.kill();
  }

  async #use(user: RecordedUser, who: string): Promise<void> {
    await user.follow();
    const [to = ''] = this.#place.names;
    await user.send(to, `${who} was here`, `m-${who}`, patienceMs);
    await pause(this.#random.between(0, 2_000));
    if (this.#random.chance(0.5)) await user.deleteAccount(`d-${who}`, patienceMs);
    else await user.logOut(`o-${who}`, patienceMs);
  }
}
