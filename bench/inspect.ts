/**
 * What looking costs: acknowledged sends on a cluster that no inspector can look at, beside one that could be looked at, and
 * the same one with the page open on the cluster view. Rounds alternate, and each begins and ends without an inspector, so
 * that all meet the same machine and logs of the same length. A page that was just opened is given a moment first: what
 * starting a browser costs is not what an open page costs.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { browser } from '../test/support/browser-path.ts';
import {
  type BenchCluster,
  program,
  removeFolder,
  startCluster,
  temporaryFolder,
  unlimited,
} from './cluster.ts';
import { type Load, load, median, quantile, type Row, round } from './measure.ts';
import { sending } from './sends.ts';

const rounds = 7;
const inFlight = 64;
const sends = 4_000;
const settleMs = 2_000;

export async function benchInspect(): Promise<Row[]> {
  const without = await started('--no-inspect');
  const inspectable = await started();
  const contestants = [
    { name: 'without an inspector', cluster: without, isOpen: false },
    { name: 'nobody looks', cluster: inspectable, isOpen: false },
    { name: 'the page is open', cluster: inspectable, isOpen: true },
    { name: 'without, once more', cluster: without, isOpen: false },
  ];
  const results = contestants.map((): Load[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { cluster, isOpen }] of contestants.entries()) {
      const page = isOpen ? await openPage(cluster) : undefined;
      const result = await load(inFlight, sends, cluster.sender.run);
      await page?.close();
      if (round > 0) results[index]!.push(result); // the first round only warms up
    }
  }
  for (const cluster of [without, inspectable]) await cluster.end();
  const [first, , , last] = results as [Load[], Load[], Load[], Load[]];
  const basis = first.map(({ perSecond }, round) => (perSecond + last[round]!.perSecond) / 2);
  return contestants.map(({ name }, index) => row(name, results[index]!, basis));
}

function row(what: string, loads: readonly Load[], basis: readonly number[]): Row {
  const ratios = loads.map(({ perSecond }, round) => perSecond / basis[round]!);
  return {
    what,
    in_flight: inFlight,
    per_second: Math.round(median(loads.map(({ perSecond }) => perSecond))),
    p50_ms: round(median(loads.map(({ latenciesMs }) => quantile(latenciesMs, 0.5)))),
    to_without: round(median(ratios)),
  };
}

async function started(...args: string[]) {
  const data = await temporaryFolder();
  const cluster = await startCluster(data, [...unlimited, ...args]);
  const sender = await sending(cluster.url);
  const end = async () => {
    await sender.end();
    await cluster.stop();
    await removeFolder(data);
  };
  return { ...cluster, sender, end };
}

/** The real command, and a real browser where there is one; else a reader of what the page would be told. */
async function openPage({ data }: BenchCluster): Promise<{ close(): Promise<void> }> {
  const inspector = spawn(process.execPath, [program, 'inspect', '--data', data, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: inspector.stdout }).once('line', (line) =>
      resolve((JSON.parse(line) as { url: string }).url),
    );
  });
  const reader = browser ? await browse(url) : await read(url);
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  return {
    close: async () => {
      await reader.close();
      const ended = new Promise((resolve) => inspector.once('exit', resolve));
      inspector.kill('SIGTERM');
      await ended;
    },
  };
}

async function browse(url: string): Promise<{ close(): Promise<void> }> {
  const { chromium } = await import('playwright-core');
  const running = await chromium.launch({
    executablePath: browser!,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const page = await running.newPage();
  await page.goto(url);
  await page.locator('.node.leader').waitFor();
  return { close: () => running.close() };
}

async function read(url: string): Promise<{ close(): Promise<void> }> {
  const { origin, search } = new URL(url);
  const end = new AbortController();
  const response = await fetch(`${origin}/stream${search}`, { signal: end.signal });
  const reading = (async () => {
    for await (const _ of response.body!) if (end.signal.aborted) return;
  })().catch(() => undefined);
  return {
    close: async () => {
      end.abort();
      await reading;
    },
  };
}
