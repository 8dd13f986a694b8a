/** One run: a cluster, those who use it, what goes wrong, and whether every promise was kept. */
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerCount } from '../../src/cluster/servers.ts';
import { SeededRandom } from '../../src/simulation/random.ts';
import { Broker } from './broker.ts';
import { Contenders } from './contenders.ts';
import { SmallDisk } from './disks.ts';
import { Doors } from './doors.ts';
import { Nemesis } from './nemesis.ts';
import { Person } from './people.ts';
import type { Place } from './place.ts';
import { describe, drawArguments, drawPlan, type Fault, type Kind } from './plan.ts';
import { RealCluster } from './processes.ts';
import { Recorder } from './recorder.ts';
import { checkAll, type Finding, quietPosition, readNodes, verify } from './verdict.ts';
import { Watching } from './watching.ts';

export interface RunOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Only these faults; all where it is empty. */
  readonly only: readonly Kind[];
  /** How many nats-servers; left to the seed where it is undefined. */
  readonly servers?: ServerCount | undefined;
  /** Folders of runs are made here; one that found nothing is removed. */
  readonly folder: string;
  /** What happens, as it happens. */
  log(line: string): void;
}

export interface Report {
  readonly seed: number;
  readonly folder: string;
  readonly plan: readonly Fault[];
  readonly findings: readonly Finding[];
  readonly done: ReadonlyMap<string, number>;
  readonly spared: ReadonlyMap<string, number>;
  readonly acknowledged: number;
  /** Sessions played back when all was over, each by everybody of it who was there. */
  readonly replays: number;
  /** Longest time without an acknowledged send. */
  readonly longestGapMs: number;
  /** From healing to a cluster in sync. */
  readonly healedMs: number;
  /** How long this process waited for its turn at most: where that is seconds, the machine was too busy for time-outs. */
  readonly starvedMs: number;
}

const everyMs = 2_200;
const smallDiskNode = 'n3';
const smallDiskMb = 48;
const inSyncMsMax = 60_000;
const answersMsMax = 40_000;
const goneMsMax = 3_000;
const nsPerMs = 1e6;

