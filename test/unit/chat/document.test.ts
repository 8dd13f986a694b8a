import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { chatDocument, path } from '../../../scripts/chat-doc.ts';

it('docs/chat.md says what the tables say (npx tsx scripts/chat-doc.ts)', () => {
  expect(readFileSync(path, 'utf8')).toBe(chatDocument());
});
