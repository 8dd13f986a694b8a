/**
 * Scenarios as text: one line a step, read like a conversation. A line that is not understood is an error that names
 * file and line, so a scenario cannot quietly test nothing.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Frame } from '../../src/events/frame.ts';
import type { Outcome } from '../../src/recording/scribe.ts';
import { opensEpoch } from '../../src/replication/tail.ts';
import type { SimulatedNode } from '../../src/simulation/node.ts';
import type { AppendFate } from '../../src/simulation/ordered-log.ts';
import { SeededRandom } from '../../src/simulation/random.ts';
import { foldWronglyOnce, strike } from '../../src/simulation/strikes.ts';
import { type Scenario, startScenario } from './support.ts';

type Words = readonly string[];

interface Phrase {
  readonly pattern: RegExp;
  run(stage: Stage, ...words: string[]): Promise<void> | void;
}

interface Step {
  readonly phrase: Phrase;
  readonly words: Words;
  readonly place: string;
}

export interface Script {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** @throws {SyntaxError} that names file and line. */
export function parseScript(text: string, file: string): Script {
  const [first = '', ...lines] = text.split('\n');
  if (!first.startsWith('# ')) throw new SyntaxError(`${file}:1: a scenario begins with "# " and its title`);
  const steps = lines.flatMap((line, index) => parseLine(line.trim(), `${file}:${index + 2}`));
  return { title: first.slice(2), steps };
}

function parseLine(line: string, place: string): Step[] {
  if (line === '' || line.startsWith('#')) return [];
  for (const phrase of phrases) {
    const match = phrase.pattern.exec(line);
    if (match) return [{ phrase, words: match.slice(1), place: `${place}: ${line}` }];
  }
  throw new SyntaxError(`${place}: not understood: ${line}`);
}

export function readScript(path: string): Script {
  return parseScript(readFileSync(path, 'utf8'), basename(path));
}

export async function play({ title, steps }: Script): Promise<void> {
  const stage = new Stage(await startScenario(title));
  for (const { phrase, words, place } of steps) {
    try {
      await phrase.run(stage, ...words);
    } catch (error) {
      throw new Error(`${place}\n${(error as Error).message}`, { cause: error });
    }
  }
  await stage.scene.ends();
  for (const check of stage.finalChecks) check();
}

/** Who is who, and what is still to be answered. */
class Stage {
  readonly scene: Scenario;
  readonly finalChecks: (() => void)[] = [];
  readonly #called = new Map<string, SimulatedNode>();
  readonly #told = new Map<string, Promise<Outcome>[]>();

  constructor(scene: Scenario) {
    this.scene = scene;
  }

  get world() {
    return this.scene.world;
  }

  call(name: string, node: SimulatedNode): void {
    this.#called.set(name, node);
  }

  isCalled(name: string): boolean {
    return this.#called.has(name);
  }

  node(name: string): SimulatedNode {
    const [leader, first, second] = name.startsWith('the ') ? this.scene.roles : [];
    const found = { 'the leader': leader, 'the first follower': first, 'the second follower': second }[name];
    const node = found ?? this.#called.get(name);
    if (!node) throw new Error(`nobody is called ${name}`);
    return node;
  }

  tell(from: string, outcome: Promise<Outcome>): void {
    this.#told.set(from, [...(this.#told.get(from) ?? []), outcome]);
  }

  /** What was told and not yet asked about. */
  async outcomes(from: string): Promise<Outcome[]> {
    const told = this.#told.get(from) ?? [];
    if (told.length === 0) throw new Error(`${from} has told nothing`);
    this.#told.delete(from);
    const outcomes: Outcome[] = [];
    for (const one of told) outcomes.push(await this.scene.resolved(one));
    return outcomes;
  }

  /** Only as a new message would be noticed: whether a node tells clients anything from now on. */
  listenTo(node: SimulatedNode): void {
    const sinceMs = this.world.timeline.nowMs;
    const isHeard = (line: string) =>
      Number.parseFloat(line) * 1000 > sinceMs && line.includes(` ${node.id}: tells`);
    this.finalChecks.push(() => {
      const heard = this.world.trace.lines.find(isHeard);
      if (heard && !this.world.nodes.some(({ id, replica }) => id === node.id && replica?.role === 'leader'))
        throw new Error(`it told something: ${heard}`);
    });
  }
}

const who = '(the leader|the first follower|the second follower|[A-Z]\\w*)';
/** A message then takes about a second. */
const slowNetwork = 2_000;
const user = '(ann|ben|cid)';

const isElectionOf = (node: string, frame: Frame) => opensEpoch(frame) && frame.header.leader === node;

function phrase(pattern: string, run: Phrase['run']): Phrase {
  return { pattern: new RegExp(`^${pattern}$`), run };
}

