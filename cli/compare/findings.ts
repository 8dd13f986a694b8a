/** The findings, in words computed from the figures, and the goals they are held against. */
import type { Finding } from '../../src/labs/clocks/core/report.ts';
import type { DoorName } from './doors.ts';
import type { Figures, Latency, Rate } from './figures.ts';
import { median, quantile, round } from './load.ts';

export const titleOf: Readonly<Record<DoorName, string>> = { nats: 'NATS', wire: 'wire', grpc: 'gRPC' };

export interface Goal {
  readonly goal: string;
  readonly wanted: number;
  readonly measured: number;
  readonly isMet: boolean;
}

/** What the doors were to reach, and did or did not. */
export function goalsOf(figures: Figures): Goal[] {
  const p50 = (door: DoorName) => p50Of(of(figures.latencies, door));
  const rate = (door: DoorName) => rateOf(of(figures.rates, door));
  const atMost = (goal: string, wanted: number, measured: number) => ({
    goal,
    wanted,
    measured: round(measured),
    isMet: measured <= wanted,
  });
  return [
    atMost("wire: latency to NATS's, p50 at 1 in flight", 1.2, p50('wire') / p50('nats')),
    atMost("gRPC: latency to NATS's, p50 at 1 in flight", 2, p50('grpc') / p50('nats')),
    {
      ...atMost("wire: rate to NATS's, 64 in flight (at least)", 0.8, rate('wire') / rate('nats')),
      isMet: rate('wire') / rate('nats') >= 0.8,
    },
    ...figures.holdings.flatMap(({ door, idleKb, loggedInKb }) =>
      door === 'nats'
        ? []
        : [
            atMost(`${titleOf[door]}: KB per idle connection`, 40, idleKb ?? loggedInKb),
            atMost(`${titleOf[door]}: KB per idle connection that is logged in`, 40, loggedInKb),
          ],
    ),
  ];
}

function of<T extends { readonly door: DoorName }>(all: readonly T[], door: DoorName): T {
  const found = all.find((one) => one.door === door);
  if (!found) throw new RangeError(`nothing was measured of ${door}`);
  return found;
}

export function p50Of({ latenciesMs }: Latency): number {
  return quantile(latenciesMs, 0.5);
}

export function rateOf({ perSecond }: Rate): number {
  return median(perSecond);
}

/** Questions that one would ask, answered from the figures. */
export function findingsOf(figures: Figures): Finding[] {
  return [
    { question: 'How long does one message take?', answer: latencyWords(figures) },
    { question: 'How many go through at once?', answer: rateWords(figures) },
    { question: 'What does a message weigh on the socket?', answer: bytesWords(figures) },
    { question: 'What does a connection cost?', answer: connectionWords(figures) },
    { question: 'What does a door cost to keep?', answer: extentWords(figures) },
  ];
}

function latencyWords({ latencies }: Figures): string {
  const nats = p50Of(of(latencies, 'nats'));
  const told = latencies.map((one) => {
    const [p50, p99] = [p50Of(one), quantile(one.latenciesMs, 0.99)];
    const relation = one.door === 'nats' ? '' : `, ${times(p50 / nats)} of NATS's`;
    return `${titleOf[one.door]} ${round(p50)} ms (p99 ${round(p99)} ms${relation})`;
  });
  const gateways = latencies.filter(({ door }) => door !== 'nats').map(p50Of);
  const added = gateways.map((p50) => round(p50 - nats)).join(' and ');
  return `${list(told)}. Committing is what takes the time, and is the same for all; the gateways add ${added} ms.`;
}

function rateWords({ rates }: Figures): string {
  const nats = rateOf(of(rates, 'nats'));
  const ordered = [...rates].sort((one, other) => rateOf(other) - rateOf(one));
  const told = ordered.map(
    (one) =>
      `${titleOf[one.door]} ${Math.round(rateOf(one)).toLocaleString('en')} a second (${times(rateOf(one) / nats)})`,
  );
  const [first] = ordered;
  return `${titleOf[first!.door]} is first: ${list(told)}, with ${first!.inFlight} under way and all on one machine.`;
}

function bytesWords({ bytes }: Figures): string {
  const at = (characters: number, inFlight: number) =>
    bytes.filter((one) => one.characters === characters && one.inFlight === inFlight);
  const small = at(10, 1);
  const large = at(1_000, 1);
  const lightest = least(small, ({ up, down }) => up + down);
  const told = small.map((one) => `${titleOf[one.door]} ${Math.round(one.up + one.down)}`);
  const together = at(10, 64).map((one) => `${titleOf[one.door]} ${Math.round(one.up + one.down)}`);
  const heavy = large.map((one) => `${titleOf[one.door]} ${Math.round(one.up + one.down)}`);
  return `For 10 characters, request and answer together: ${list(told)} bytes one by one, and ${list(together)} with many under way. ${titleOf[lightest.door]} is the lightest. For 1,000 characters: ${list(heavy)}; there the text itself is most of it.`;
}

function connectionWords({ setUps, holdings }: Figures): string {
  const ready = setUps.map(
    ({ door, connectMs, readyMs }) =>
      `${titleOf[door]} ${round(readyMs)} ms${connectMs === undefined ? '' : `, of which ${round(connectMs)} to be connected at all`}`,
  );
  const held = holdings.map(
    ({ door, idleKb, loggedInKb }) =>
      `${titleOf[door]} ${idleKb === undefined ? '' : `${round(idleKb)} KB as long as nobody is logged in, `}${round(loggedInKb)} KB logged in`,
  );
  return `Until somebody can send: ${list(ready)}. Held idle, ${holdings[0]?.connections.toLocaleString('en')} at once: ${list(held)}, in the process that holds them: nats-server for NATS, the gateway for the others, where each that is logged in has a connection to the broker of its own.`;
}

function extentWords({ extents }: Figures): string {
  const told = extents.map(
    ({ door, lines, generatedLines, packages, packagesInAll }) =>
      `${titleOf[door]} ${lines.toLocaleString('en')} lines${generatedLines > 0 ? ` (and ${generatedLines.toLocaleString('en')} generated)` : ''} and ${packagesInAll === 0 ? 'no package' : `${packagesInAll} packages, by way of ${list(packages)}`}`,
  );
  return told.length === 0 ? 'The sources do not lie beside this program.' : `${list(told, ';')}.`;
}

function least<T>(all: readonly T[], value: (one: T) => number): T {
  return [...all].sort((one, other) => value(one) - value(other))[0]!;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

function list(parts: readonly string[], separator = ','): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(`${separator} `)} and ${parts.at(-1)}`;
}
