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

export type ReplicatedKind = 'user' | 'session' | 'match';

/** Which kind of actor an id of the log is of; undefined for one of a process's own, such as its replica. */
export function replicatedKind(id: string): ReplicatedKind | undefined {
  if (id.startsWith('u-')) return 'user';
  if (id.startsWith('s-')) return 'session';
  return id.startsWith('p-') ? 'match' : undefined;
}
