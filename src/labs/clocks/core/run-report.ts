/** What there is to say about the trials of a run. */
import { Causality } from './causality.ts';
import { type Entry, isEvent } from './entry.ts';
import { figuresOf, rounded, type TrialFigures } from './figures.ts';
import { lagOf } from './lag.ts';
import { lanesOf } from './lanes.ts';
import { type Plot, thinned } from './plot.ts';
import { predictionsOf } from './queue-rule.ts';
import { figure, type Section, type Table } from './report.ts';
import type { Trial } from './settings.ts';

export interface Logged {
  readonly trial: Trial;
  readonly logs: readonly (readonly Entry[])[];
}

const trialsDrawnMax = 5;

export function runSections(trials: readonly Logged[]): Section[] {
  const figures = trials.map(({ trial, logs }) => figuresOf(trial, logs));
  return [
    { title: 'Figures', words: [howItWasRun(trials[0]!.trial, trials.length)], table: figuresTable(figures) },
    { title: 'What is behind, and by how much', table: lagTable(trials) },
    { title: 'Queues, and what the rules say of them', words: [rulesInWords], table: queueTable(trials) },
    { title: 'Order that the clocks see and messages do not', table: orderTable(trials) },
    ...trials.slice(0, trialsDrawnMax).map(({ trial, logs }) => ({
      title: `Trial ${trial.trial}`,
      plots: plotsOf({ trial, logs }),
    })),
  ];
}

function howItWasRun({ mode, seconds, internal, stamp, broadcast, machines }: Trial, count: number): string {
  return `${count} ${count === 1 ? 'trial' : 'trials'} of ${seconds} s, ${mode}, ${machines.length} machines, internal events with probability ${internal}; messages carry the clock ${stamp === 'post' ? 'after' : 'before'} the increment of their send, a broadcast takes ${broadcast}.`;
}

export function figuresTable(figures: readonly TrialFigures[]): Table {
  const head =
    'trial,seed,machine,rate,events,received,sent,broadcast,internal,final_clock,jump_mean,jump_max,queue_mean,queue_max,queue_end,drift';
  return {
    head: head.split(','),
    rows: figures.flatMap(({ trial, seed, machines, drift }) =>
      machines.map((machine) => [trial, seed, ...Object.values(machine), drift]),
    ),
  };
}

function lagTable(trials: readonly Logged[]): Table {
  const rows = trials.map(({ trial, logs }) => {
    const lag = lagOf(trial, logs);
    return [trial.trial, lag?.machine ?? '', rounded(lag?.halfS ?? 0), rounded(lag?.endS ?? 0)];
  });
  return { head: ['trial', 'slowest clock', 'behind at half time (s)', 'behind at the end (s)'], rows };
}

const rulesInWords =
  'Load is what comes over what can be taken: above 1 a queue grows. The notebook counts every tick of the others as a draw; the balance counts only those at which no message waits.';

function queueTable(trials: readonly Logged[]): Table {
  const rows = trials.flatMap(({ trial, logs }) => {
    const { machines, internal, seconds } = trial;
    const ends = logs.map((log) => log.filter(isEvent).at(-1)?.queue ?? 0);
    return predictionsOf(machines, internal, seconds, ends).map(
      ({ machine, rate, notebook, balance, hasGrown }, index) => [
        trial.trial,
        machine,
        rate,
        rounded(notebook),
        rounded(balance),
        ends[index]!,
        hasGrown ? 'yes' : 'no',
      ],
    );
  });
  return {
    head: [
      'trial',
      'machine',
      'rate',
      'load by the notebook',
      'load by the balance',
      'queue at the end',
      'grew',
    ],
    rows,
  };
}

const sampled = 40;

/** Of pairs that a Lamport clock puts in order, how many have nothing to do with one another. */
function orderTable(trials: readonly Logged[]): Table {
  const rows = trials.slice(0, trialsDrawnMax).map(({ trial, logs }) => {
    const causality = new Causality(
      lanesOf(
        trial.machines.map(({ id }) => id),
        logs,
      ),
    );
    let [ordered, unrelated] = [0, 0];
    for (let one = 0; one < sampled; one++) {
      const event = Math.floor(((one + 0.5) / sampled) * causality.size);
      const past = causality.pastOf(event);
      const { clock } = causality.eventAt(event);
      for (let other = 0; other < causality.size; other++) {
        if (causality.eventAt(other).clock >= clock) continue;
        ordered += 1;
        if (past[other] === 0) unrelated += 1;
      }
    }
    return [trial.trial, ordered, `${figure((100 * unrelated) / Math.max(1, ordered))} %`];
  });
  return { head: ['trial', 'pairs with L(a) < L(b)', 'of them concurrent'], rows };
}

function plotsOf({ trial, logs }: Logged): Plot[] {
  const startMs = Math.min(...logs.flatMap(([first]) => (first ? [first.atMs] : [])));
  const seriesOf = (value: (event: { clock: number; queue: number }) => number) =>
    trial.machines.map(({ id, rate }, index) => ({
      name: `${id} (${rate}/s)`,
      points: thinned((logs[index] ?? []).filter(isEvent)).map(
        (event) => [(event.atMs - startMs) / 1_000, value(event)] as const,
      ),
    }));
  const lag = lagOf(trial, logs);
  return [
    { title: 'Logical clocks', x: 'seconds', y: 'Lamport clock', series: seriesOf(({ clock }) => clock) },
    { title: 'Queues', x: 'seconds', y: 'messages that wait', series: seriesOf(({ queue }) => queue) },
    {
      title: 'The slowest clock, behind system time',
      x: 'seconds',
      y: 'seconds behind',
      series: lag ? [{ name: lag.machine, points: thinned(lag.points) }] : [],
    },
  ];
}
