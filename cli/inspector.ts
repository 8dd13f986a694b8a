/** What the inspector is made of on this machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../src/cluster/server-binary.ts';
import type { InspectorOptions, PageParts } from '../src/inspector/server/inspector.ts';
import { startInspector as start } from '../src/inspector/server/inspector.ts';
import { systemClock as clock } from '../src/system/clock.ts';

type Given = Omit<InspectorOptions, 'clock'>;

/** As the set-up made them. */
export async function pageParts(): Promise<PageParts> {
  const folder = join(await projectRoot(), 'dist', 'inspector');
  const [script, style] = await Promise.all(
    ['page.js', 'page-style.css'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  return { script: script!, style: style!, layout: await readFile(join(folder, 'layout.js')) };
}

export async function startInspector(options: Given) {
  return await start({ ...options, clock });
}

export async function startStately(options: Omit<Given, 'parts'>) {
  const { startStately: startBridge } = await import('../src/inspector/stately/server.ts');
  return await startBridge({ ...options, clock });
}
