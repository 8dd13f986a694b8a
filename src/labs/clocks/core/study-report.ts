/** The study as sections of a report: its findings first, then what they rest on. */
import { type Prediction, scoreOf } from './queue-rule.ts';
import { figure, type Section, type Table } from './report.ts';
import type { Condition, Outcome } from './study.ts';
import { findings, percent } from './study-findings.ts';

export function studySections(outcomes: readonly Outcome[], predictions: readonly Prediction[]): Section[] {
  const of = (group: Condition['group'], part = '') =>
    outcomes.filter(({ condition }) => condition.group === group && condition.name.includes(part));
  const uneven = of('internal', 'rates 1/3/6');
  const even = of('internal', 'rates 3/3/3');
  const lines = (name: string, outcomes: readonly Outcome[], value: (one: Outcome) => number) => ({
    name,
    points: outcomes.map((one) => [one.condition.at, value(one)] as const),
  });
  const dotted = (name: string, outcomes: readonly Outcome[], value: (one: Outcome) => number) => ({
    name,
    isScattered: true,
    points: outcomes.map(({ condition, ...one }) => {
      return [condition.at, value({ condition, ...one }), condition.name.replace('rates ', '')] as const;
    }),
  });
  return [
    {
      title: 'Findings',
      findings: findings({ spread: of('spread'), uneven, even, scale: of('scale'), predictions }),
    },
    {
      title: 'Internal events and jumps',
      table: outcomeTable([...uneven, ...even]),
      plots: [
        {
          title: 'Mean jump of the slowest clock',
          x: 'probability that a draw is internal',
          y: 'increase of its clock at a tick',
          series: [
            lines('1/3/6', uneven, (one) => one.slowestJumpMean),
            lines('3/3/3', even, (one) => one.slowestJumpMean),
          ],
        },
        {
          title: 'Largest jump of the slowest clock',
          x: 'probability that a draw is internal',
          y: 'increase of its clock at a tick',
          series: [
            lines('1/3/6', uneven, (one) => one.slowestJumpMax),
            lines('3/3/3', even, (one) => one.slowestJumpMax),
          ],
        },
        {
          title: 'Longest queue',
          x: 'probability that a draw is internal',
          y: 'messages',
          series: [
            lines('1/3/6', uneven, (one) => one.queueMax),
            lines('3/3/3', even, (one) => one.queueMax),
          ],
        },
      ],
    },
    {
      title: 'The spread of rates',
      table: outcomeTable(of('spread')),
      plots: [
        {
          title: 'Drift',
          x: 'largest rate less smallest, ticks a second',
          y: 'largest final clock less the smallest',
          series: [dotted('drift', of('spread'), (one) => one.drift)],
        },
        {
          title: 'The slowest clock, behind system time',
          x: 'largest rate less smallest, ticks a second',
          y: 'seconds behind at the end',
          series: [dotted('at the end', of('spread'), (one) => one.lagEndS)],
        },
      ],
    },
    {
      title: 'Scale',
      table: outcomeTable(of('scale')),
      plots: [
        {
          title: 'Drift and queues',
          x: 'machines',
          y: 'difference of clocks; messages',
          series: [
            lines('drift', of('scale'), (one) => one.drift),
            lines('longest queue', of('scale'), (one) => one.queueMax),
          ],
        },
      ],
    },
    { title: 'Stamps and broadcasts', table: outcomeTable(of('stamp')) },
    rulesSection(predictions),
  ];
}

export function outcomeTable(outcomes: readonly Outcome[]): Table {
  return {
    head: [
      'condition',
      'trials',
      'drift',
      'slowest: mean jump',
      'slowest: largest jump',
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
