/** Somebody before a client who writes, repeats, reads, loses patience, and changes or mistypes the password. */
import type { Result } from '../checkers/history.ts';
import { newId } from '../events/ids.ts';
import { delay } from '../ports/clock.ts';
import type { Message } from './person.ts';
import type { SimulatedUser, Sitting } from './user.ts';

const thinkMs = { min: 20, max: 3_000 };
/** What somebody types in one go. */
const burst = { chance: 0.2, max: 5 };
const patienceMs = { min: 300, max: 3_000 };
const lookTimeoutMs = 5_000;
const pageSize = 10;

/** Whom one writes to. */
export interface Acquaintances {
  readonly others: readonly string[];
  /** Now and then; there are more of them as time passes. */
  readonly strangers: readonly string[];
}

export class Chatter {
  readonly #acquaintances: Acquaintances;
  #isTalking = true;

  constructor(acquaintances: Acquaintances) {
    this.#acquaintances = acquaintances;
  }

  /** Nothing new is begun. */
  fallSilent(): void {
    this.#isTalking = false;
  }

  async talk(user: SimulatedUser, sitting: Sitting): Promise<void> {
    const { random } = sitting.process;
    const talk = new Talk(user, sitting, this.#acquaintances);
    talk.takeUp(user.takeUnanswered());
    while (this.#isTalking) {
      await delay(sitting.process, random.between(thinkMs.min, thinkMs.max));
      const acts = random.chance(burst.chance) ? random.whole(2, burst.max) : 1;
      for (let act = 1; act <= acts && this.#isTalking; act++) void talk.act();
    }
  }
}

/** One sitting's talk. */
class Talk {
  readonly #user: SimulatedUser;
  readonly #sitting: Sitting;
  readonly #acquaintances: Acquaintances;

  constructor(user: SimulatedUser, sitting: Sitting, acquaintances: Acquaintances) {
    this.#user = user;
    this.#sitting = sitting;
    this.#acquaintances = acquaintances;
  }

  takeUp(unanswered: readonly Message[]): void {
    for (const message of unanswered) if (this.#chance(0.5)) void this.#user.give(this.#sitting, message);
  }

  async act(): Promise<void> {
    const { client, process } = this.#sitting;
    const { random } = process;
    const { person } = this.#user;
    const [old] = random.chance(0.2) ? person.said.slice(-random.whole(1, 20)) : [];
    if (old && random.chance(0.6)) await this.#user.give(this.#sitting, old);
    else if (old) await this.#user.give(this.#sitting, { ...old, text: `${old.text} otherwise` });
    else if (random.chance(0.1)) await this.#lookAround();
    else if (random.chance(0.06)) await this.#changeGroups();
    // Passwords take long to check, and what is written after them must not overtake them.
    else if (random.chance(0.04)) await person.mistypePassword(client, random, lookTimeoutMs);
    else if (random.chance(0.03)) await person.changePassword(client, random, lookTimeoutMs);
    else await this.#write(random.chance(0.15) ? random.between(patienceMs.min, patienceMs.max) : undefined);
  }

  async #write(timeoutMs: number | undefined): Promise<void> {
    const { random } = this.#sitting.process;
    const id = newId('m-', random);
    const message = { id, to: this.#addressee(), text: `${id} from ${this.#user.name}` };
    const outcome = await this.#user.give(this.#sitting, message, timeoutMs);
    const isOpen = outcome.is === 'unknown' || outcome.is === 'not-sent';
    if (isOpen && random.chance(0.7)) await this.#user.give(this.#sitting, message);
    if (outcome.is === 'ok' && random.chance(0.2)) await this.#lookBack(outcome.result);
  }

  /** Opens a group, has somebody join one, or leaves one; what is not possible is refused, and that is recorded too. */
  async #changeGroups(): Promise<void> {
    const { client, process } = this.#sitting;
    const { random } = process;
    const { person } = this.#user;
    const id = newId('g-', random);
    const somebody = random.pick(this.#acquaintances.others as [string]);
    const [...groups] = person.groups;
    if (groups.length === 0 || random.chance(0.3)) {
      const outcome = await client.openGroup([somebody], `group of ${id}`, id, lookTimeoutMs);
      if (outcome.is === 'ok' && outcome.result.session) person.groups.add(outcome.result.session);
      return;
    }
    const group = random.pick(groups as [string]);
    if (random.chance(0.7)) await client.invite(group, somebody, id, lookTimeoutMs);
    else await client.leave(group, id, lookTimeoutMs);
  }

  #addressee(): Message['to'] {
    const { random } = this.#sitting.process;
    const { others, strangers } = this.#acquaintances;
    const [...groups] = this.#user.person.groups;
    if (groups.length > 0 && random.chance(0.3)) return { session: random.pick(groups as [string]) };
    if (random.chance(0.9)) return random.pick(others as [string]);
    return (random.chance(0.7) && strangers.at(-1)) || 'nobody';
  }

  /** P7: whoever was told that a message stands finds it, and what stands before it, on whatever node. */
  async #lookBack({ session = '', position = 0 }: Result): Promise<void> {
    const after = Math.max(0, position - this.#sitting.process.random.whole(1, pageSize));
    await this.#sitting.client.read(session, after, lookTimeoutMs, pageSize);
  }

  async #lookAround(): Promise<void> {
    const { client } = this.#sitting;
    await client.whoAmI(lookTimeoutMs);
    await client.lookIntoInbox(lookTimeoutMs);
  }

  #chance(probability: number): boolean {
    return this.#sitting.process.random.chance(probability);
  }
}
