/** The clock laboratory as it is used: real processes over NATS, the same seed twice, bad words, a page in a browser. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect } from 'nats';
import { expect, it } from 'vitest';
import { entryFrom, isEvent } from '../../src/labs/clocks/core/entry.ts';
import type { TrialFigures } from '../../src/labs/clocks/core/figures.ts';
import { browser, Page } from '../support/browser.ts';
import { Cli } from '../support/cli.ts';
import { bandsOf, figureOf } from '../support/clock-bands.ts';
import { NatsServer } from '../support/nats-server.ts';
import { tempFolder } from '../support/temp-folder.ts';

const cli = new Cli({ PATH: process.env.PATH, HOME: tempFolder() });
const logOf = (out: string, id: string) => readFileSync(join(out, 'trial-1', `${id}.log`), 'utf8');
const entriesOf = (out: string, id: string) =>
  logOf(out, id)
    .split('\n')
    .slice(0, -1)
    .map((line) => entryFrom(line)!);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('machines go on from their logs after kill -9, over a lost connection, and past what is no clock value', async () => {
  const server = await NatsServer.start();
  const out = join(tempFolder(), 'run');
  const where = ['--out', out, '--servers', `nats://${server.url}`];
  const run = cli.start([
    'clocks',
    'run',
    '--rates',
    '15,15,15',
    '--seconds',
    '6',
    '--trials',
    '1',
    ...where,
  ]);
  const pids = new Map<string, number>();
  for (const id of ['m1', 'm2', 'm3']) {
    const line = await run.err.next((text) => text.includes(`${id} started`));
    pids.set(id, Number(/pid (\d+)/.exec(line)![1]));
  }
  const outsider = await connect({ servers: server.url });
  let message = '';
  for await (const { subject, data } of outsider.subscribe('clocks.*.machine.m1', { max: 1 })) {
    message = new TextDecoder().decode(data);
    outsider.publish(subject, 'no clock value');
    outsider.publish(subject, JSON.stringify({ ...(JSON.parse(message) as object), clock: -7 }));
  }
  await outsider.flush();
  await outsider.close();
  const said = run.err.all.length;
  process.kill(pids.get('m2')!, 'SIGKILL');
  const again = await run.err.next('m2 started', said);
  await server.kill();
  await server.respawn();
  expect(await run.ended()).toBe(0);
  await server.kill();

  for (const id of ['m1', 'm2', 'm3']) {
    const events = entriesOf(out, id).filter(isEvent);
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1));
    for (const [index, { clock }] of events.slice(1).entries())
      expect(clock).toBeGreaterThan(events[index]!.clock);
    if (id !== 'm2') expect(Math.abs(events.at(-1)!.tick - 90)).toBeLessThanOrEqual(1);
    if (id !== 'm2') expect(Math.abs(events.length - 90)).toBeLessThanOrEqual(1);
    expect(events.at(-1)!.vector.every((count) => count > 30)).toBe(true); // all heard of all, to the end
  }
  expect(entriesOf(out, 'm1').filter(({ kind }) => kind === 'refused')).toHaveLength(2);
  pids.set('m2 again', Number(/pid (\d+)/.exec(again)![1]));
  for (const pid of pids.values()) expect(isAlive(pid)).toBe(false);
});

it('brings a server of its own where none is named', async () => {
  const out = join(tempFolder(), 'run');
  const rates = ['--rates', '5,7', '--seconds', '1', '--trials', '2', '--json'];
  const { json } = await cli.done(['clocks', 'run', '--out', out, ...rates]);
  expect(json.map(({ trial, seed, mode }) => [trial, seed, mode])).toEqual([
    [1, 7, 'real'],
    [2, 8, 'real'],
  ]);
  const machines = json[0]!.machines as { events: number }[];
  for (const [index, rate] of [5, 7].entries()) {
    expect(Math.abs(machines[index]!.events - rate)).toBeLessThanOrEqual(1);
  }
});

it('the same seed gives the same logs in virtual time, byte for byte, and all that is made of them', async () => {
  const folder = tempFolder();
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  for (const out of [one, two]) {
    const { json } = await cli.done([
      'clocks',
      'run',
      '--virtual',
      '--rates',
      '1,3,6',
      '--trials',
      '2',
      '--json',
      '--out',
      out,
    ]);
    expect(Object.keys(json[0]!)).toEqual(
      'trial,seed,seconds,mode,stamp,broadcast,internal,machines,drift'.split(','),
    );
    expect(Object.keys((json[0]!.machines as object[])[0]!)).toEqual(
      'id,rate,events,received,sent,broadcast,internal,final_clock,jump_mean,jump_max,queue_mean,queue_max,queue_end'.split(
        ',',
      ),
    );
  }
  const logs = readdirSync(join(one, 'trial-2')).filter((name) => name.endsWith('.log'));
  expect(logs).toEqual(['m1.log', 'm2.log', 'm3.log']);
  for (const name of logs) {
    expect(readFileSync(join(one, 'trial-2', name))).toEqual(readFileSync(join(two, 'trial-2', name)));
  }
  const { json } = await cli.done(['clocks', 'ask', one, 'm3:3 -> m1:40', '--json']);
  expect(json[0]).toMatchObject({ first: 'm3:3', second: 'm1:40' });
  expect(['before', 'concurrent']).toContain(json[0]!.order);
  await cli.done(['clocks', 'report', one]);
  expect(readFileSync(join(one, 'report.html'), 'utf8')).toContain('Logical clocks');
  const { stdout } = await cli.done(['clocks', 'export', one, '--format', 'csv']);
  expect(stdout.split('\n')).toHaveLength(2 * 600 + 2);
});

it('refuses what cannot be run, in one sentence, before anything starts', async () => {
  const folder = tempFolder();
  const port = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => port.once('listening', resolve));
  const address = port.address();
  const taken = String(typeof address === 'object' && address ? address.port : 0);
  writeFileSync(join(folder, 'bad.conf'), 'seconds = 5\nrates = 1,0\n');
  writeFileSync(join(folder, 'file'), '');
  const run = ['clocks', 'run', '--out', join(folder, 'out')];
  const refusals: [number, RegExp, string[]][] = [
    [2, /^error: usage: --rates: a rate is more than 0 .*\n$/, [...run, '--rates', '0,1,2']],
    [2, /^error: usage: --internal: a number from 0 to 1 .*\n$/, [...run, '--internal', '1.1']],
    [1, /^error: bad-config: .*bad\.conf:2: rates: .*\n$/, [...run, '--config', join(folder, 'bad.conf')]],
    [1, /^error: port-in-use: port \d+ is in use.*\n$/, [...run, '--port', taken]],
    [
      1,
      /^error: output-unusable: .* cannot be written: .*\n$/,
      ['clocks', 'run', '--virtual', '--out', join(folder, 'file', 'x')],
    ],
    [
      1,
      /^error: output-unusable: .* holds something else.*\n$/,
      ['clocks', 'run', '--virtual', '--out', folder],
    ],
    [1, /^error: no-run: .*\n$/, ['clocks', 'ask', join(folder, 'none'), 'm1:1 -> m2:2']],
    [2, /^error: usage: .*\n$/, ['clocks', 'ask', join(folder, 'none'), 'm1 before m2']],
    [3, /^error: not-sent: no server answers .*\n$/, [...run, '--servers', 'nats://127.0.0.1:1']],
  ];
  for (const [status, sentence, args] of refusals) {
    const ended = await cli.run(args);
    expect([args.join(' '), ended.status, ended.stdout]).toEqual([args.join(' '), status, '']);
    expect(ended.stderr).toMatch(sentence);
  }
  port.close();
});

it('studies: a page that needs nothing else, and tables', async () => {
  const out = join(tempFolder(), 'study');
  const { json } = await cli.done(['clocks', 'study', '--runs', '2', '--out', out, '--json']);
  const findings = json[0]!.findings as { question: string; answer: string }[];
  const html = readFileSync(join(out, 'report.html'), 'utf8');
  for (const part of [...findings.map(({ question }) => question), 'Five runs: Trial 5'])
    expect(html).toContain(part);
  expect(findings.map(({ question }) => question)).toEqual(
    expect.arrayContaining([
      'Do more or fewer internal events make jumps larger?',
      'How far do the slowest logical clocks fall behind system time?',
    ]),
  );
  expect(html).not.toMatch(/NaN|undefined|Infinity|<script|(src|href)=/);
  expect(readFileSync(join(out, 'study.csv'), 'utf8').split('\n')).toHaveLength(
    1 + Number(json[0]!.conditions) + 1,
  );
  expect(readFileSync(join(out, 'five-runs.csv'), 'utf8').split('\n')).toHaveLength(1 + 5 * 3 + 1);
  if (!browser) return;
  const page = await Page.open(pathToFileURL(join(out, 'report.html')).href);
  expect(await page.value(`getComputedStyle(document.querySelector('td')).textAlign`)).toBe('left'); // styles apply
  expect(await page.value(`document.body.scrollWidth <= innerWidth`)).toBe(true);
  expect(page.problems).toEqual([]);
  await page.close();
});

/** They last a minute: `npm run test:long`. */
if (process.env.VERBATIM_LONG) {
  it('real runs of a minute lie in the bands of others, and tick as often as they should', {
    timeout: 120_000,
  }, async () => {
    const runs = await Promise.all(
      [1, 2, 3, 4, 5].map(async (seed) => {
        const out = ['--seed', String(seed), '--out', join(tempFolder(), 'run')];
        const { json } = await cli.done([
          'clocks',
          'run',
          '--rates',
          '6,2,1',
          '--trials',
          '1',
          '--json',
          ...out,
        ]);
        return json[0] as unknown as TrialFigures; // as the program under test prints it
      }),
    );
    for (const { machines, seconds } of runs) {
      for (const { rate, events } of machines)
        expect(Math.abs(events - rate * seconds)).toBeLessThanOrEqual(1);
    }
    for (const [figure, [least, most]] of bandsOf([6, 2, 1])) {
      const median = runs.map((run) => figureOf(run, figure)).sort((a, b) => a - b)[2]!;
      expect([figure, median >= least && median <= most, median]).toEqual([figure, true, median]);
    }
  });
}

