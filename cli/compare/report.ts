/** The comparison as sections of a report: the findings first, then what they rest on. */
import type { Plot, Series } from '../../src/labs/clocks/core/plot.ts';
import type { Section, Table } from '../../src/labs/clocks/core/report.ts';
import type { Figures } from './figures.ts';
import { findingsOf, p50Of, rateOf, titleOf } from './findings.ts';
import { cautionOf, goalsOf, verdictOn } from './goals.ts';
import { memoryOf, quantile, round } from './load.ts';

export function reportSections(figures: Figures, how: string): Section[] {
  return [
    { title: 'Findings', words: [how], findings: findingsOf(figures) },
    goals(figures),
    latency(figures),
    rate(figures),
    weight(figures),
    connections(figures),
    extent(figures),
  ];
}

function goals(figures: Figures): Section {
  const rows = goalsOf(figures).map((one) => [one.goal, one.wanted, one.measured ?? '', verdictOn(one)]);
  const caution = cautionOf(figures);
  const words = caution === undefined ? [] : [caution];
  return { title: 'Goals', words, table: { head: ['goal', 'wanted', 'measured', ''], rows } };
}

function latency({ latencies }: Figures): Section {
  const shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
  const byRound: Series[] = latencies.map(({ door, rounds }) => ({
    name: titleOf[door],
    points: rounds.map(({ p50Ms }, index) => [index + 1, p50Ms] as const),
  }));
  const byShare: Series[] = latencies.map(({ door, latenciesMs }) => ({
    name: titleOf[door],
    points: shares.map((share) => [100 * share, quantile(latenciesMs, share)] as const),
  }));
  return {
    title: 'Latency, one message at a time',
    table: {
      head: ['door', 'messages', 'p50 ms', 'p90 ms', 'p99 ms'],
      rows: latencies.map((one) => [
        titleOf[one.door],
        one.latenciesMs.length,
        round(p50Of(one)),
        ...[0.9, 0.99].map((share) => round(quantile(one.latenciesMs, share))),
      ]),
    },
    plots: [
      { title: 'How many took at most how long', x: '% of the messages', y: 'ms', series: byShare },
      { title: 'Round by round', x: 'round', y: 'p50, ms', series: byRound, isCounted: true },
    ],
  };
}

function rate({ rates }: Figures): Section {
  const plot: Plot = {
    title: 'Round by round',
    x: 'round',
    isCounted: true,
    y: 'acknowledged sends per second',
    series: rates.map(({ door, perSecond }) => ({
      name: titleOf[door],
      points: perSecond.map((value, index) => [index + 1, Math.round(value)] as const),
    })),
  };
  const rows = rates.map((one) => [
    titleOf[one.door],
    Math.round(rateOf(one)),
    Math.round(Math.min(...one.perSecond)),
    Math.round(Math.max(...one.perSecond)),
  ]);
  return {
    title: 'Rate, 64 under way',
    table: { head: ['door', 'per second (median)', 'least', 'most'], rows },
    plots: [plot],
  };
}

function weight({ bytes }: Figures): Section {
  const doors = [...new Set(bytes.map(({ door }) => door))];
  const plot = (inFlight: number): Plot => ({
    title: inFlight === 1 ? 'One by one' : `${inFlight} under way`,
    x: 'characters',
    y: 'bytes per message, both ways',
    series: doors.map((door) => ({
      name: titleOf[door],
      points: bytes
        .filter((one) => one.door === door && one.inFlight === inFlight)
        .map(({ characters, up, down }) => [characters, Math.round(up + down)] as const),
    })),
  });
  const table: Table = {
    head: ['door', 'characters', 'under way', 'request as written', 'on the socket up', 'down', 'together'],
    rows: bytes.map(({ door, characters, inFlight, encoded, up, down }) => [
      titleOf[door],
      characters,
      inFlight,
      encoded,
      Math.round(up),
      Math.round(down),
      Math.round(up + down),
    ]),
  };
  const words = [
    "Counted between client and door, over all that goes there: signs of life included, the log-in not. TCP's own headers are not counted.",
  ];
  return { title: 'Bytes per message', words, table, plots: [plot(1), plot(64)] };
}

function connections({ setUps, holdings }: Figures): Section {
  const rows = setUps.map(({ door, connectMs, readyMs }) => {
    const held = holdings.find((one) => one.door === door);
    return [
      titleOf[door],
      connectMs === undefined ? '' : round(connectMs),
      round(readyMs),
      memoryOf(held?.idleKb) ?? '',
      memoryOf(held?.loggedInKb) ?? '',
    ];
  });
  const head = ['door', 'connected ms', 'logged in ms', 'idle KB each', 'logged in KB each'];
  return { title: 'Connections', table: { head, rows } };
}

function extent({ extents }: Figures): Section {
  const rows = extents.map(({ door, lines, generatedLines, packages, packagesInAll }) => [
    titleOf[door],
    lines,
    generatedLines,
    packages.join(', '),
    packagesInAll,
  ]);
  const words = [
    'Lines that are neither empty nor comments, of what each door has beside the SDK and beside what both gateways share.',
  ];
  const head = ['door', 'lines', 'generated', 'packages', 'with theirs'];
  return { title: 'Code and packages', words, table: { head, rows } };
}
