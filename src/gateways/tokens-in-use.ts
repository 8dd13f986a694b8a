/**
 * Tokens that speak at present through one gateway. The border refuses a token that opens nothing and one that is connected
 * too often alike; but a token that others speak with is good, so whoever is refused with it is one too many.
 */
export class TokensInUse {
  readonly #counts = new Map<string, number>();

  has(token: string): boolean {
    return this.#counts.has(token);
  }

  begin(token: string): void {
    this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
  }

  end(token: string): void {
    const left = (this.#counts.get(token) ?? 0) - 1;
    if (left > 0) this.#counts.set(token, left);
    else this.#counts.delete(token);
  }
}
