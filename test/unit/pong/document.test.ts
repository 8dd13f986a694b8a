import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { path, pongDocument, screenshot } from '../../../scripts/pong-doc.ts';

it('docs/pong.md says what the tables say (npx tsx scripts/pong-doc.ts)', () => {
  expect(readFileSync(path, 'utf8')).toBe(pongDocument());
});

it('the README shows what is drawn', () => {
  expect(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')).toContain(screenshot());
});
