/** The study as sections of a report: its findings first, then what they rest on. */
import { rounded } from './figures.ts';
import { type Prediction, scoreOf } from './queue-rule.ts';
import type { Section, Table } from './report.ts';
import type { Condition, Outcome } from './study.ts';

export function studySections(outcomes: readonly Outcome[], predictions: readonly Prediction[]): Section[] {
  const of = (group: Condition['group'], part = '') =>
    outcomes.filter(({ condition }) => condition.group === group && condition.name.includes(part));
  const uneven = of('internal', 'rates 1/3/6');
  const even = of('internal', 'rates 3/3/3');
  const lines = (name: string, outcomes: readonly Outcome[], value: (one: Outcome) => number) => ({
    name,
    points: outcomes.map((one) => [one.condition.at, value(one)] as const),
  });
  return [
    { title: 'Findings', words: findings(of('spread'), uneven, even, of('scale'), predictions) },
    {
      title: 'Internal events and jumps',
      table: outcomeTable([...uneven, ...even]),
      plots: [
        {
          title: 'Mean jump of the slowest clock',
          x: 'probability of an internal event',
          y: 'jump',
          series: [
            lines('1/3/6', uneven, (one) => one.slowestJumpMean),
            lines('3/3/3', even, (one) => one.slowestJumpMean),
          ],
        },
        {
          title: 'Largest jump of the slowest clock',
          x: 'probability of an internal event',
          y: 'jump',
          series: [
            lines('1/3/6', uneven, (one) => one.slowestJumpMax),
            lines('3/3/3', even, (one) => one.slowestJumpMax),
          ],
        },
        {
          title: 'Longest queue',
          x: 'probability of an internal event',
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
          x: 'largest rate less smallest',
          y: 'drift',
          series: [{ ...lines('drift', of('spread'), (one) => one.drift), isScattered: true }],
        },
        {
          title: 'The slowest clock, behind system time',
          x: 'largest rate less smallest',
          y: 'seconds',
          series: [{ ...lines('at the end', of('spread'), (one) => one.lagEndS), isScattered: true }],
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
          y: '',
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

function findings(
  spread: readonly Outcome[],
  uneven: readonly Outcome[],
  even: readonly Outcome[],
  scale: readonly Outcome[],
  predictions: readonly Prediction[],
): string[] {
  const closest = spread[0]!;
  const notebook = scoreOf(predictions, 'notebook');
  const balance = scoreOf(predictions, 'balance');
  return [
    jumpsInWords('With unequal rates (1/3/6)', uneven),
    jumpsInWords('With equal rates (3/3/3)', even),
    lagInWords(spread),
    `A smaller spread makes drift smaller: ${spread.map(({ condition, drift }) => `${drift} at ${condition.name}`).join(', ')}. With the smallest spread the longest queue is ${closest.queueMax}.`,
    `With more machines drift goes from ${scale[0]!.drift} (${scale[0]!.condition.name}) to ${scale.at(-1)!.drift} (${scale.at(-1)!.condition.name}), and the longest queue from ${scale[0]!.queueMax} to ${scale.at(-1)!.queueMax}.`,
    `The notebook's rule for queues has the sign right for ${percent(notebook.right, notebook.asked)} of ${notebook.asked} machines outside ± 10 % of the threshold, the balance for ${percent(balance.right, balance.asked)} of ${balance.asked}.`,
  ];
}

/** Whether more or fewer internal events make jumps larger. */
function jumpsInWords(when: string, outcomes: readonly Outcome[]): string {
  return [
    `${when}:`,
    jumpInWords('mean jump', outcomes, ({ slowestJumpMean }) => slowestJumpMean),
    jumpInWords('largest jump', outcomes, ({ slowestJumpMax }) => slowestJumpMax),
  ].join(' ');
}

/** A difference below this is chance. */
const differsBy = 1.05;

function jumpInWords(what: string, outcomes: readonly Outcome[], value: (one: Outcome) => number): string {
  const last = outcomes.at(-1)!;
  const most = outcomes.reduce((a, b) => (value(b) > value(a) ? b : a));
  const few = value(outcomes[0]!);
  const usual = value(outcomes.find(({ condition }) => condition.at === 0.7)!);
  const figures = `${few} when none is internal, ${usual} at 0.7`;
  const end =
    most === last
      ? `it goes on growing, to ${value(last)} at ${last.condition.at}`
      : `the most is ${value(most)}, at ${most.condition.at}, and ${value(last)} are left at ${last.condition.at}`;
  if (usual < few * differsBy && few < usual * differsBy)
    return `Neither more nor fewer internal events change the ${what} of the slowest clock much: ${figures}; ${end}.`;
  return `${usual > few ? 'More' : 'Fewer'} internal events make the ${what} of the slowest clock larger: ${figures}; ${end}.`;
}

/** How far the slowest logical clocks fall behind system time. */
function lagInWords(spread: readonly Outcome[]): string {
  const told = spread.map(
    ({ condition, lagHalfS, lagEndS, lagEndMaxS }) =>
      `${condition.name}: ${lagHalfS} s at half time, ${lagEndS} s at the end (at most ${lagEndMaxS})`,
  );
  const growing = spread.filter(({ lagHalfS, lagEndS }) => lagEndS > 1.5 * lagHalfS && lagEndS > 2);
  const names = growing.map(({ condition }) => condition.name).join(', ') || 'none of these';
  return `How far the slowest logical clock falls behind system time, as how long ago the furthest clock showed what it shows: ${told.join('; ')}. It keeps falling behind as long as its queue grows (here: ${names}), and else stays within a few ticks.`;
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
      : `The notebook is wrong where its load is from ${rounded(Math.min(...loads))} to ${rounded(Math.max(...loads))}: it takes every tick of the others for a draw, but those who take messages draw less often, so it expects more than comes.`;
  const dots = (name: string, hasGrown: boolean) => ({
    name,
    isScattered: true,
    points: predictions
      .filter((one) => one.hasGrown === hasGrown)
      .map(({ notebook, balance }) => [notebook, balance] as const),
  });
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
        x: 'by the notebook',
        y: 'by the balance',
        series: [dots('grew', true), dots('did not', false)],
      },
    ],
  };
}

function percent(part: number, whole: number): string {
  return `${rounded((100 * part) / Math.max(1, whole))} %`;
}
