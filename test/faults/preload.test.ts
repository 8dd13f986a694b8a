/** A fault that does nothing would prove nothing: what the nodes of a harness are given does what it says. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { limitFiles } from './process-table.ts';

const hourMs = 3_600_000;
const preload = new URL('preload.mjs', import.meta.url).href;
const hasLimits = spawnSync('prlimit', ['--version']).status === 0;

/** At each line that it is given it says what time it is, by both ways to ask, and whether it can write. */
const program = `
  const { writeFileSync } = require('node:fs');
  process.stdin.on('data', () => {
    let wrote = 'yes';
    try { writeFileSync(process.env.SCRATCH, 'x'); } catch ({ code }) { wrote = code; }
    console.log(JSON.stringify({ now: Date.now(), date: new Date().getTime(), past: new Date(5).getTime(), wrote }));
  });
`;

const running: { kill(signal: 'SIGKILL'): boolean }[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function startNode(id: string) {
  const folder = tempFolder();
  const given = { VERBATIM_FAULTS_CLOCKS: folder, SCRATCH: join(folder, 'scratch') };
  const env = { PATH: process.env.PATH, NODE_OPTIONS: `--import ${preload}`, ...given };
  const args = ['--eval', program, 'node', '--id', id];
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  running.push(child);
  const lines = createInterface({ input: child.stdout });
  const ask = async () => {
    const answer = once(lines, 'line');
    child.stdin.write('\n');
    const { now, date, past, wrote } = JSON.parse(String((await answer)[0]));
    const [byNow, byDate] = [now, date].map((at) => `${Math.round((at - Date.now()) / hourMs)} h`);
    return { byNow, byDate, past, wrote };
  };
  const setClock = (node: string, offByMs: number) => writeFileSync(join(folder, node), String(offByMs));
  return { ask, setClock, pid: child.pid! };
}

it("a node's wall clock jumps while it runs, and only that node's", async () => {
  const node = startNode('n2');
  expect(await node.ask()).toEqual({ byNow: '0 h', byDate: '0 h', past: 5, wrote: 'yes' });
  node.setClock('n1', hourMs);
  node.setClock('n2', -hourMs);
  await expect.poll(node.ask).toEqual({ byNow: '-1 h', byDate: '-1 h', past: 5, wrote: 'yes' });
  node.setClock('n2', hourMs);
  await expect.poll(node.ask).toEqual({ byNow: '1 h', byDate: '1 h', past: 5, wrote: 'yes' });
});

it.skipIf(!hasLimits)(
  "a node's disk takes nothing for a while, and the node lives on (needs prlimit)",
  async () => {
    const node = startNode('n2');
    expect(await node.ask()).toMatchObject({ wrote: 'yes' });
    expect(limitFiles(node.pid, 0)).toBe(true);
    expect(await node.ask()).toMatchObject({ wrote: 'EFBIG' });
    expect(limitFiles(node.pid, 'unlimited')).toBe(true);
    expect(await node.ask()).toMatchObject({ wrote: 'yes' });
  },
);
