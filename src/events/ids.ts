/** Ids are random, from a port, so that a simulation can repeat them. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Bytes fit for secrets. */
  bytes(count: number): Uint8Array;
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** `prefix` and 16 characters of Crockford's base 32: 80 random bits. */
export function newId(prefix: string, random: Random): string {
  let id = prefix;
  for (const byte of random.bytes(16)) id += alphabet[byte & 31];
  return id;
}
