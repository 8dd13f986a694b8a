import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { castLines } from '../../../cli/player/cast.ts';
import type { Recording } from '../../../cli/player/model/recording.ts';
import { Timeline } from '../../../cli/player/model/timeline.ts';
import { pageOf } from '../../../cli/player/page.ts';
import { paletteFor } from '../../../cli/render/colour.ts';

const recording: Recording = {
  title: 'alice, bob',
  startedAt: Date.parse('2026-11-21T19:30:04.500Z'),
  happenings: [
    { kind: 'said', offsetMs: 0, from: 'alice', text: 'hello\x1b[2J' },
    { kind: 'came', offsetMs: 1_234, name: 'bob', what: '' },
    { kind: 'said', offsetMs: 601_234, from: 'bob', text: 'at last' },
  ],
};
const timeline = new Timeline([0, 1_234, 601_234], 6_000);

describe('a recording as an asciicast', () => {
  it('is a header and what was written when, with markers where silences were shortened', () => {
    const lines = [...castLines(recording, timeline, 2, paletteFor(false, {}))].map((line) =>
      JSON.parse(line),
    );
    expect(lines).toEqual([
      {
        version: 2,
        width: 80,
        height: 24,
        timestamp: Date.parse('2026-11-21T19:30:04Z') / 1_000,
        duration: 3.617,
        title: 'alice, bob',
        env: { TERM: 'xterm-256color' },
      },
      [0, 'o', "alice: 'hello\\x1b[2J'\r\n"],
      [0.617, 'o', '* bob came online\r\n'],
      [0.617, 'm', '10 min of silence'],
      [0.617, 'o', '··· 10 min of silence ···\r\n'],
      [3.617, 'o', "bob: 'at last'\r\n"],
    ]);
  });

  it("has colours, and nobody's words move the cursor", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const happenings = [{ kind: 'said' as const, offsetMs: 0, from: 'eve', text }];
        const film = new Timeline([0], 1);
        const [, line] = [...castLines({ ...recording, happenings }, film, 1, paletteFor(true, {}))];
        const [, , written] = JSON.parse(line!) as [number, string, string];
        expect(written).toMatch(/^\x1b\[\d+meve\x1b\[39m: '[^\x00-\x1f\x7f-\x9f]*'\r\n$/u);
      }),
    );
  });
});

describe('a recording as a page', () => {
  const parts = { script: 'run()', style: 'body{}' };
  const dataOf = (page: string) =>
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
  const hashOf = (text: string) => createHash('sha256').update(text).digest('base64');

  it('runs and loads nothing but its own script and style', () => {
    const page = pageOf(recording, { speed: 1, maxGapMs: Number.POSITIVE_INFINITY }, parts);
    expect(page).toContain(
      `content="default-src 'none'; script-src 'sha256-${hashOf('run()')}'; style-src 'sha256-${hashOf('body{}')}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/\b(src|href)=|\bon\w+=|https?:/);
    expect(JSON.parse(dataOf(page))).toEqual({ recording, speed: 1, maxGapMs: null });
  });

  it('keeps what people wrote as data, whatever it looks like (P10)', () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        '</script><script>alert(1)</script>',
        '<!--<script>',
        '<img src=x onerror=alert(1)>',
        '</title>',
      ),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom('<', '>', '&', '"', '/', 'script', '!--', ' '), maxLength: 20 }),
    );
    fc.assert(
      fc.property(hostile, hostile, (name, text) => {
        const happenings = [{ kind: 'said' as const, offsetMs: 0, from: name, text }];
        const told = { ...recording, title: name, happenings };
        const page = pageOf(told, { speed: 1, maxGapMs: 3_000 }, parts);
        expect(JSON.parse(dataOf(page))).toEqual({ recording: told, speed: 1, maxGapMs: 3_000 });
        expect(dataOf(page)).not.toMatch(/[<>&]/);
        expect(/<title>(.*?)<\/title>/s.exec(page)?.[1]).not.toMatch(/[<>"]/);
        expect(page.match(/<script/g)).toHaveLength(2);
      }),
    );
  });
});
