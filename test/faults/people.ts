/** Those who use the cluster: they write, read, come and go, change passwords, and do it all at the same time. */
import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../../src/client/errors.ts';
import type { Login } from '../../src/recording/clients.ts';
import type { Outcome } from '../../src/recording/scribe.ts';
import type { SeededRandom } from '../../src/simulation/random.ts';
import { changeGroups } from './groups.ts';
import { type Letter, next, type Place } from './place.ts';
import { RecordedGuest, RecordedUser } from './recorded.ts';

const patienceMs = 6_000;
const againMs = 150;

export class Person {
  readonly name: string;
  readonly place: Place;
  /** The one that counts is among them: which one is not known while a change has no answer. */
  #passwords: string[];
  readonly seats: Seat[];
  /** Sessions, with a position at which something was said in them. */
  readonly sessions = new Map<string, number>();
  /** What was said and acknowledged, to be said again. */
  readonly said: Letter[] = [];

  constructor(name: string, place: Place, random: SeededRandom, seats: number) {
    this.name = name;
    this.place = place;
    this.#passwords = [`${name} password 0`];
    this.seats = Array.from(
      { length: seats },
      (_, index) => new Seat(this, random.fork(`seat ${index}`), index === 0),
    );
  }

  get password(): string {
    return this.#passwords[0] ?? '';
  }

  async register(): Promise<void> {
    const id = next('r');
    for (;;) {
      const guest = await this.guest();
      const outcome = await guest.register(this.name, this.password, id, patienceMs);
      await guest.close();
      // A guest is somebody new at every connection: what had no answer before shows as a name that is taken.
      if (outcome.is === 'ok' || outcome.is === 'refused') break;
    }
    this.place.names.push(this.name);
  }

  /** Undefined where nobody answered, or no password is right at present. */
  async logIn(): Promise<Login | undefined> {
    for (const password of this.#passwords) {
      const guest = await this.guest();
      const login = await guest.logIn(this.name, password, next('t'), patienceMs);
      await guest.close();
      if (!login) continue;
      this.#passwords = [password, ...this.#passwords.filter((one) => one !== password)];
      return login;
    }
    return undefined;
  }

  async logInWrongly(): Promise<void> {
    const guest = await this.guest();
    await guest.logIn(this.name, 'what was it again', next('t'), patienceMs);
    await guest.close();
  }

  async changePassword(client: RecordedUser): Promise<Outcome> {
    const [before = ''] = this.#passwords;
    const after = `${this.name} password ${next('p')}`;
    this.#passwords.push(after);
    const outcome = await client.changePassword(before, after, next('w'), patienceMs);
    if (outcome.is === 'ok') this.#passwords = this.#passwords.filter((one) => one !== before);
    return outcome;
  }

  async guest(): Promise<RecordedGuest> {
    const { place } = this;
    for (;;) {
      const guest = new RecordedGuest(place.recorder, next(`guest-${this.name}`), await place.doors());
      try {
        await guest.ready();
        return guest;
      } catch {
        await guest.close();
        await pause(againMs);
      }
    }
  }
}

/** Where a person sits: one client at a time, with a log-in of its own. */
export class Seat {
  readonly #person: Person;
  readonly #random: SeededRandom;
  readonly #isFirst: boolean;
  #login: Login | undefined;
  #client: RecordedUser | undefined;
  /** Given to a client that was killed before it had an answer. */
  #open = new Map<string, Letter>();
  #isTalking = true;
  #working: Promise<void> | undefined;
  readonly #underWay = new Set<Promise<void>>();

  constructor(person: Person, random: SeededRandom, isFirst: boolean) {
    this.#person = person;
    this.#random = random;
    this.#isFirst = isFirst;
  }

  get client(): RecordedUser | undefined {
    return this.#client;
  }

  start(): void {
    this.#working = this.#live().catch((error: unknown) => this.#person.place.problem(error));
  }

  /** Resolves when everything it was about to do is done, and somebody is there to be shown the rest. */
  async stopTalking(): Promise<void> {
    this.#isTalking = false;
    await this.#settled();
    while (!this.#client || this.#client.isOver) {
      this.start(); // whoever waited for an answer was told meanwhile that the log-in was ended elsewhere
      await this.#settled();
    }
  }

