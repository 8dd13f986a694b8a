/** `verbatim compare`, a little of everything. What it finds on a busy machine says nothing; that it measures all of it does. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Cli } from '../support/cli.ts';
import { ownEnvironment } from '../support/cluster.ts';
import { tempFolder } from '../support/temp-folder.ts';

const hasProc = existsSync('/proc/self/status');
if (!hasProc) console.log('skipped: there is no /proc here to read memory from');

it.skipIf(!hasProc)('measures three doors on one cluster, and leaves nothing behind', async () => {
  const env = { ...ownEnvironment(), TMPDIR: tempFolder() };
  const page = join(tempFolder(), 'comparison.html');
  const { json } = await new Cli(env).done(['compare', '--quick', '--json', '--out', page]);
  for (const measure of ['latency', 'rate', 'bytes', 'set-up', 'memory', 'extent']) {
    const doors = json.filter((line) => line.measure === measure).map(({ door }) => door);
    expect(new Set(doors), measure).toEqual(new Set(['nats', 'wire', 'grpc']));
  }
  const bytes = (door: string, characters: number) =>
    json.find((line) => line.door === door && line.characters === characters && line.in_flight === 1);
  // Of 990 characters more; a sign of life among those with fewer may take a few bytes of it.
  for (const door of ['nats', 'wire', 'grpc'])
    expect(Number(bytes(door, 1_000)?.up_bytes) - Number(bytes(door, 10)?.up_bytes)).toBeGreaterThan(980);
  expect(json.filter(({ caution }) => caution !== undefined)).toHaveLength(1);
  expect(json.filter(({ finding }) => finding !== undefined)).toHaveLength(5);
  expect(json.filter(({ goal }) => goal !== undefined)).toHaveLength(7);
  expect(json.at(-1)).toEqual({ report: page });
  expect(readFileSync(page, 'utf8')).toContain('Three doors to one cluster');
  expect(readdirSync(env.TMPDIR).filter((name) => name.startsWith('verbatim-'))).toEqual([]);
});
