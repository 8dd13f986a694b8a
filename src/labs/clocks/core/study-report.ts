/** The study as sections of a report: its findings first, then what they rest on. */

import type { Plot, Series } from './plot.ts';
import { type Prediction, scoreOf } from './queue-rule.ts';
import { figure, type Section, type Table } from './report.ts';
import type { Condition, Outcome } from './study.ts';
import { findings, percent, ratesOf } from './study-findings.ts';

export function studySections(outcomes: readonly Outcome[], predictions: readonly Prediction[]): Section[] {
  const of = (group: Condition['group'], part = '') =>
    outcomes.filter(({ condition }) => condition.group === group && condition.name.includes(part));
  const uneven = of('internal', 'rates 1/3/6');
  const even = of('internal', 'rates 3/3/3');
  const [spread, scale] = [of('spread'), of('scale')];
  return [
    { title: 'Findings', findings: findings({ spread, uneven, even, scale, predictions }) },
    internalSection(uneven, even),
    spreadSection(spread),
    {
      title: 'Scale',
      table: outcomeTable(scale),
      plots: [
        {
          title: 'Drift and queues',
          x: 'machines',
          y: 'difference of clocks; messages',
          series: [
            series('drift', scale, ({ drift }) => drift),
            series('longest queue', scale, ({ queueMax }) => queueMax),
          ],
        },
      ],
    },
    { title: 'Stamps and broadcasts', table: outcomeTable(of('stamp')) },
    rulesSection(predictions),
  ];
}

type Figure = (one: Outcome) => number;

function series(name: string, outcomes: readonly Outcome[], value: Figure): Series {
  return { name, points: outcomes.map((one) => [one.condition.at, value(one)] as const) };
}

function internalSection(uneven: readonly Outcome[], even: readonly Outcome[]): Section {
  const plot = (title: string, y: string, value: Figure): Plot => ({
    title,
    x: 'probability that a draw is internal',
    y,
    series: [series('1/3/6', uneven, value), series('3/3/3', even, value)],
  });
  return {
    title: 'Internal events and jumps',
    table: outcomeTable([...uneven, ...even]),
    plots: [
      plot('Mean jump of the slowest clock', 'increase at a tick', ({ slowestJumpMean }) => slowestJumpMean),
      plot('Largest jump of the slowest clock', 'increase at a tick', ({ slowestJumpMax }) => slowestJumpMax),
      plot('Longest queue', 'messages', ({ queueMax }) => queueMax),
    ],
  };
}

function spreadSection(spread: readonly Outcome[]): Section {
  const plot = (title: string, y: string, value: Figure): Plot => ({
    title,
    x: 'largest rate less smallest, ticks a second',
    y,
    series: [
      {
        name: title,
        isScattered: true,
        points: spread.map((one) => [one.condition.at, value(one), ratesOf(one)] as const),
      },
    ],
  });
  return {
    title: 'The spread of rates',
    table: outcomeTable(spread),
    plots: [
      plot('Drift', 'largest final clock less the smallest', ({ drift }) => drift),
      plot('The slowest clock, behind system time', 'seconds behind at the end', ({ lagEndS }) => lagEndS),
    ],
  };
}

export function outcomeTable(outcomes: readonly Outcome[]): Table {
  return {
    head: [
      'condition',
      'trials',
      'drift',
      'slowest: mean jump',
      'slowest: largest jump',
      'slowest: share of ticks that take a message',
      'slowest: growth at one of these',
      'all: mean jump',
      'longest queue',
      'behind at half time (s)',
      'behind at the end (s)',
      'at most (s)',
    ],
    rows: outcomes.map((one) => [
      one.condition.name,
      one.trials.length,
      one.drift,
      one.slowestJumpMean,
      one.slowestJumpMax,
      one.slowestTakes,
      one.slowestGain,
      one.jumpMean,
      one.queueMax,
      one.lagHalfS,
      one.lagEndS,
      one.lagEndMaxS,
    ]),
  };
}

function rulesSection(predictions: readonly Prediction[]): Section {
  const rows = (['notebook', 'balance'] as const).map((rule) => {
    const { asked, right, falselyGrowing, falselySteady } = scoreOf(predictions, rule);
    return [rule, predictions.length, asked, percent(right, asked), falselyGrowing, falselySteady];
  });
  const wrong = predictions.filter(
    (one) => Math.abs(one.notebook - 1) > 0.1 && one.notebook > 1 !== one.hasGrown,
  );
  const loads = wrong.map(({ notebook }) => notebook);
  const where =
    wrong.length === 0
      ? 'In these runs the notebook is wrong nowhere outside ± 10 %.'
      : `The notebook is wrong where its load is from ${figure(Math.min(...loads))} to ${figure(Math.max(...loads))}: it takes every tick of the others for a draw, but those who take messages draw less often, so it expects more than comes.`;
  const dots = (name: string, hasGrown: boolean) => ({
    name,
    isScattered: true,
    points: predictions
      .filter((one) => one.hasGrown === hasGrown)
      .map(({ notebook, balance }) => [notebook, balance] as const),
  });
  const most = predictions.reduce((max, { notebook, balance }) => Math.max(max, notebook, balance), 1);
  const cross = [
    [0, 1],
    [most, 1],
    [1, 1],
    [1, most],
    [1, 0],
  ] as const;
  return {
    title: 'When queues grow: two rules as predictions',
    words: [
      "Notebook: a queue grows when the others' rates, over five, exceed its own. Balance: the same, with only those ticks of the others that find no message waiting, solved for all machines at once.",
      where,
    ],
    table: {
      head: [
        'rule',
        'machines',
        'outside ± 10 %',
        'sign right',
        'said to grow, did not',
        'said not to, grew',
      ],
      rows,
    },
    plots: [
      {
        title: 'Load by either rule; a queue should grow above 1',
        x: 'load by the notebook',
        y: 'load by the balance',
        series: [dots('grew', true), dots('did not', false), { name: 'threshold', points: cross }],
      },
    ],
  };
}
