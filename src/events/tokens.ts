/**
 * Secrets that programs make: log-in tokens (256 random bits) and recovery codes (160). Being random they need no slow
 * hash. When they are made only their SHA-256 leaves the client.
 */
import { hash } from 'node:crypto';
import type { Random } from './ids.ts';

export function newToken(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url');
}

/** Eight groups of four characters, to be written down. */
export function newRecoveryCode(random: Random): string {
  const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  return inGroups([...random.bytes(32)].map((byte) => alphabet[byte & 31]).join(''));
}

/** As it was given, however it was typed: in small letters, in one piece, with spaces. */
export function asRecoveryCode(typed: string): string {
  return inGroups(typed.toUpperCase().replace(/[^0-9A-Z]/g, ''));
}

function inGroups(letters: string): string {
  return letters.match(/.{1,4}/g)?.join('-') ?? '';
}

export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}
