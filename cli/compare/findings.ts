/** The findings, in words computed from the figures. */
import type { Finding } from '../../src/labs/clocks/core/report.ts';
import type { DoorName } from './doors.ts';
import type { Figures, Latency, Rate } from './figures.ts';
import { median, memoryOf, quantile, round } from './load.ts';

export const titleOf: Readonly<Record<DoorName, string>> = { nats: 'NATS', wire: 'wire', grpc: 'gRPC' };

export function of<T extends { readonly door: DoorName }>(all: readonly T[], door: DoorName): T {
  const found = all.find((one) => one.door === door);
  if (!found) throw new RangeError(`nothing was measured of ${door}`);
  return found;
}

export function p50Of({ latenciesMs }: Latency): number {
  return median(latenciesMs);
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
  const nats = of(latencies, 'nats');
  const told = latencies.map((one) => {
    const [p50, p99] = [p50Of(one), quantile(one.latenciesMs, 0.99)];
    const relation = one === nats ? '' : `, ${times(p50 / p50Of(nats))} of NATS's`;
    return `${titleOf[one.door]} ${round(p50)} ms (p99 ${round(p99)} ms${relation})`;
  });
  const gateways = latencies.filter((one) => one !== nats).map((one) => differenceWords(one, nats));
  return `${list(told)}. ${gateways.join('; ')}.`;
}

function differenceWords(gateway: Latency, nats: Latency): string {
  const byRound = ({ rounds }: Latency) => rounds.map(({ p50Ms }) => p50Ms);
  const moreMs = p50Of(gateway) - p50Of(nats);
  const amount = `${round(Math.abs(moreMs))} ms ${moreMs < 0 ? 'less' : 'more'} than NATS`;
  const caution = areApart(byRound(gateway), byRound(nats)) ? '' : ` ${unsure(byRound(nats).length)}`;
  return `${titleOf[gateway.door]} takes ${amount}${caution}`;
}

function rateWords({ rates }: Figures): string {
  const nats = rateOf(of(rates, 'nats'));
  const ordered = [...rates].sort((one, other) => rateOf(other) - rateOf(one));
  const told = ordered.map(
    (one) =>
      `${titleOf[one.door]} ${whole(rateOf(one))} a second (${spread(one)}${times(rateOf(one) / nats)})`,
  );
  const [first, second] = [ordered[0]!, ordered[1]!]; // there are three doors
  const isClear = areApart(first.perSecond, second.perSecond);
  const caution = isClear ? '' : `, ahead of ${titleOf[second.door]} ${unsure(first.perSecond.length)}`;
  return `${titleOf[first.door]} is first${caution}: ${list(told)}, with ${first.inFlight} under way and all on one machine.`;
}

function spread({ perSecond }: Rate): string {
  return perSecond.length < 2 ? '' : `${whole(Math.min(...perSecond))} to ${whole(Math.max(...perSecond))}, `;
}

/** Whether every round of the one lies on the same side of every round of the other; one round says nothing of it. */
function areApart(one: readonly number[], other: readonly number[]): boolean {
  if (Math.min(one.length, other.length) < 2) return false;
  return Math.min(...one) > Math.max(...other) || Math.max(...one) < Math.min(...other);
}

function unsure(rounds: number): string {
  return rounds < 2 ? '(not sure: it is one round only)' : '(not sure: rounds differ as much)';
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
  const shares = large.map(({ characters, up, down }) => Math.round((100 * characters) / (up + down)));
  const share = `${Math.min(...shares)} to ${Math.max(...shares)} %`;
  return `For 10 characters, request and answer together: ${list(told)} bytes one by one, and ${list(together)} with many under way. ${titleOf[lightest.door]} is the lightest. For 1,000 characters: ${list(heavy)}; of these the text itself is ${share}.`;
}

function connectionWords({ setUps, holdings }: Figures): string {
  const ready = setUps.map(
    ({ door, connectMs, readyMs }) =>
      `${titleOf[door]} ${round(readyMs)} ms${connectMs === undefined ? '' : ` (${round(connectMs)} ms of it to be connected at all)`}`,
  );
  const held = holdings.map(
    ({ door, idleKb, loggedInKb }) =>
      `${titleOf[door]} ${memoryWords(loggedInKb)} logged in${idleKb === undefined ? '' : ` (${memoryWords(idleKb)} as long as nobody is)`}`,
  );
  return `Until somebody can send: ${list(ready)}. Held idle, ${holdings[0]?.connections.toLocaleString('en')} at once: ${list(held)}, in the process that holds them: nats-server for NATS, the gateway for the others, where each that is logged in has a connection to the broker of its own.`;
}

export function memoryWords(kb: number): string {
  const measured = memoryOf(kb);
  return measured === undefined ? 'too little to be measured' : `${measured} KB`;
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

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

function list(parts: readonly string[], separator = ','): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(`${separator} `)} and ${parts.at(-1)}`;
}
