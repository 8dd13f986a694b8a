import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyDecoder, type Stroke } from '../../../cli/tui/keys.ts';

function decode(...chunks: (string | Uint8Array)[]): string[] {
  const decoder = new KeyDecoder();
  const keys = chunks.flatMap((chunk) => decoder.feed(Buffer.from(chunk)));
  return [...keys, ...decoder.flush()].map(asText);
}

const asText = (stroke: Stroke) => {
  if (stroke.kind === 'key') return stroke.name;
  if (stroke.kind === 'release') return `released:${stroke.name}`;
  return stroke.kind === 'releasesTold' ? stroke.kind : `${stroke.kind}:${stroke.text}`;
};

describe('keys', () => {
  it.each([
    ['\r', 'enter'],
    ['\t', 'tab'],
    ['\x1b[Z', 'S-tab'],
    ['\x7f', 'backspace'],
    ['\x01', 'C-a'],
    ['\x1a', 'C-z'],
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b[5~', 'pgup'],
    ['\x1b[1;5C', 'C-right'],
    ['\x1b[1;3D', 'M-left'],
    ['\x1b[H', 'home'],
    ['\x1b[4~', 'end'],
    ['\x1b1', 'M-1'],
    ['\x1ba', 'M-a'],
    ['\x1b\x7f', 'M-backspace'],
    ['\x1b', 'escape'],
  ])('%j is %s', (bytes, name) => {
    expect(decode(bytes)).toEqual([name]);
  });

  it('come as letters, whole, however the bytes are cut', () => {
    const bytes = Buffer.from('né日👍');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length }), (at) => {
        const keys = decode(bytes.subarray(0, at), bytes.subarray(at));
        expect(keys.map((key) => key.replace('text:', '')).join('')).toBe('né日👍');
      }),
    );
  });

  it('wait for the rest of a sequence', () => {
    expect(decode('\x1b', '[', '5', '~x')).toEqual(['pgup', 'text:x']);
  });

  it('are not what is pasted, even where it holds line breaks and escapes', () => {
    expect(decode('a\x1b[200~one\r\ntwo\x1b[A', '\x1b[201~b')).toEqual([
      'text:a',
      'paste:one\r\ntwo\x1b[A',
      'text:b',
    ]);
  });

  it('never come out of what a terminal answers', () => {
    expect(decode('\x1b[?62;4c', '\x1b[12;40R'.replace('R', 'q'))).toEqual([]);
  });

  it.each([
    ['\x1b[?11u', 'releasesTold'],
    ['\x1b[119u', 'text:w'],
    ['\x1b[119;1:2u', 'text:w'],
    ['\x1b[119;2u', 'text:W'],
    ['\x1b[119;1:3u', 'released:w'],
    ['\x1b[99;5u', 'C-c'],
    ['\x1b[99;69u', 'C-c'], // Caps Lock is on
    ['\x1b[27u', 'escape'],
    ['\x1b[13u', 'enter'],
    ['\x1b[1;1:1A', 'up'],
    ['\x1b[1;1:3A', 'released:up'],
    ['\x1b[1;2:2B', 'S-down'],
  ])('with the kitty protocol: %j is %s', (bytes, name) => {
    expect(decode(bytes)).toEqual([name]);
  });

  it('with the kitty protocol are none that nobody knows here', () => {
    expect(decode('\x1b[57358u', '\x1b[133u', '\x1b[u')).toEqual([]);
  });

  it('can be made of any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (chunks) => {
        for (const key of decode(...chunks)) expect(key).not.toMatch(/^text:.*[\x00-\x1f\x7f-\x9f]/s);
      }),
    );
  });
});
