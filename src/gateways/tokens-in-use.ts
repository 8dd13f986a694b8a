/**
 * Tokens that speak at present through one gateway. The border refuses a token that opens nothing and one that is connected
 * too often alike; but a token that others speak with is good, so whoever is refused with it is one too many. A token counts with
 * its user: together with another's name it opens nothing.
 */

export interface UserToken {
  readonly user: string;
  readonly token: string;
}

export class TokensInUse {
  readonly #counts = new Map<string, number>();

  has(token: UserToken): boolean {
    return this.#counts.has(keyOf(token));
  }

  begin(token: UserToken): void {
    const key = keyOf(token);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  end(token: UserToken): void {
    const key = keyOf(token);
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }

  /** It was logged out: those who still speak with it are about to be cut off. */
  forget(token: UserToken): void {
    this.#counts.delete(keyOf(token));
  }
}

function keyOf({ user, token }: UserToken): string {
  return `${user}.${token}`;
}
