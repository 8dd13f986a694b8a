/** `verbatim clocks`: the logical-clock laboratory. */
import type { Command } from 'commander';
import * as ask from '../clocks/ask.ts';
import * as config from '../clocks/config.ts';
import * as diagram from '../clocks/diagram.ts';
import * as exporting from '../clocks/export.ts';
import * as machine from '../clocks/machine.ts';
import * as report from '../clocks/report.ts';
import * as run from '../clocks/run.ts';
import * as study from '../clocks/study.ts';

const examples = `
Examples:
  $ verbatim clocks run --virtual --rates 1,3,6 --out runs/first
  $ verbatim clocks ask runs/first 'm1:12 -> m3:40'
  $ verbatim clocks diagram runs/first --out diagram.html
  $ verbatim clocks study --out study`;

export function configure(command: Command): void {
  command.addHelpText('after', examples);
  run.configure(command.command('run').description('run machines with clocks, and log what they do'));
  study.configure(command.command('study').description("the course's whole study, as a report"));
  report.configure(command.command('report').description('a report on any runs'));
  exporting.configure(command.command('export').description('events for other tools'));
  ask.configure(command.command('ask').description('which of two events came first, and why'));
  diagram.configure(command.command('diagram').description('a space-time diagram to look around in'));
  config.configure(command.command('config').description('print a configuration file with comments'));
  machine.configure(command.command('machine', { hidden: true }).description('one machine of a run'));
}
