/** Somebody with an account, who sits before one client or several: what is known to all of them. */
import { newId, type Random } from '../events/ids.ts';
import type { Login, RecordedUser } from '../recording/clients.ts';
import type { Outcome } from '../recording/scribe.ts';

/** A message as it is given to a client; the same one may be given again. */
export interface Message {
  readonly id: string;
  /** A user's name, or a group. */
  readonly to: string | { readonly session: string };
  readonly text: string;
}

export class Person {
  readonly login: Login;
  /** What was said and acknowledged, once for each time: it can be said again. */
  readonly said: Message[] = [];
  /** Groups that this person was ever told of being in; some of them were left since. */
  readonly groups = new Set<string>();
  /** The one that counts is among them: which one is not known while a change has no answer. */
  #passwords: readonly string[];

  constructor(login: Login, password: string) {
    this.login = login;
    this.#passwords = [password];
  }

  get name(): string {
    return this.login.identity.name;
  }

  async changePassword(client: RecordedUser, random: Random, timeoutMs: number): Promise<Outcome> {
    const [before = ''] = this.#passwords;
    const id = newId('w-', random);
    const after = `${this.name} password ${id}`;
    this.#passwords = [...this.#passwords, after];
    const outcome = await client.changePassword(before, after, id, timeoutMs);
    if (outcome.is === 'ok') this.#passwords = this.#passwords.filter((one) => one !== before);
    // Another one counts, if any: an earlier change that nobody answered has come through.
    else if (outcome.is === 'refused')
      this.#passwords = [...this.#passwords.filter((one) => one !== before && one !== after), before];
    return outcome;
  }

  async mistypePassword(client: RecordedUser, random: Random, timeoutMs: number): Promise<Outcome> {
    return await client.changePassword('not the password', 'never to be set', newId('w-', random), timeoutMs);
  }
}