it.skipIf(!browser)(
  'draws ten thousand events in a browser within two seconds, and shows what lies in the past of one',
  async () => {
    const folder = tempFolder();
    const rates = ['--rates', new Array(10).fill(6).join(','), '--seconds', '170', '--trials', '1'];
    await cli.done(['clocks', 'run', '--virtual', ...rates, '--out', join(folder, 'run')]);
    const file = join(folder, 'diagram.html');
    await cli.done(['clocks', 'diagram', join(folder, 'run'), '--out', file]);
    const page = await Page.open(pathToFileURL(file).href);
    await page.shows('document.body.dataset.drawn !== undefined');
    expect(await page.value('Number(document.body.dataset.drawn) > 10000')).toBe(true);
    expect(Number(await page.value('document.body.dataset.shownMs'))).toBeLessThan(2_000);
    await page.press('ArrowRight', 'ArrowRight');
    expect(await page.value(`document.getElementById('told').textContent`)).toMatch(
      /^m1:2: .*; clock \d+, at \d+\.\d{3} s; \d+ of 10\d{3} events lie in its past$/,
    );
    const middle = `(({ x, y, width }) => [x + width / 2, y])(document.querySelector('canvas').getBoundingClientRect())`;
    const [x, y] = (await page.value(middle)) as [number, number];
    for (let down = 0; down < 200; down += 8) {
      await page.point(x, y + down); // somewhere here is the lane of m1, full of events
      if (/^m1:\d\d+: /.test(String(await page.value(`document.getElementById('told').textContent`)))) break;
    }
    expect(await page.value(`document.getElementById('told').textContent`)).toMatch(
      /^m1:\d\d+: .* in its past$/,
    );
    await page.press('+', 'c', 'Escape');
    expect(await page.value(`document.getElementById('told').textContent`)).toBe('');
    expect(page.problems).toEqual([]);
    await page.close();
  },
);
