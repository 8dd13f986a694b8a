/**
 * Secrets that programs make: log-in tokens (256 random bits) and recovery codes (160). Being random they need no slow
 * hash; only their SHA-256 ever leaves the client.
 */
import { hash } from 'node:crypto';
import type { Random } from './ids.ts';

export function newToken(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url');
}

/** Eight groups of four characters, to be written down. */
export function newRecoveryCode(random: Random): string {
  const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  const letters = [...random.bytes(32)].map((byte) => alphabet[byte & 31]).join('');
  return letters.match(/.{4}/g)!.join('-');
}

export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}
