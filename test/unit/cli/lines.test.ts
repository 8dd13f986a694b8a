import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../cli/collect.ts';
import { linesOf } from '../../../cli/lines.ts';

async function* chunks(...parts: (string | Uint8Array)[]) {
  for (const part of parts) yield Buffer.from(part as string);
}

describe('lines of standard input', () => {
  it('are counted from 1, with or without a last line break', async () => {
    const expected = [
      { number: 1, text: 'one' },
      { number: 2, text: '' },
      { number: 3, text: 'three' },
    ];
    expect(await collect(linesOf(chunks('one\n\nth', 'ree\n'), 100))).toEqual(expected);
    expect(await collect(linesOf(chunks('one\r\n\r\nthree'), 100))).toEqual(expected);
    expect(await collect(linesOf(chunks(), 100))).toEqual([]);
  });

  it('that cannot be messages are named, and the others come all the same (P10)', async () => {
    const input = chunks('a\n', Buffer.from([0xff, 0x0a]), 'x'.repeat(60), 'x'.repeat(60), '\nb');
    expect(await collect(linesOf(input, 100))).toEqual([
      { number: 1, text: 'a' },
      { number: 2, code: 'malformed', problem: expect.any(String) },
      { number: 3, code: 'too-large', problem: expect.any(String) },
      { number: 4, text: 'b' },
    ]);
  });

  it('are the same however the bytes arrive', async () => {
    const bytes = fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xc3, 0xa4), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.nat(30), async (all, cut) => {
        const whole = await collect(linesOf(chunks(Uint8Array.from(all)), 8));
        const parts = chunks(Uint8Array.from(all.slice(0, cut)), Uint8Array.from(all.slice(cut)));
        expect(await collect(linesOf(parts, 8))).toEqual(whole);
      }),
    );
  });
});