  kill(): void {
    const client = this.#client;
    if (!client || !this.#isTalking) return;
    this.#client = undefined;
    this.#remember(client);
    client.kill();
  }

  async #settled(): Promise<void> {
    await this.#working;
    await Promise.all(this.#underWay);
  }

  async #live(): Promise<void> {
    while (this.#isTalking || !this.#client || this.#client.isOver) {
      const client = this.#client;
      if (!client || client.isOver) await this.#arrive();
      else await this.#act(client);
      await pause(this.#random.between(10, 120));
    }
  }

  /** Comes back as whoever it was, with what it has not had answered. */
  async #arrive(): Promise<void> {
    const person = this.#person;
    if (this.#client) {
      this.#remember(this.#client);
      this.#client.kill();
      this.#client = undefined;
    }
    this.#login ??= await person.logIn();
    if (!this.#login) return;
    const { recorder } = person.place;
    const doors = await person.place.doors();
    const client = new RecordedUser(recorder, next(person.name), this.#login, doors);
    try {
      await client.follow();
      this.#client = client;
      for (const letter of this.#takeOpen()) if (this.#random.chance(0.7)) void this.#send(client, letter);
    } catch (error) {
      client.kill();
      if (error instanceof Refused) this.#login = undefined;
    }
  }

  #remember({ position }: RecordedUser): void {
    if (!this.#login) return;
    this.#login = { ...this.#login, identity: { ...this.#login.identity, position } };
  }

  #takeOpen(): Letter[] {
    const open = [...this.#open.values()];
    this.#open = new Map();
    return open;
  }

  async #act(client: RecordedUser): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.58) await this.#wait(this.#send(client, this.#newLetter()));
    else if (dice < 0.62) await this.#heed(await this.#changeGroups(client));
    else if (dice < 0.7) this.#burst(client);
    else if (dice < 0.78) await this.#sendImpatiently(client);
    else if (dice < 0.88) await this.#read(client);
    else if (dice < 0.92) await this.#heed(await client.whoAmI(patienceMs));
    else if (dice < 0.95) await this.#repeat(client);
    else if (dice < 0.97) await this.#send(client, { ...this.#newLetter(), to: 'nobody-at-all' });
    else if (this.#isFirst) await this.#manageAccount(client);
  }

  /** For a while: whoever has no answer goes on and says more. */
  async #wait(task: Promise<void>): Promise<void> {
    await Promise.race([task, pause(this.#random.between(100, 3_000))]);
  }

  #burst(client: RecordedUser): void {
    const letters = Array.from({ length: this.#random.whole(3, 20) }, () => this.#newLetter());
    for (const letter of letters) void this.#send(client, letter);
  }

  async #sendImpatiently(client: RecordedUser): Promise<void> {
    const letter = this.#newLetter();
    const outcome = await client.send(letter.to, letter.text, letter.id, this.#random.between(1, 400));
    if (outcome.is === 'unknown' && this.#random.chance(0.6)) await this.#wait(this.#send(client, letter));
    await this.#heed(outcome);
  }

  /** Without a time-out, until it is answered or the client is gone. */
  #send(client: RecordedUser, letter: Letter): Promise<void> {
    const sending = this.#sendAndNote(client, letter)
      .catch((error: unknown) => this.#person.place.problem(error))
      .finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
    return sending;
  }

  async #sendAndNote(client: RecordedUser, letter: Letter): Promise<void> {
    const outcome = await client.send(letter.to, letter.text, letter.id);
    if (outcome.is === 'ok') {
      const { session = '', position = 0 } = outcome.result;
      this.#person.sessions.set(session, position);
      this.#person.said.push(letter);
    } else if (outcome.is !== 'refused') this.#open.set(letter.id, letter);
    await this.#heed(outcome);
  }

  async #repeat(client: RecordedUser): Promise<void> {
    const letter = this.#pick(this.#person.said);
    if (!letter) return;
    const text = this.#random.chance(0.7) ? letter.text : 'something else under the same id';
    await this.#heed(await client.send(letter.to, text, letter.id, patienceMs));
  }

  async #read(client: RecordedUser): Promise<void> {
    const known = this.#pick([...this.#person.sessions]);
    if (!known) return;
    const [session, position] = known;
    const after = Math.max(0, position - this.#random.whole(0, 300));
    await this.#heed(await client.read(session, after, patienceMs));
  }

  async #manageAccount(client: RecordedUser): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.4) await this.#heed(await this.#person.changePassword(client));
    else if (dice < 0.7) await this.#person.logInWrongly();
    else {
      await client.logOut(next('o'), patienceMs);
      this.#login = undefined;
      this.kill();
    }
  }

  /** Whoever is told not to be logged in logs in. */
  async #heed(outcome: Outcome): Promise<void> {
    if (outcome.is !== 'refused' || outcome.code !== 'not-logged-in') return;
    this.#login = undefined;
    this.kill();
  }

  #changeGroups(client: RecordedUser): Promise<Outcome> {
    const about = { id: next('g'), somebody: this.#somebody(), random: this.#random, timeoutMs: patienceMs };
    return changeGroups(client, this.#person.place.groups, about);
  }

  #newLetter(): Letter {
    const session = this.#random.chance(0.2) ? this.#pick([...this.#person.place.groups]) : undefined;
    const text = `${next('word')} ${'x'.repeat(this.#random.whole(0, 200))}`;
    return { id: next('m'), to: session === undefined ? this.#somebody() : { session }, text };
  }

  #somebody(): string {
    const others = this.#person.place.names.filter((name) => name !== this.#person.name);
    return this.#pick(others) ?? 'nobody-at-all';
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#random.whole(0, list.length - 1)];
  }
}
