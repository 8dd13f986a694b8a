/**
 * What a run shall be, from a file and from the command line alike: both give names and texts, each with its place, and
 * one check says what is wrong where. The command line comes before the file, and the file before what is usual.
 */
import {
  limits,
  type MachineSettings,
  machinesOf,
  othersFrom,
  type Rate,
  type RunSettings,
  usual,
} from './settings.ts';

/** A text that somebody gave, and where: an option, or a line of a file. */
export interface Given {
  readonly text: string;
  readonly place: string;
}

export const names = [
  'machines',
  'rates',
  'rate-range',
  'internal',
  'seconds',
  'trials',
  'seed',
  'mode',
  'stamp',
  'broadcast',
  'servers',
  'port',
  'out',
] as const;
export type Name = (typeof names)[number];
export type Choices = Partial<Record<Name, Given>>;

export interface MachineChoice {
  readonly id: string;
  readonly place: string;
  readonly rate?: Given;
  readonly neighbours?: Given;
}

export interface Plan {
  readonly settings: RunSettings;
  /** Undefined: a server of its own. */
  readonly servers: readonly string[] | undefined;
  readonly port: number;
  readonly out: string | undefined;
}

/** Something given is wrong: where, and why. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration';
  readonly place: string;

  constructor(place: string, reason: string) {
    super(`${place}: ${reason}`);
    this.place = place;
  }
}

const rateNames = ['rates', 'rate-range'] as const;

/** What is chosen, where the command line comes before a file: rates that it names replace all that the file says of rates. */
export function chosenFrom(
  given: Choices,
  file: { readonly choices: Choices; readonly machines: readonly MachineChoice[] },
): { readonly choices: Choices; readonly machines: readonly MachineChoice[] } {
  if (rateNames.every((name) => given[name] === undefined))
    return { choices: { ...file.choices, ...given }, machines: file.machines };
  const { rates: _, 'rate-range': __, ...choices } = file.choices;
  const machines = file.machines.map(({ rate: _, ...machine }) => machine);
  return { choices: { ...choices, ...given }, machines };
}

/** @throws {BadConfiguration} */
export function planOf(choices: Choices, sections: readonly MachineChoice[] = []): Plan {
  refuseBoth(choices, ...rateNames);
  refuseBoth(choices, 'servers', 'port');
  const mode = oneOf(choices.mode, ['real', 'virtual'], usual.mode);
  const settings: RunSettings = {
    mode,
    machines: machines(choices, sections, mode === 'real' ? limits.realRateMax : limits.rateMax),
    seconds: number(choices.seconds, usual.seconds, 1, limits.secondsMax),
    trials: whole(choices.trials, usual.trials, 1, limits.trialsMax),
    seed: whole(choices.seed, usual.seed, 0, 1e15),
    internal: number(choices.internal, usual.internal, 0, 1),
    stamp: oneOf(choices.stamp, ['post', 'pre'], usual.stamp),
    broadcast: oneOf(choices.broadcast, ['one', 'two'], usual.broadcast),
  };
  return {
    settings,
    servers: servers(choices.servers),
    port: whole(choices.port, 0, 0, 65_535),
    out: choices.out?.text,
  };
}

function refuseBoth(choices: Choices, one: Name, other: Name): void {
  const second = choices[other];
  if (choices[one] && second)
    throw new BadConfiguration(second.place, `${one} is given too, and one of them is enough`);
}

function machines(
  { machines: count, rates: listed, 'rate-range': ranged }: Choices,
  sections: readonly MachineChoice[],
  rateMax: number,
): MachineSettings[] {
  const range = ranged ? rangeFrom(ranged, rateMax) : (usual.machines[0]!.rate as Rate);
  const rates = listed?.text.split(',').map((text) => rateFrom({ ...listed, text: text.trim() }, rateMax));
  const known = sections.length || rates?.length;
  const wanted = count && whole(count, 3, limits.machinesMin, limits.machinesMax);
  if (count && known !== undefined && known !== 0 && wanted !== known)
    throw new BadConfiguration(count.place, `${wanted} machines are asked for, and ${known} are described`);
  const size = known || wanted || usual.machines.length;
  const place = (count ?? listed ?? sections[0])?.place ?? '';
  if (size < limits.machinesMin || size > limits.machinesMax)
    throw new BadConfiguration(
      place,
      `${limits.machinesMin} to ${limits.machinesMax} machines are needed, not ${size}`,
    );
  if (rates && rates.length !== size)
    throw new BadConfiguration(listed!.place, `${rates.length} rates do not fit ${size} machines`);
  if (sections.length === 0) return machinesOf(rates ?? Array.from({ length: size }, () => range));
  return described(sections, (section, index) =>
    rates ? rates[index]! : section.rate ? rateFrom(section.rate, rateMax) : range,
  );
}

