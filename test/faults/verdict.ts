/** When all is over and healed: what the nodes kept is compared with what the clients saw. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from '../../src/checkers/check.ts';
import type { StateAt } from '../../src/checkers/hashes.ts';
import { parseHistory } from '../../src/checkers/history.ts';
import type { LogEntry, NodeRecord } from '../../src/checkers/log.ts';
import { Frame } from '../../src/events/frame.ts';
import { LevelStore } from '../../src/log/level.ts';
import type { NodeStatus } from '../../src/operator/operator.ts';
import { plainTextArgument } from './plain-text.ts';
import { nodes, ownEnvironment, program } from './processes.ts';

/** A cluster's own folder, and where its servers are. */
interface Judged {
  readonly folder: string;
  readonly data: string;
  readonly urls: readonly string[];
  /** What runs a command where the servers can be reached; nothing where that is here. */
  readonly entry?: readonly string[];
}

/** Whoever asked the nodes. */
interface Witness {
  statuses(): Promise<NodeStatus[]>;
  /** What a node said to have had. */
  hashesOf(node: string): StateAt[];
}

/** In the words of whoever found it; the evidence in full. */
export interface Finding {
  readonly what: string;
  readonly evidence: readonly unknown[];
}

const quietMsMax = 20_000;

/** @returns the position that every node has committed, undefined where they do not come to agree. */
export async function quietPosition(watching: Pick<Witness, 'statuses'>): Promise<number | undefined> {
  const untilMs = performance.now() + quietMsMax;
  let before = '';
  while (performance.now() < untilMs) {
    const statuses = await watching.statuses();
    const positions = new Set(statuses.map(({ position }) => position));
    const now = statuses.map(({ node, position, state_hash: hash }) => `${node} ${position} ${hash}`).join();
    const [position] = positions;
    if (statuses.length === nodes.length && positions.size === 1 && now === before) return position;
    before = now;
    await sleep(400);
  }
  return undefined;
}

/** Of nodes that have ended. @param upTo what they had committed when they were last asked. */
export async function readNodes(
  data: string,
  watching: Pick<Witness, 'hashesOf'>,
  upTo: number,
): Promise<NodeRecord[]> {
  const records: NodeRecord[] = [];
  for (const node of nodes) {
    const store = await LevelStore.open(join(data, 'nodes', node));
    const log: LogEntry[] = [];
    for await (const { bytes } of store.range(1)) {
      const frame = Frame.decode(bytes);
      for (const [index, event] of frame.events().entries()) {
        const position = frame.header.position + index;
        if (position <= upTo) log.push({ position, frame: frame.number, event });
      }
    }
    await store.close();
    records.push({ node, log, hashes: watching.hashesOf(node) });
  }
  return records;
}

export function checkAll(history: string, records: readonly NodeRecord[]): Finding[] {
  const violations = check(parseHistory(readFileSync(history, 'utf8')), records);
  return violations.map(({ promise, what, evidence }) => ({ what: `${promise}: ${what}`, evidence }));
}

/** `verbatim verify`, as an operator would ask. @param args `--data` asks the folder, not the nodes. */
export async function verify(cluster: Judged, isOffline: boolean): Promise<Finding[]> {
  const where = isOffline
    ? ['--data', cluster.data]
    : ['--servers', cluster.urls.join(','), plainTextArgument];
  const args = ['verify', '--json', ...where];
  const { status, stdout, stderr } = await runProgram(cluster, args);
  const rows = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { node: string; ok: boolean });
  const missing = nodes.filter((node) => !rows.some((row) => row.node === node && row.ok));
  if (status === 0 && missing.length === 0) return [];
  const how = isOffline ? 'offline' : 'online';
  return [{ what: `verify ${how} ends with ${status}: ${stderr.trim()}`, evidence: rows }];
}

async function runProgram(cluster: Judged, args: readonly string[]) {
  const [command, ...rest] = [...(cluster.entry ?? []), process.execPath, program, ...args];
  const child = spawn(command!, rest, {
    env: { ...ownEnvironment(join(cluster.folder, 'home')), VERBATIM_DATA: cluster.data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { status: status as number | null, stdout, stderr };
}
