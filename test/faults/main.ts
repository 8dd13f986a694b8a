/** `npm run test:faults`: runs with one seed after the other, until the time is over or something is found. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ServerCount } from '../../src/cluster/servers.ts';
import { type Kind, kinds } from './plan.ts';
import { describePlan, type Report, run } from './run.ts';

const usage = `npm run test:faults -- [--seed N] [--minutes M | --runs R] [--seconds S] [--only fault,…]
                           [--nats 1|3] [--keep-going]

  --seed N       of the first run; the next ones follow (default: drawn from the clock)
  --minutes M    begin runs for so long (default: one run)
  --seconds S    how long things go wrong in one run (default: 45)
  --only a,b     only these faults: ${kinds.join(', ')}
  --nats N       one nats-server or three (default: drawn from the seed)
  --keep-going   go on after a run that found something`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    runs: { type: 'string' },
    seconds: { type: 'string', default: '45' },
    only: { type: 'string', default: '' },
    nats: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(usage);
  process.exit(0);
}
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143));

const first = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const untilMs = performance.now() + Number(values.minutes ?? 0) * 60_000;
const runsMax =
  values.minutes === undefined ? Number(values.runs ?? 1) : Number(values.runs ?? Number.POSITIVE_INFINITY);
const only = values.only.split(',').filter(Boolean).map(kindOf);
const servers = values.nats === undefined ? undefined : serverCountOf(values.nats);
const folder = mkdtempSync(join(tmpdir(), 'verbatim-faults-'));
const reports: Report[] = [];

for (
  let index = 0;
  index < runsMax && (index === 0 || values.minutes === undefined || performance.now() < untilMs);
  index++
) {
  const report = await run({
    seed: first + index,
    seconds: Number(values.seconds),
    only,
    servers,
    folder,
    log: console.log,
  });
  reports.push(report);
  console.log(summaryOf(report));
  if (report.findings.length > 0) tell(report);
  if (report.findings.length > 0 && !values['keep-going']) break;
}
const bad = reports.filter(({ findings }) => findings.length > 0);
if (bad.length === 0) rmSync(folder, { recursive: true, force: true });
console.log(totalOf(reports));
process.exit(bad.length > 0 ? 1 : 0);

function kindOf(name: string): Kind {
  const kind = kinds.find((one) => one === name);
  if (kind) return kind;
  console.error(`there is no fault ${name}\n\n${usage}`);
  process.exit(2);
}

function serverCountOf(text: string): ServerCount {
  if (text === '1' || text === '3') return text === '1' ? 1 : 3;
  console.error(`one nats-server or three, not ${text}\n\n${usage}`);
  process.exit(2);
}

function summaryOf(report: Report): string {
  const { seed, findings, done, acknowledged, replays, longestGapMs, healedMs, starvedMs } = report;
  const faults = [...done.values()].reduce((sum, count) => sum + count, 0);
  const verdict = findings.length === 0 ? 'ok' : `${findings.length} FOUND`;
  const seen = `${faults} faults, ${acknowledged} sends acknowledged, ${replays} replays`;
  const times = `longest gap ${longestGapMs} ms, in sync ${healedMs} ms after healing, waited ${starvedMs} ms for a turn`;
  return `seed ${seed}: ${verdict}; ${seen}; ${times}`;
}

function tell({ seed, plan, findings, folder: kept }: Report): void {
  console.log(`\nplan of seed ${seed}:\n${describePlan(plan)}\n`);
  for (const { what, evidence } of findings.slice(0, 20)) {
    console.log(`FOUND ${what}`);
    for (const one of evidence.slice(0, 4)) console.log(`  ${JSON.stringify(one).slice(0, 1_000)}`);
  }
  console.log(
    `\nhistory, logs and data are in ${kept}; again: npm run test:faults -- --seed ${seed} --seconds ${values.seconds}`,
  );
}

function totalOf(all: readonly Report[]): string {
  const done = new Map<string, number>();
  for (const report of all)
    for (const [kind, count] of report.done) done.set(kind, (done.get(kind) ?? 0) + count);
  const counts = [...done].sort().map(([kind, count]) => `${kind} ${count}`);
  const acknowledged = all.reduce((sum, report) => sum + report.acknowledged, 0);
  return `${all.length} ${all.length === 1 ? 'run' : 'runs'}, ${bad.length} with something found, ${acknowledged} sends acknowledged\nfaults: ${counts.join(', ')}`;
}