function described(
  sections: readonly MachineChoice[],
  rateOf: (section: MachineChoice, index: number) => Rate,
): MachineSettings[] {
  const ids = sections.map(({ id }) => id);
  return sections.map((section, index) => {
    const { id, place, neighbours } = section;
    if (ids.indexOf(id) !== index) throw new BadConfiguration(place, `there are two machines ${id}`);
    return { id, rate: rateOf(section, index), neighbours: neighboursOf(id, ids, index, neighbours) };
  });
}

function neighboursOf(id: string, ids: readonly string[], index: number, given: Given | undefined): string[] {
  if (!given) return othersFrom(ids, index);
  const listed = given.text.split(',').map((one) => one.trim());
  for (const one of listed) {
    if (!ids.includes(one))
      throw new BadConfiguration(given.place, `there is no machine ${JSON.stringify(one)}`);
    if (one === id) throw new BadConfiguration(given.place, `${id} is no neighbour of itself`);
  }
  if (new Set(listed).size !== listed.length)
    throw new BadConfiguration(given.place, 'a neighbour is named once');
  return listed;
}

/** A rate, or `1-6`: drawn from these. */
function rateFrom(given: Given, rateMax: number): Rate {
  return /.-/.test(given.text) ? rangeFrom(given, rateMax) : number(given, 0, 0, rateMax, 'a rate');
}

function rangeFrom(given: Given, rateMax: number): Rate {
  const [, first = '', last = ''] = /^(\d+)-(\d+)$/.exec(given.text) ?? [];
  const [least, most] = [Number(first), Number(last)];
  if (first !== '' && least >= 1 && least <= most && most <= rateMax) return { least, most };
  throw new BadConfiguration(
    given.place,
    `rates are drawn from whole numbers such as 1-6, from 1 to ${rateMax}, not from ${JSON.stringify(given.text)}`,
  );
}

/** @param what of a rate: it is more than nothing. */
function number(given: Given | undefined, otherwise: number, least: number, most: number, what = ''): number {
  if (!given) return otherwise;
  const value = Number(given.text);
  const isRate = what !== '';
  if (/^\d+(\.\d+)?$/.test(given.text) && value >= least && value <= most && !(isRate && value === 0))
    return value;
  const needed = isRate
    ? `${what} is more than 0 and at most ${most} a second`
    : `a number from ${least} to ${most} is needed`;
  throw new BadConfiguration(given.place, `${needed}, not ${JSON.stringify(given.text)}`);
}

function whole(given: Given | undefined, otherwise: number, least: number, most: number): number {
  if (!given) return otherwise;
  const value = Number(given.text);
  if (/^\d+$/.test(given.text) && value >= least && value <= most) return value;
  throw new BadConfiguration(
    given.place,
    `a whole number from ${least} to ${most} is needed, not ${JSON.stringify(given.text)}`,
  );
}

function oneOf<T extends string>(given: Given | undefined, choices: readonly T[], otherwise: T): T {
  if (!given) return otherwise;
  const found = choices.find((choice) => choice === given.text);
  if (found !== undefined) return found;
  throw new BadConfiguration(given.place, `it is ${choices.join(' or ')}, not ${JSON.stringify(given.text)}`);
}

function servers(given: Given | undefined): readonly string[] | undefined {
  const listed = given?.text.split(',').map((one) => one.trim());
  const wrong = listed?.find((one) => !/^(nats|tls):\/\/[^\s/]+:\d{1,5}$/.test(one));
  if (wrong === undefined) return listed;
  throw new BadConfiguration(
    given!.place,
    `an address looks like nats://host:port, not ${JSON.stringify(wrong)}`,
  );
}
