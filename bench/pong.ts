/** Pong: what the rules cost, how even the ticks of a node are, what goes over the wire and into the log, what a death costs. */
import { setTimeout as pause } from 'node:timers/promises';
import { readSecrets } from '../src/cluster/secrets.ts';
import { Frame } from '../src/events/frame.ts';
import { Operator } from '../src/operator/operator.ts';
import { playedBack } from '../src/pong/recording.ts';
import { TcpProxy } from '../test/faults/tcp-proxy.ts';
import { playBots } from '../test/support/pong.ts';
import type { BenchCluster } from './cluster.ts';
import { leaderOf, untilWell } from './health.ts';
import { type Row, round, timesRow } from './measure.ts';
import { Arena } from './pong/arena.ts';
import { cpuMs, TickTimes } from './pong/tick-times.ts';

const nodes = ['n1', 'n2', 'n3'];
const hourTicks = 216_000;
const evenMs = 20_000;
const loadMs = 8_000;

export async function benchPong(
  cluster: BenchCluster,
  { kills }: { readonly kills: number },
): Promise<Row[]> {
  const { operatorPassword } = await readSecrets(cluster.data);
  const operator = await Operator.connect([cluster.url], operatorPassword);
  try {
    return [
      ...(['hard', 'easy'] as const).map(anHour),
      ...(await evenness(cluster, operator)),
      ...(await load(cluster, operator)),
      ...(await deaths(cluster, operator, kills)),
    ];
  } finally {
    await operator.close();
  }
}

/** An hour of play between two bots, in frames as a leader would cut them while nothing else happens. */
function anHour(level: 'hard' | 'easy'): Row {
  const matches = [];
  let ticks = 0;
  for (let seed = 1; ticks < hourTicks; seed++) {
    const match = playBots(2_654_435_761 * seed, 11, [level, level]);
    matches.push(match);
    ticks += match.end.tick;
  }
  const records = matches.flatMap(({ records }) => records);
  const perHour = hourTicks / ticks;
  const begunMs = performance.now();
  for (const { start, records } of matches) records.reduce(playedBack, start);
  const replayMs = (performance.now() - begunMs) * perHour;
  const bytes = records.reduce((sum, record, index) => sum + frameBytes(record, index), 0);
  return {
    what: `an hour of two ${level} bots`,
    points: Math.round(matches.reduce((sum, { points }) => sum + points, 0) * perHour),
    inputs_kb: round((records.reduce((sum, { play }) => sum + play.length, 0) * perHour) / 1_000),
    log_kb: round((bytes * perHour) / 1_000),
    frames: Math.round(records.length * perHour),
    replay_ms: round(replayMs),
  };
}

function frameBytes({ to, play }: { readonly to: number; readonly play: string }, index: number): number {
  const digest = 'f'.repeat(64);
  const number = 10_000 + index;
  const data = { match: 'p-0123456789abcdef', to, play, by: 0 };
  const header = { generation: 1, epoch: 1, number, prev: digest, leader: 'n1', position: number };
  const mark = { number, state: digest, version: 5 };
  const event = JSON.stringify({ type: 'PointScored', at: 1_795_344_096_172, data });
  return Frame.encode({ ...header, clock: number, wall: 1_795_344_096_172, mark }, [event]).bytes.length;
}

/** Four matches of two players each, on one node; one of the players behind a proxy that counts bytes. */
async function evenness(cluster: BenchCluster, operator: Operator): Promise<Row[]> {
  const proxy = await TcpProxy.to(Number(new URL(cluster.url).port));
  const arena = await Arena.open(cluster, 8, proxy.url);
  const matches = [0, 2, 4, 6].map((index) => [index, index + 1] as const);
  for (const [left, right] of matches) await arena.play(left, right, 21);
  await pause(3_500); // countdowns
  const leader = await leaderOf(operator, nodes);
  const times = await TickTimes.of(operator, leader);
  const pid = cluster.pids.get(leader)!;
  const [beforeCpuMs, beforeBytes] = [cpuMs(pid), proxy.bytes];
  await pause(evenMs);
  const ticks = await times.since();
  const { up, down } = proxy.bytes;
  const late = arena.late;
  const cpu = (100 * (cpuMs(pid) - beforeCpuMs)) / evenMs;
  await arena.close();
  await proxy.close();
  const perSecond = (after: number, before: number) => round((after - before) / (evenMs / 1_000) / 1_000);
  return [
    { what: '4 matches on one node', ...ticks, leader_cpu_percent: round(cpu), late_inputs: late },
    {
      what: 'one client of them',
      up_kb_s: perSecond(up, beforeBytes.up),
      down_kb_s: perSecond(down, beforeBytes.down),
    },
  ];
}

/** More and more matches against bots, whose players only say that they are there. */
async function load(cluster: BenchCluster, operator: Operator): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of [16, 32, 64, 128]) {
    const arena = await Arena.open(cluster, count / 4);
    for (let match = 0; match < count; match++) await arena.practise(match % (count / 4));
    await pause(3_500);
    const leader = await leaderOf(operator, nodes);
    const times = await TickTimes.of(operator, leader);
    const pid = cluster.pids.get(leader)!;
    const beforeMs = cpuMs(pid);
    await pause(loadMs);
    const cpu = (100 * (cpuMs(pid) - beforeMs)) / loadMs;
    rows.push({
      what: `${count} matches on one node`,
      ...(await times.since()),
      leader_cpu_percent: round(cpu),
    });
    await arena.close();
  }
  return rows;
}

/** The leader is killed in mid-rally, again and again. */
async function deaths(cluster: BenchCluster, operator: Operator, kills: number): Promise<Row[]> {
  const arena = await Arena.open(cluster, 2);
  let table = await arena.play(0, 1, 21);
  const freezesMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await untilWell(operator, nodes);
    if (table.isOver) table = await arena.play(0, 1, 21);
    await table.inRally();
    await pause(500 * Math.random()); // not in step with anything
    const leader = await leaderOf(operator, nodes);
    const known = await table.recorded();
    const atMs = performance.now();
    process.kill(cluster.pids.get(leader)!, 'SIGKILL');
    freezesMs.push((await table.nextEpoch()) - atMs);
    await table.stillRecorded(known);
  }
  await arena.close();
  const { replayedTicks, retracted, authorities, lost } = arena.account;
  return [
    timesRow('leader killed in mid-rally: to the next report', freezesMs),
    {
      what: 'points retracted, committed records lost, epochs with two authorities, ticks shown and played again',
      times: kills,
      retracted,
      lost,
      two_authorities: authorities,
      ticks_again: replayedTicks,
    },
  ];
}