export async function run(options: RunOptions): Promise<Report> {
  const { seed, only, log } = options;
  const random = new SeededRandom(`faults ${seed}`);
  const folder = join(options.folder, `seed-${seed}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const plan = drawPlan(random.fork('plan'), { durationMs: options.seconds * 1_000, everyMs, only });
  const args = drawArguments(random.fork('arguments'), options.servers);
  log(`seed ${seed}: up ${args.join(' ')}`);
  const disk = mayHaveSmallDisk(plan, random.fork('disk'))
    ? SmallDisk.mount(join(folder, 'data', 'nodes', smallDiskNode), smallDiskMb)
    : undefined;
  if (!disk)
    log(
      'disk-full and disk-read-only are left out: no disk of its own in this run, or none can be mounted here',
    );
  const scene = new Scene(options, folder, disk, random);
  try {
    const report = await scene.play(plan, args);
    if (report.findings.length === 0) disk?.unmount();
    if (report.findings.length === 0) rmSync(folder, { recursive: true, force: true });
    return report;
  } finally {
    scene.end();
  }
}

class Scene {
  readonly #folder: string;
  readonly #random: SeededRandom;
  readonly #disk: SmallDisk | undefined;
  readonly #options: RunOptions;
  readonly #recorder: Recorder;
  readonly #findings: Finding[] = [];
  #cluster: RealCluster | undefined;
  #broker: Broker | undefined;
  readonly #turns = monitorEventLoopDelay();
  #doors = 0;
  #begunMs = performance.now();

  constructor(options: RunOptions, folder: string, disk: SmallDisk | undefined, random: SeededRandom) {
    this.#options = options;
    this.#folder = folder;
    this.#disk = disk;
    this.#random = random;
    this.#recorder = new Recorder(join(folder, 'history.jsonl'));
    this.#turns.enable();
  }

  async play(plan: readonly Fault[], args: readonly string[]): Promise<Report> {
    const cluster = await RealCluster.start(this.#folder, args);
    this.#cluster = cluster;
    this.#broker = await Broker.connect(cluster);
    const watching = new Watching(cluster);
    const { people, contenders } = this.#gather(cluster);
    for (const person of people) await person.register();
    const seats = people.flatMap((person) => person.seats);
    for (const part of [...seats, contenders, watching]) part.start();
    this.#begunMs = performance.now();
    const smallDisk = this.#disk && { node: smallDiskNode, disk: this.#disk };
    const nemesis = new Nemesis(
      { cluster, watching, broker: this.#broker, seats, smallDisk },
      this.#random.fork('nemesis'),
      (line) => this.#log(line),
    );
    await nemesis.run(plan);
    await sleep(Math.max(0, this.#begunMs + this.#options.seconds * 1_000 - performance.now()));
    this.#log('heals');
    await nemesis.heal();
    const healedMs = await this.#whenHealed(watching);
    await this.#untilQuiet([...seats, contenders], seats);
    const replays = await this.#playBack(people);
    const starvedMs = Math.round(this.#turns.max / nsPerMs);
    await this.#broker.close();
    await this.#judge(cluster, watching);
    return {
      seed: this.#options.seed,
      folder: this.#folder,
      plan,
      findings: this.#findings,
      done: nemesis.done,
      spared: nemesis.spared,
      replays,
      acknowledged: this.#recorder.acknowledgedMs.length,
      longestGapMs: longestGap(this.#recorder.acknowledgedMs),
      healedMs,
      starvedMs,
    };
  }

  /** Whatever happened: nothing stays behind but the folder of a run that found something. */
  end(): void {
    this.#cluster?.destroy();
    void this.#broker?.close();
    this.#turns.disable();
    this.#recorder.close();
  }

  #gather(cluster: RealCluster): { people: Person[]; contenders: Contenders } {
    const place: Place = {
      recorder: this.#recorder,
      doors: () => this.#newDoors(cluster),
      names: [],
      groups: new Set(),
      problem: (error) => this.#find(`a client failed: ${(error as Error).stack ?? error}`),
    };
    const people = ['ann', 'ben', 'cleo', 'dan'].map(
      (name, index) => new Person(name, place, this.#random.fork(name), index < 2 ? 2 : 1),
    );
    return { people, contenders: new Contenders(place, this.#random.fork('contenders')) };
  }

  /** Not all of them begin with the same server. */
  async #newDoors({ urls }: RealCluster): Promise<Doors> {
    const ports = urls.map((url) => Number(new URL(url).port));
    const first = this.#doors++ % ports.length;
    return await Doors.to([...ports.slice(first), ...ports.slice(0, first)]);
  }

  async #whenHealed(watching: Watching): Promise<number> {
    const begunMs = performance.now();
    if (await watching.inSync(inSyncMsMax)) this.#log('all are in sync');
    else this.#find('the cluster does not come to be in sync', ...(await watching.statuses()));
    return Math.round(performance.now() - begunMs);
  }

  /** Everything is answered, and everybody has been shown everything. */
  async #untilQuiet(
    talkers: readonly { stopTalking(): Promise<void> }[],
    seats: Person['seats'],
  ): Promise<void> {
    const stopping = Promise.all(talkers.map((talker) => talker.stopTalking())).then(() => true);
    if (!(await within(answersMsMax, stopping))) this.#find('somebody is not answered, though all is healed');
    for (const { client } of seats) {
      if (!client) continue;
      const isCaughtUp = await within(
        answersMsMax,
        // Whose log-in was ended by the same user's other client is shown nothing more.
        untilTrue(async () => client.isOver || (await client.isCaughtUp())),
      );
      if (!isCaughtUp) this.#find(`${client.name} is not shown its queue beyond ${client.shown}`);
    }
  }

  /** Each of them plays every session of theirs back: what they are shown is compared with the log. */
  async #playBack(people: readonly Person[]): Promise<number> {
    let replays = 0;
    for (const { name, seats } of people) {
      const client = seats.map((seat) => seat.client).find((one) => one && !one.isOver);
      const count = await Promise.race([
        client?.playBack(answersMsMax),
        sleep(answersMsMax, undefined, { ref: false }),
      ]);
      if (count === undefined) this.#find(`${name} cannot play sessions back`);
      replays += count ?? 0;
    }
    return replays;
  }

  async #judge(cluster: RealCluster, watching: Watching): Promise<void> {
    const position = await quietPosition(watching);
    if (position === undefined) this.#find('the nodes do not agree', ...(await watching.statuses()));
    this.#findings.push(...(await verify(cluster, false)));
    await watching.stop();
    const status = await cluster.stop();
    if (status !== 0) this.#find(`up ended with ${status}`);
    const isGone = await within(
      goneMsMax,
      untilTrue(async () => cluster.leftOver().length === 0),
    );
    if (!isGone) this.#find('processes are left over', ...cluster.leftOver());
    this.#findings.push(...(await verify(cluster, true)));
    try {
      const records = await readNodes(cluster.data, watching, position ?? Number.POSITIVE_INFINITY);
      this.#findings.push(...checkAll(this.#recorder.path, records));
    } catch (error) {
      this.#find(`the logs cannot be read: ${(error as Error).message}`);
    }
  }

  #find(what: string, ...evidence: readonly unknown[]): void {
    this.#findings.push({ what, evidence });
    this.#log(`FOUND: ${what}`);
  }

  #log(line: string): void {
    const at = ((performance.now() - this.#begunMs) / 1_000).toFixed(1);
    const said = `[${at} s, ${new Date().toISOString()}] ${line}`;
    appendFileSync(join(this.#folder, 'nemesis.log'), `${said}\n`);
    this.#options.log(said);
  }
}

/** What lies on a disk of its own cannot be set aside, so half of the runs do without. */
function mayHaveSmallDisk(plan: readonly Fault[], random: SeededRandom): boolean {
  const isDamaged = plan.some(({ kind }) => kind === 'damage');
  return plan.some(({ kind }) => kind.startsWith('disk-')) && (!isDamaged || random.chance(0.5));
}

export function describePlan(plan: readonly Fault[]): string {
  return plan.map(describe).join('\n');
}

function longestGap(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round(Math.max(0, ...sorted.slice(1).map((at, index) => at - sorted[index]!)));
}

async function within(timeoutMs: number, task: Promise<boolean>): Promise<boolean> {
  return await Promise.race([task, sleep(timeoutMs, false, { ref: false })]);
}

async function untilTrue(holds: () => Promise<boolean>): Promise<boolean> {
  while (!(await holds().catch(() => false))) await sleep(200);
  return true;
}