const phrases: readonly Phrase[] = [
  phrase(`${user} tells ${user} "(.*)"`, (stage, from, to, text) => {
    stage.tell(from!, stage.world.user(from!).say(to!, text!));
  }),
  phrase(`${user} is answered(, as a duplicate)?`, async (stage, from, asDuplicate) => {
    for (const outcome of await stage.outcomes(from!)) {
      stage.scene.answered(outcome);
      const isDuplicate = outcome.is === 'ok' && outcome.result.duplicate === true;
      if (asDuplicate && !isDuplicate) throw new Error('it was answered as if it were new');
    }
  }),
  phrase(`${user} sees "(.*)" once`, async (stage, name, text) => {
    const times = () => stage.scene.shown(name!).filter((shown) => shown === text).length;
    await stage.scene.until(`${name} sees it`, () => times() > 0);
    stage.finalChecks.push(() => {
      if (times() !== 1) throw new Error(`${name} saw ${JSON.stringify(text)} ${times()} times`);
    });
  }),
  phrase(`${user} loses the connection for (\\d+) ms when a frame is stored`, (stage, name, ms) => {
    stage.world.awaitFrame(false, () => stage.world.user(name!).wire?.sever(Number(ms)));
  }),

  phrase(`${who} is called ([A-Z]\\w*)`, (stage, node, name) => stage.call(name!, stage.node(node!))),
  phrase(`${who} is killed`, (stage, node) => stage.node(node!).kill()),
  phrase(`${who} is wiped`, (stage, node) => stage.node(node!).wipe()),
  phrase(`${who} is started`, (stage, node) => stage.node(node!).start()),
  phrase(`${who} is paused`, (stage, node) => stage.node(node!).process?.pause()),
  phrase(`${who} is resumed`, (stage, node) => stage.node(node!).process?.resume()),
  phrase('the leader is killed when its frame is stored', (stage) => {
    stage.world.awaitFrame(false, (leader) => leader.kill());
  }),
  phrase('the candidate is killed when it has won, and called ([A-Z]\\w*)', (stage, name) => {
    stage.world.awaitFrame(true, (winner) => {
      stage.call(name!, winner);
      winner.kill();
    });
  }),
  phrase(`the network of ${who} is (slow|quick)`, (stage, name, speed) => {
    const { wire } = stage.node(name!);
    if (wire) wire.slowness = speed === 'slow' ? slowNetwork : 1;
  }),
  phrase(`the last frame of ${who} rots`, async (stage, name) => {
    const node = stage.node(name!);
    stage.world.watch.excuse(node.id, 'rotten');
    node.disk.rot.strikeFrame(await node.disk.contents.last());
  }),
  phrase(`the fold of ${who} goes wrong`, (stage, name) => {
    const node = stage.node(name!);
    foldWronglyOnce(
      node.copy!,
      () => false,
      () => stage.world.watch.excuse(node.id, 'folded wrongly'),
    );
  }),
  phrase(`${who} finds its copy sound`, async (stage, name) => {
    const { id } = stage.node(name!);
    const isSaid = () => stage.world.trace.lines.some((line) => line.includes(`${id}: its copy is sound`));
    await stage.scene.until(`${name} finds its copy sound`, isSaid);
  }),
  phrase(`from now on ${who} tells nobody anything`, (stage, node) => stage.listenTo(stage.node(node!))),

  phrase(`${who} is down`, async (stage, name) => {
    await stage.scene.until(`${name} is down`, () => stage.isCalled(name!) && !stage.node(name!).isUp);
  }),
  phrase(`${who} follows`, async (stage, name) => {
    const node = stage.node(name!);
    await stage.scene.until(`${name} follows`, () => node.replica?.state === 'following');
  }),
  phrase(`another than ${who} leads`, async (stage, name) => {
    const node = stage.node(name!);
    const isAnother = () => stage.world.leader !== undefined && stage.world.leader !== node;
    await stage.scene.until(`another than ${name} leads`, isAnother);
  }),
  phrase(`${who} opens an epoch`, async (stage, name) => {
    const { id } = stage.node(name!);
    const isOpen = () => stage.world.stream?.entries.some((bytes) => isElectionOf(id, Frame.decode(bytes)));
    await stage.scene.until(`${name} opens an epoch`, () => isOpen() === true);
  }),
  phrase('somebody campaigns', async (stage) => {
    const isTrying = () => stage.world.nodes.some(({ replica }) => replica?.role === 'candidate');
    await stage.scene.until('somebody campaigns', isTrying);
  }),
  phrase(`${who} sets its copy aside`, async (stage, name) => {
    const { id } = stage.node(name!);
    const isSaid = () =>
      stage.world.trace.lines.some((line) => line.includes(`${id}: kept the damaged copy`));
    await stage.scene.until(`${name} sets its copy aside`, isSaid);
  }),
  phrase(`${who} holds what the leader holds`, async (stage, name) => {
    const node = stage.node(name!);
    const isSame = () => node.copy?.mark.number === stage.world.leader?.copy?.mark.number;
    await stage.scene.until(`${name} has caught up`, isSame);
    if (node.copy?.mark.state !== stage.world.leader?.copy?.mark.state)
      throw new Error('the states are not the same');
  }),
  phrase('the cluster runs on (\\d+) cop(?:y|ies)', async (stage, copies) => {
    const isSo = () => stage.world.leader?.replica?.leadership?.cluster.copies === Number(copies);
    await stage.scene.until(`the cluster runs on ${copies}`, isSo);
  }),
  phrase('the log is in generation (\\d+)', async (stage, generation) => {
    const isSo = () => stage.world.leader?.copy?.tail.generation === Number(generation);
    await stage.scene.until(`the log is in generation ${generation}`, isSo);
  }),

  phrase('the next append is (unanswered|lost|late|doubled)', (stage, fate) => {
    stage.world.trouble.next = fate as AppendFate; // as the pattern has it
  }),
  phrase('the stream is lost', (stage) => stage.world.broker.loseStreams()),
  phrase('the stream loses its last (\\d+) entries', ({ world }, entries) => {
    const fault = { kind: 'stream-cut', atMs: 0, moment: 'now', forMs: 0, entries: Number(entries) } as const;
    strike(fault, { world, random: new SeededRandom('cut'), node: undefined });
  }),
  phrase('the server is killed', (stage) => stage.world.broker.stop()),
  phrase('the server is started', (stage) => stage.world.broker.start()),
  phrase('(\\d+(?:\\.\\d+)?) s pass(?:es)?', (stage, seconds) => stage.world.run(Number(seconds) * 1_000)),
];
