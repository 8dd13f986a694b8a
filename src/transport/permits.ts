/**
 * Permits: what nodes sign so that nats-server lets somebody in, as JSON Web Tokens in nats-server's own form.
 *
 * The format's reference implementation signs in JavaScript and derives the key again for each use: 10 ms and more of the
 * thread that decides, for everybody who knocks. Node's own Ed25519 takes a tenth of one; a test holds what is written
 * here against the reference.
 */
import { createPrivateKey, hash, type KeyObject, sign } from 'node:crypto';
import { fromSeed } from '@nats-io/nkeys';

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export interface Limits {
  readonly subscriptions: number;
  readonly payloadBytes: number;
}

export interface Permit {
  /** The connection's own key, made by the server for this one log-in. */
  readonly connection: string;
  /** What the server calls the connection from then on. */
  readonly name: string;
  readonly account: string;
  readonly permissions: Permissions;
  readonly limits: Limits;
  /** Seconds since 1970 when the server ends the connection; never where it is left out. */
  readonly expires?: number | undefined;
}

const header = base64url({ typ: 'JWT', alg: 'ed25519-nkey' });

/** Before the 32 bytes of an Ed25519 seed, in PKCS #8. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export class Signer {
  readonly #issuer: string;
  readonly #key: KeyObject;

  /** @param seed of an account key, as nkeys writes it. */
  constructor(seed: string) {
    this.#issuer = fromSeed(new TextEncoder().encode(seed)).getPublicKey();
    const raw = base32(seed).subarray(2, 34); // two bytes say what it is a seed of, two are a checksum
    this.#key = createPrivateKey({ key: Buffer.concat([pkcs8, raw]), format: 'der', type: 'pkcs8' });
  }

  permit({ connection, name, account, permissions, limits, expires }: Permit): string {
    const nats = {
      pub: { allow: permissions.publish },
      sub: { allow: permissions.subscribe },
      subs: limits.subscriptions,
      data: -1, // no limit on what is sent in all
      payload: limits.payloadBytes,
      type: 'user',
      version: 2,
    };
    return this.#sign({ name, sub: connection, aud: account, exp: expires, nats });
  }

  /** The answer to a server's question about a connection. */
  answer(connection: string, server: string, verdict: { jwt: string } | { error: string }): string {
    const nats = { ...verdict, type: 'authorization_response', version: 2 };
    return this.#sign({ sub: connection, aud: server, nats });
  }

  #sign(claims: object): string {
    const issued = { ...claims, iss: this.#issuer, iat: Math.floor(Date.now() / 1000) };
    const jti = hash('sha256', JSON.stringify(issued), 'base64url');
    const text = `${header}.${base64url({ ...issued, jti })}`;
    return `${text}.${sign(null, Buffer.from(text), this.#key).toString('base64url')}`;
  }
}

/**
 * What a server's question says, whoever signed it: only servers can send one (`nats.conf`), each with a key that nobody
 * else knows of, so that its signature would prove nothing.
 */
export function claimsOf(jwt: string): unknown {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function base32(text: string): Buffer {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
