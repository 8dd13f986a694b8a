/** The configuration file: `name = value` a line, a section a machine, and `#` before what is said to people. */
import {
  BadConfiguration,
  type Choices,
  type Given,
  type MachineChoice,
  type Name,
  names,
} from './config.ts';

export const exampleFile = `# A run of logical clocks: verbatim clocks run --config clocks.conf
# What is left out is as usual; an option on the command line comes before the line here.

mode = real          # real: processes over NATS, by the system's time; virtual: the same machines, at once
seconds = 60         # how long a trial lasts
trials = 5           # how many, one after the other
seed = 7             # of the first trial; each further one has the next
internal = 0.7       # probability that a draw is an internal event; else one of the sends, with equal chance
stamp = post         # pre: a message carries the clock before its send's increment
broadcast = one      # two: sending to both takes two increments
out = clocks-run     # the folder for the logs

# The network: a nats-server of the run's own on a free port, unless one of these is set.
# port = 4333
# servers = nats://127.0.0.1:4222

# The machines, either counted, with rates in ticks a second or the range that they are drawn from:
#   machines = 3
#   rate-range = 1-6
#   rates = 1,3,6
# or one by one:

[machine m1]
rate = 1

[machine m2]
rate = 3
neighbours = m3, m1  # the first, the second; all others where it is left out

[machine m3]
rate = 1-6
`;

export interface ConfigFile {
  readonly choices: Choices;
  readonly machines: readonly MachineChoice[];
}

/** @param path to name in what is refused. @throws {BadConfiguration} */
export function configFrom(text: string, path: string): ConfigFile {
  const choices: Choices = {};
  const machines: MachineChoice[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*$/, '').trim();
    if (line === '') continue;
    const place = `${path}:${index + 1}`;
    const [, section] = /^\[machine\s+([^\]]*)\]$/.exec(line) ?? [];
    if (section !== undefined) machines.push({ id: machineId(section.trim(), place), place });
    else take(line, place, choices, machines);
  }
  return { choices, machines };
}

function machineId(text: string, place: string): string {
  if (/^[a-z][a-z0-9-]{0,15}$/.test(text)) return text;
  throw new BadConfiguration(
    place,
    `a machine's name is up to 16 of a-z, 0-9 and -, and starts with a letter, not ${JSON.stringify(text)}`,
  );
}

function take(line: string, place: string, choices: Choices, machines: MachineChoice[]): void {
  const [, name = '', text = ''] = /^([a-z-]+)\s*=\s*(\S.*)$/.exec(line) ?? [];
  if (name === '')
    throw new BadConfiguration(
      place,
      `a line says name = value or [machine m1], not ${JSON.stringify(line)}`,
    );
  const machine = machines.at(-1);
  const known: readonly string[] = machine ? machineNames : names;
  if (!known.includes(name))
    throw new BadConfiguration(place, `${JSON.stringify(name)} is none of ${known.join(', ')}`);
  const given: Given = { text, place: `${place}: ${name}` };
  const taken: Partial<Record<string, unknown>> = { ...(machine ?? choices) };
  if (taken[name] !== undefined) throw new BadConfiguration(place, `${name} is said twice`);
  if (machine) machines[machines.length - 1] = { ...machine, [name]: given };
  else choices[name as Name] = given; // it is known
}

const machineNames = ['rate', 'neighbours'];
