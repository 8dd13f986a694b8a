/** Somebody before a client who writes, repeats, looks things up and loses patience, and notices what is not right. */
import type { UserClient } from '../client/client.ts';
import { Refused } from '../client/errors.ts';
import { newId } from '../events/ids.ts';
import { delay } from '../ports/clock.ts';
import type { Answer } from '../protocol/answers.ts';
import type { Message, SimulatedUser, Sitting } from './user.ts';

const thinkMs = { min: 20, max: 3_000 };
/** What somebody types in one go. */
const burst = { chance: 0.2, max: 5 };
const patienceMs = { min: 300, max: 3_000 };
const lookTimeoutMs = 5_000;

export class Chatter {
  readonly #others: readonly string[];
  #isTalking = true;

  /** @param others whom one writes to. */
  constructor(others: readonly string[]) {
    this.#others = others;
  }

  /** Nothing new is begun. */
  fallSilent(): void {
    this.#isTalking = false;
  }

  async talk(user: SimulatedUser, sitting: Sitting): Promise<void> {
    const { random } = sitting.process;
    const talk = new Talk(user, sitting, this.#others);
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
  readonly #others: readonly string[];
  readonly #seen = { shown: 0, last: 0 };

  constructor(user: SimulatedUser, sitting: Sitting, others: readonly string[]) {
    this.#user = user;
    this.#sitting = sitting;
    this.#others = others;
  }

  takeUp(unanswered: readonly Message[]): void {
    for (const message of unanswered) if (this.#chance(0.5)) void this.#user.give(this.#sitting, message);
  }

  async act(): Promise<void> {
    const { random } = this.#sitting.process;
    const { history } = this.#user.surroundings;
    const [old] = random.chance(0.2) ? history.decided(this.#user.id).slice(-random.whole(1, 20)) : [];
    if (old && random.chance(0.6)) await this.#user.give(this.#sitting, old);
    else if (old) await this.#user.give(this.#sitting, { ...old, text: `${old.text} otherwise` });
    else if (random.chance(0.1)) await this.#lookAround(this.#sitting.client);
    else if (random.chance(0.04)) await this.#mistypePassword(this.#sitting.client);
    else await this.#write(random.chance(0.15) ? random.between(patienceMs.min, patienceMs.max) : undefined);
  }

  async #write(timeoutMs: number | undefined): Promise<void> {
    const { random } = this.#sitting.process;
    const to = random.chance(0.05) ? 'nobody' : random.pick(this.#others as [string]);
    const id = newId('m-', random);
    const message = { id, to, text: `${id} from ${this.#user.name}` };
    const outcome = await this.#user.give(this.#sitting, message, timeoutMs);
    if (outcome.kind === 'unanswered' && random.chance(0.7)) await this.#user.give(this.#sitting, message);
    if (outcome.kind === 'answered' && random.chance(0.2)) await this.#lookFor(outcome.answer);
  }

  /** Takes long to find out, and what is written after it must not overtake it. */
  async #mistypePassword(client: UserClient): Promise<void> {
    const code = await client.changePassword('not the password', 'never to be set').then(
      () => 'none',
      (error: unknown) => (error instanceof Refused ? error.code : 'wrong-credentials'),
    );
    if (code === 'wrong-credentials') return;
    this.#user.surroundings.watch.breaks(
      'P6',
      `${this.#user.name} mistyped the password and was told ${code}`,
    );
  }

  /** P7: whoever was told that a message stands finds it, on whatever node. */
  async #lookFor({ id, session = '', position = 0 }: Answer): Promise<void> {
    const request = { session, after: position - 1, limit: 1 };
    const asked = this.#sitting.client.line.query('transcript', request, lookTimeoutMs);
    const page = await asked.catch(() => undefined);
    if (page && page.messages[0]?.id !== id) this.#breaksP7(`does not see its own ${id}`);
  }

  /** P7: nothing that was seen before one asked is unseen. */
  async #lookAround({ line }: UserClient): Promise<void> {
    const before = { ...this.#seen };
    const me = await line.query('whoami', {}, lookTimeoutMs).catch(() => undefined);
    const page = { after: null, skip: 0, limit: 1 };
    const queue = await line.query('inbox', page, lookTimeoutMs).catch(() => undefined);
    if (!me || !queue) return;
    const isOlder = me.shown < before.shown || queue.last < before.last;
    if (isOlder) this.#breaksP7('sees an older state than before');
    this.#seen.shown = Math.max(this.#seen.shown, me.shown);
    this.#seen.last = Math.max(this.#seen.last, queue.last);
  }

  #breaksP7(what: string): void {
    this.#user.surroundings.watch.breaks('P7', `${this.#user.name} ${what}`);
  }

  #chance(probability: number): boolean {
    return this.#sitting.process.random.chance(probability);
  }
}
