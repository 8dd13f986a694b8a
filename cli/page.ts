/**
 * A page that needs nothing else: script and style within it, and data as JSON in which no tag can begin or end. The browser
 * is told to run and load nothing but what is named by hash.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../src/cluster/server-binary.ts';
import { escaped } from '../src/labs/clocks/core/svg.ts';

export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/** As the set-up made them. @param name of the folder that it put them into. */
export async function pageParts(name: 'player' | 'clocks'): Promise<PageParts> {
  const folder = join(await projectRoot(), 'dist', name);
  const [script, style] = await Promise.all(
    ['page.js', 'page-style.css'].map((file) => readFile(join(folder, file), 'utf8')),
  );
  return { script: script!, style: style! };
}

export interface PageContent extends PageParts {
  readonly title: string;
  readonly data: object;
  /** What is told where scripts do not run. */
  readonly withoutScript: string;
}

export function selfContained({ title, data, script, style, withoutScript }: PageContent): string {
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
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<script type="application/json" id="data">${escapeJson(data)}</script>
<script>${script}</script>
<noscript>${withoutScript}</noscript>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** The same JSON, in which nothing looks like markup. */
function escapeJson(data: object): string {
  return JSON.stringify(data).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}
