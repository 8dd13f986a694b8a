import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { DoorName } from '../../../cli/compare/doors.ts';
import type { Figures } from '../../../cli/compare/figures.ts';
import { findingsOf } from '../../../cli/compare/findings.ts';
import { cautionOf, goalsOf, verdictOn } from '../../../cli/compare/goals.ts';
import { figureLines } from '../../../cli/compare/lines.ts';
import { median } from '../../../cli/compare/load.ts';
import { countingProxy } from '../../../cli/compare/proxy.ts';
import { reportSections } from '../../../cli/compare/report.ts';
import { reportPage } from '../../../src/labs/clocks/core/report.ts';

/** @param costs of a door, of a message and of a connection, to those of NATS. */
function figuresOf(costs: Readonly<Record<DoorName, number>>): Figures {
  const doors = Object.keys(costs) as DoorName[];
  const times = (of: DoorName) => [3, 4, 5].map((ms) => ms * costs[of]);
  return {
    latencies: doors.map((door) => ({
      door,
      latenciesMs: times(door),
      rounds: [3.9, 4, 4.1].map((ms) => ({ p50Ms: ms * costs[door], p99Ms: (ms + 1) * costs[door] })),
    })),
    rates: doors.map((door) => ({
      door,
      inFlight: 64,
      perSecond: [900, 1_000, 1_100].map((one) => one / costs[door]),
    })),
    bytes: doors.flatMap((door) =>
      [10, 100, 1_000].flatMap((characters) =>
        [1, 64].map((inFlight) => ({
          door,
          characters,
          inFlight,
          up: characters + 10,
          down: 20 * costs[door],
          encoded: characters,
        })),
      ),
    ),
    setUps: doors.map((door) => ({
      door,
      connectMs: door === 'nats' ? undefined : costs[door],
      readyMs: 10 * costs[door],
    })),
    holdings: doors.map((door) => ({
      door,
      connections: 1_000,
      idleKb: door === 'nats' ? undefined : 10 * costs[door],
      loggedInKb: 30 * costs[door],
    })),
    extents: doors.map((door) => ({
      door,
      lines: 1_000,
      generatedLines: 0,
      packages: door === 'wire' ? [] : [door],
      packagesInAll: door === 'wire' ? 0 : 7,
    })),
  };
}

describe('a comparison', () => {
  it('holds the figures against the goals', () => {
    const met = (figures: Figures) => goalsOf(figures).map(({ isMet }) => isMet);
    expect(met(figuresOf({ nats: 1, wire: 1.1, grpc: 1.3 }))).toEqual(Array.from({ length: 7 }, () => true));
    expect(met(figuresOf({ nats: 1, wire: 1.3, grpc: 5 }))).toEqual([
      false,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('says what was found in words, and in what order', () => {
    const [latency, rate, bytes, , extent] = findingsOf(figuresOf({ nats: 1, wire: 0.5, grpc: 2 }));
    expect(latency!.answer).toContain("wire 2 ms (p99 2.5 ms, 0.50 × of NATS's)");
    expect(rate!.answer).toMatch(
      /^wire is first: wire 2,000 a second \(1,800 to 2,200, 2\.00 ×\), NATS 1,000 .* and gRPC 500/,
    );
    expect(latency!.answer).toContain('wire takes 2 ms less than NATS; gRPC takes 4 ms more than NATS.');
    expect(bytes!.answer).toMatch(/For 1,000 characters: .*; of these the text itself is 95 to 98 %\.$/);
    expect(bytes!.answer).toContain('wire is the lightest');
    expect(extent!.answer).toContain('wire 1,000 lines and no package');
  });

  it('says where rounds differ as much as doors', () => {
    const [latency, rate] = findingsOf(figuresOf({ nats: 1, wire: 1.01, grpc: 2 }));
    expect(latency!.answer).toContain('wire takes 0.04 ms more than NATS (not sure: rounds differ as much);');
    expect(rate!.answer).toMatch(/^NATS is first, ahead of wire \(not sure: rounds differ as much\): /);
  });

  it('makes no figure of memory that is lost among other memory', () => {
    const figures = figuresOf({ nats: 1, wire: -1, grpc: 1 });
    const judged = goalsOf(figures).filter(({ goal }) => goal.startsWith('wire: KB'));
    expect(judged.map(verdictOn)).toEqual(['not measurable', 'not measurable']);
    const [, , , connection] = findingsOf(figures);
    expect(connection!.answer).toContain('wire too little to be measured logged in');
  });

  it('says of how few it comes', () => {
    const figures = figuresOf({ nats: 1, wire: 1, grpc: 1 });
    expect(cautionOf(figures)).toMatch(/^Of no more than 3 messages one by one at each door: too few/);
    const many = figures.latencies.map((one) => ({
      ...one,
      latenciesMs: Array.from({ length: 500 }, () => 1),
    }));
    expect(cautionOf({ ...figures, latencies: many })).toBeUndefined();
  });

  it('has the middle of an even number between the two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(2);
  });

  it('is a line for each figure, and a page without scripts', () => {
    const figures = figuresOf({ nats: 1, wire: 1, grpc: 1 });
    expect(figureLines(figures)).toHaveLength(3 + 3 + 18 + 3 + 3 + 3);
    const page = reportPage('Three doors', reportSections(figures, 'How it was measured.'), 'sha256-x');
    expect(page.match(/<svg/g)).toHaveLength(5);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('NaN');
  });
});

it('somebody in between counts what goes through a socket, and changes none of it', async () => {
  const echo = createServer((socket) => void socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = await countingProxy((echo.address() as { port: number }).port);
  const socket = connect(proxy.port, '127.0.0.1').setEncoding('utf8');
  socket.write('seven');
  expect(await once(socket, 'data')).toEqual(['seven']);
  expect(proxy.bytes).toEqual({ up: 5, down: 5 });
  socket.destroy();
  await proxy.close();
  echo.close();
});
