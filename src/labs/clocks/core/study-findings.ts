/** What the study found, as answers to the questions that courses ask: sentences made of its figures. */
import { type Prediction, scoreOf } from './queue-rule.ts';
import { type Finding, figure } from './report.ts';
import type { Outcome } from './study.ts';

export interface Evidence {
  readonly spread: readonly Outcome[];
  /** With a growing probability of internal events; at unequal rates, and at equal ones. */
  readonly uneven: readonly Outcome[];
  readonly even: readonly Outcome[];
  readonly scale: readonly Outcome[];
  readonly predictions: readonly Prediction[];
}

export function findings({ spread, uneven, even, scale, predictions }: Evidence): Finding[] {
  return [
    ...internalFindings(uneven, even),
    {
      question: 'How far do the slowest logical clocks fall behind system time?',
      answer: lagInWords(spread),
    },
    {
      question: 'What does a smaller spread of rates change?',
      answer: `${spread.at(-1)!.drift > spread[0]!.drift ? 'Drift is smaller' : 'Drift is not smaller'}: ${overSpread(spread, ({ drift }) => figure(drift))}. The longest queue holds ${overSpread(spread, ({ queueMax }) => figure(queueMax))} messages.`,
    },
    { question: 'What do more machines change?', answer: scaleInWords(scale) },
    { question: 'When does a queue grow?', answer: rulesInWords(predictions) },
  ];
}

/** @param uneven with a growing probability of internal events, at rates 1/3/6; @param even the same at 3/3/3. */
export function internalFindings(uneven: readonly Outcome[], even: readonly Outcome[]): Finding[] {
  return [
    {
      question: 'Do more or fewer internal events make jumps larger?',
      answer: `${capital(whichOf(uneven))} at rates 1/3/6, ${whichOf(even)} at 3/3/3. ${jumpsAt('1/3/6', uneven)} ${jumpsAt('3/3/3', even)}`,
    },
    { question: 'Why do internal events change jumps?', answer: whyInWords(uneven) },
  ];
}

/** A difference below this is chance. */
const differsBy = 1.05;
const usualInternal = 0.7;

const usualOf = (outcomes: readonly Outcome[]) =>
  outcomes.find(({ condition }) => condition.at === usualInternal)!;

/** Whether more or fewer internal events make the mean jump larger. */
function whichOf(outcomes: readonly Outcome[]): string {
  const few = outcomes[0]!.slowestJumpMean;
  const usual = usualOf(outcomes).slowestJumpMean;
  if (usual < few * differsBy && few < usual * differsBy) return 'neither';
  return usual > few ? 'more' : 'fewer';
}

const mostOf = (outcomes: readonly Outcome[]) =>
  outcomes.reduce((a, b) => (b.slowestJumpMean > a.slowestJumpMean ? b : a));

function jumpsAt(rates: string, outcomes: readonly Outcome[]): string {
  const [none, usual, last] = [outcomes[0]!, usualOf(outcomes), outcomes.at(-1)!];
  const most = mostOf(outcomes);
  const falls = most.slowestJumpMean > last.slowestJumpMean * differsBy;
  return [
    `At ${rates} the slowest clock's mean jump is ${figure(none.slowestJumpMean)} when no draw is internal and ${figure(usual.slowestJumpMean)} at ${usualInternal}; the most is ${figure(most.slowestJumpMean)}, at ${most.condition.at}${falls ? `, and beyond that it falls, to ${figure(last.slowestJumpMean)} at ${last.condition.at}` : ''}.`,
    `Its largest jump is ${figure(none.slowestJumpMax)}, ${figure(usual.slowestJumpMax)} and, at ${last.condition.at}, ${figure(last.slowestJumpMax)}.`,
  ].join(' ');
}

/** A mean jump is what messages bring, as often as one comes, and 1 at every other tick: both parts are told. */
function whyInWords(outcomes: readonly Outcome[]): string {
  const [none, most, last] = [outcomes[0]!, mostOf(outcomes), outcomes.at(-1)!];
  const parts = ({ condition, slowestTakes, slowestGain }: Outcome) =>
    `at ${percent(slowestTakes, 1)} of its ticks and by ${figure(slowestGain)} with ${condition.at} internal`;
  const told = [...new Set([none, usualOf(outcomes), most, last])].map(parts).join(', ');
  const keepsUp = outcomes.find(({ slowestQueueEnd }) => slowestQueueEnd < 1);
  const words = [
    'A clock jumps when it takes a message that is ahead of it; at any other tick it grows by 1.',
    `The slowest one takes a message, and grows, ${told}.`,
    'The more draws are internal, the rarer messages are, and the further their senders go from one to the next.',
    `While more come than it can take (${figure(none.slowestQueueEnd)} wait at the end when no draw is internal), it takes one at nearly every tick however many there are: only what each brings counts.`,
  ];
  if (keepsUp)
    words.push(
      `From ${keepsUp.condition.at} on less than one waits at the end: the clock is as far as the last message, and its mean jump can come near to the fastest rate over its own, not beyond.`,
    );
  if (most !== last)
    words.push(
      'When messages are rarer still, each brings yet more, so the largest jump grows; but what the others did since the last one is missing when the trial ends, so the mean does not.',
    );
  return words.join(' ');
}

function lagInWords(spread: readonly Outcome[]): string {
  const growing = spread.filter(({ lagHalfS, lagEndS }) => lagEndS > 1.5 * lagHalfS && lagEndS > 2);
  const names = growing.map(ratesOf).join(', ');
  return [
    'Told as how long ago the furthest clock showed what the slowest shows now, at the end of a minute:',
    `${overSpread(spread, ({ lagEndS, lagEndMaxS }) => `${figure(lagEndS)} s (at most ${figure(lagEndMaxS)})`)}.`,
    names === '' ? 'It grows nowhere here.' : `It keeps growing as long as the queue does, here at ${names};`,
    names === '' ? '' : 'elsewhere it stays within a few ticks.',
  ]
    .join(' ')
    .trim();
}

function overSpread(spread: readonly Outcome[], told: (one: Outcome) => string | number): string {
  return spread.map((one) => `${told(one)} at ${ratesOf(one)}`).join(', ');
}

function scaleInWords(scale: readonly Outcome[]): string {
  const [few, many] = [scale[0]!, scale.at(-1)!];
  return `From ${few.condition.at} to ${many.condition.at} machines with rates from 1 to 6, drift goes from ${figure(few.drift)} to ${figure(many.drift)}, and the longest queue from ${figure(few.queueMax)} to ${figure(many.queueMax)} messages.`;
}

function rulesInWords(predictions: readonly Prediction[]): string {
  const [notebook, balance] = [scoreOf(predictions, 'notebook'), scoreOf(predictions, 'balance')];
  return [
    "The notebook's rule, the others' rates over five against its own, has the sign right for",
    `${percent(notebook.right, notebook.asked)} of ${notebook.asked} machines outside ± 10 % of the threshold.`,
    `Counting only those ticks of the others that find no message, it is ${percent(balance.right, balance.asked)} of ${balance.asked}.`,
  ].join(' ');
}

/** Such as 1/3/6. */
export function ratesOf({ condition }: Outcome): string {
  return condition.name.replace('rates ', '');
}

export function percent(part: number, whole: number): string {
  return `${figure((100 * part) / Math.max(1, whole))} %`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
