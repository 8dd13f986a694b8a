import { expect, it } from 'vitest';
import { asRecoveryCode, hashToken, newRecoveryCode, newToken } from '../../../src/events/tokens.ts';
import { systemRandom as random } from '../../../src/system/random.ts';

it('a token is 256 random bits', () => {
  const tokens = Array.from({ length: 100 }, () => newToken(random));
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
});

it('a recovery code is known again however it was typed, and another one is not', () => {
  const code = newRecoveryCode(random);
  expect(code).toMatch(/^([2-9A-HJ-NP-Z]{4}-){7}[2-9A-HJ-NP-Z]{4}$/);
  const typed = [code, ` ${code.toLowerCase()} `, code.replaceAll('-', ''), code.replaceAll('-', ' - ')];
  for (const way of typed) expect(asRecoveryCode(way)).toBe(code);
  expect(asRecoveryCode(code.slice(1))).not.toBe(code);
  expect(asRecoveryCode('')).toBe('');
  expect(hashToken(code)).toMatch(/^[0-9a-f]{64}$/);
});
