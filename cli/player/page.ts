/**
 * A recording as a page that needs nothing else: the player's own model and a thin view over it, bundled by the set-up,
 * and the recording as data beside it. What people wrote stays data on the whole way: it is JSON in which no tag can begin
 * or end, and the view only ever sets it as text. The browser is told to run and load nothing but what is named by hash.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../src/cluster/server-binary.ts';
import type { Pace } from './model/player.ts';
import type { Recording } from './model/recording.ts';

export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/** As the set-up made them. */
export async function pageParts(): Promise<PageParts> {
  const folder = join(await projectRoot(), 'dist', 'player');
  const [script, style] = await Promise.all(
    ['page.js', 'page-style.css'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  return { script: script!, style: style! };
}

export function pageOf(
  recording: Recording,
  { speed, maxGapMs }: Pace,
  { script, style }: PageParts,
): string {
  // JSON has no word for infinity.
  const data = { recording, speed, maxGapMs: Number.isFinite(maxGapMs) ? maxGapMs : null };
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="Verbatim">
<title>${escapeHtml(recording.title)}</title>
<style>${style}</style>
</head>
<body>
<script type="application/json" id="data">${escapeJson(data)}</script>
<script>${script}</script>
<noscript>This page plays a conversation back, and needs JavaScript for that. It loads nothing.</noscript>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}

/** The same JSON, in which nothing looks like markup. */
function escapeJson(data: object): string {
  return JSON.stringify(data).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}
