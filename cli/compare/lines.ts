/** Figures as lines, for programs and for people. */
import type { Figures } from './figures.ts';
import { memoryWords, p50Of, rateOf, titleOf } from './findings.ts';
import { memoryOf, quantile, round } from './load.ts';

type Line = readonly [object: object, text: string];

export function figureLines({ latencies, rates, bytes, setUps, holdings, extents }: Figures): Line[] {
  return [
    ...latencies.map((one): Line => {
      const [p50, p99] = [p50Of(one), quantile(one.latenciesMs, 0.99)].map(round);
      return [
        { measure: 'latency', door: one.door, in_flight: 1, p50_ms: p50, p99_ms: p99 },
        `${titleOf[one.door]}: p50 ${p50} ms, p99 ${p99} ms, one by one`,
      ];
    }),
    ...rates.map((one): Line => {
      const perSecond = Math.round(rateOf(one));
      return [
        { measure: 'rate', door: one.door, in_flight: one.inFlight, per_second: perSecond },
        `${titleOf[one.door]}: ${perSecond} a second, ${one.inFlight} under way`,
      ];
    }),
    ...bytes.map(
      ({ door, characters, inFlight, encoded, up, down }): Line => [
        {
          measure: 'bytes',
          door,
          characters,
          in_flight: inFlight,
          encoded_bytes: encoded,
          up_bytes: Number(up.toFixed(1)),
          down_bytes: Number(down.toFixed(1)),
        },
        `${titleOf[door]}: ${Math.round(up)} bytes up and ${Math.round(down)} down for ${characters} characters, ${inFlight} under way; the request itself ${encoded}`,
      ],
    ),
    ...setUps.map(
      ({ door, connectMs, readyMs }): Line => [
        {
          measure: 'set-up',
          door,
          connect_ms: connectMs === undefined ? null : round(connectMs),
          ready_ms: round(readyMs),
        },
        `${titleOf[door]}: logged in after ${round(readyMs)} ms`,
      ],
    ),
    ...holdings.map(
      ({ door, connections, idleKb, loggedInKb }): Line => [
        {
          measure: 'memory',
          door,
          connections,
          idle_kb: memoryOf(idleKb) ?? null,
          logged_in_kb: memoryOf(loggedInKb) ?? null,
        },
        `${titleOf[door]}: ${idleKb === undefined ? '' : `${memoryWords(idleKb)} for each of ${connections} idle connections, `}${memoryWords(loggedInKb)} logged in`,
      ],
    ),
    ...extents.map(
      ({ door, lines, generatedLines, packages, packagesInAll }): Line => [
        {
          measure: 'extent',
          door,
          lines,
          generated_lines: generatedLines,
          packages,
          packages_in_all: packagesInAll,
        },
        `${titleOf[door]}: ${lines} lines, ${packagesInAll} packages`,
      ],
    ),
  ];
}
