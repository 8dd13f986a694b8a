/** `verbatim clocks ask`: which of two events happened before the other, and how it can have reached it. */
import type { Command } from 'commander';
import type { EventName } from '../../src/labs/clocks/core/entry.ts';
import { Refusal, UsageError } from '../failure.ts';
import { type OutputOptions, withOutput } from '../options.ts';
import { Output } from '../output.ts';
import { storedTrial, withTrial } from './stored.ts';

interface Options extends OutputOptions {
  readonly trial: number;
}

export function configure(command: Command): void {
  withOutput(withTrial(command))
    .argument('<dir>', 'the folder of a run')
    .argument('<question>', "two events, as 'm1:12 -> m3:40'")
    .addHelpText(
      'after',
      `
m1:12 is the twelfth event of m1. The answer comes from the messages, not from the clocks. Of a path its messages are
shown, and how many events lie between them; with --json every event.

Example:
  $ verbatim clocks ask clocks-run 'm1:12 -> m3:40'`,
    )
    .action(run);
}

async function run(folder: string, question: string, options: Options): Promise<void> {
  const [{ Causality }, { lanesOf }, { eventNameFrom, nameOf }] = await Promise.all([
    import('../../src/labs/clocks/core/causality.ts'),
    import('../../src/labs/clocks/core/lanes.ts'),
    import('../../src/labs/clocks/core/entry.ts'),
  ]);
  const [first, second, ...others] = question
    .split(/\s*(?:->|→)\s*/)
    .map((text) => eventNameFrom(text.trim()));
  if (!first || !second || others.length > 0)
    throw new UsageError(`a question looks like 'm1:12 -> m3:40', not ${JSON.stringify(question)}`);
  const { trial, logs } = await storedTrial(folder, options.trial);
  const askedMs = performance.now();
  const ids = trial.machines.map(({ id }) => id);
  const causality = new Causality(lanesOf(ids, logs));
  const find = (name: EventName): number => {
    if (!ids.includes(name.machine))
      throw new Refusal(
        'unknown-machine',
        `there is no machine ${name.machine}; there are ${ids.join(', ')}`,
      );
    const event = causality.find(name);
    if (event !== undefined) return event;
    const count = causality.lanes[ids.indexOf(name.machine)]!.events.length;
    throw new Refusal('unknown-event', `${name.machine} has events 1 to ${count}, and no ${name.number}`);
  };
  const [a, b] = [find(first), find(second)];
  const order = causality.orderOf(a, b);
  const path = order === 'after' ? causality.pathFrom(b, a) : causality.pathFrom(a, b);
  const steps = (path ?? []).map((event) => ({
    event: nameOf(causality.nameOf(event)),
    machine: causality.nameOf(event).machine,
    clock: causality.eventAt(event).clock,
    what: causality.eventAt(event).what,
  }));
  const answer = { first: nameOf(first), second: nameOf(second), order };
  const clocks = { first_clock: causality.eventAt(a).clock, second_clock: causality.eventAt(b).clock };
  const took = { answer_ms: Math.round((performance.now() - askedMs) * 10) / 10 };
  await new Output(options).emit(
    { ...answer, ...clocks, path: steps.map(({ machine: _, ...step }) => step), ...took },
    [sentence(answer), ...shortened(steps).map((line) => `  ${line}`)].join('\n'),
  );
}

interface Step {
  readonly event: string;
  readonly machine: string;
  readonly clock: number;
  readonly what: string;
}

/** A path as people read it: where it begins and ends, and its messages; what a machine does between them is counted. */
function shortened(steps: readonly Step[]): string[] {
  const lines: string[] = [];
  let left = 0;
  for (const [index, { event, machine, clock, what }] of steps.entries()) {
    const isBetween = steps[index - 1]?.machine === machine && steps[index + 1]?.machine === machine;
    if (isBetween) left += 1;
    else {
      if (left > 0) lines.push(`… ${left.toLocaleString('en')} more of ${machine}`);
      lines.push(`${event} (clock ${clock}) ${what}`);
      left = 0;
    }
  }
  return lines;
}

function sentence({ first, second, order }: { first: string; second: string; order: string }): string {
  if (order === 'same') return `${first} and ${second} are the same event`;
  if (order === 'concurrent')
    return `${first} and ${second} are concurrent: neither can have known of the other`;
  return `${first} happened ${order} ${second}:`;
}
