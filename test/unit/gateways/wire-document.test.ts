import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { path, wireDocument } from '../../../scripts/wire-doc.ts';

it('docs/wire-protocol.md says what the table says, and shows the bytes of a real session (npx tsx scripts/wire-doc.ts)', async () => {
  expect(readFileSync(path, 'utf8')).toBe(await wireDocument());
});
