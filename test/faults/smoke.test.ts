/** A short run of what `npm run test:faults` does for as long as one likes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describePlan, run } from './run.ts';

const seed = 3;
const seconds = 22;

it(`keeps every promise while processes, disks and connections fail (P1 to P8), seed ${seed}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-faults-'));
  const said: string[] = [];
  const { findings, plan, acknowledged, replays, done } = await run({
    seed,
    seconds,
    only: [],
    folder,
    log: (line) => said.push(line),
  });
  const again = `npm run test:faults -- --seed ${seed} --seconds ${seconds}; everything is in ${folder}`;
  const story = [again, describePlan(plan), ...said].join('\n');
  expect(
    findings.map(({ what }) => what),
    story,
  ).toEqual([]);
  expect(acknowledged, story).toBeGreaterThan(100);
  expect(replays, story).toBeGreaterThan(3);
  expect(done.size, story).toBeGreaterThan(3);
  rmSync(folder, { recursive: true, force: true });
});
