/**
 * Matches over bad lines: two players, each behind a proxy of 150 ms there and back, ± 30 ms, with stalls. By how much the
 * ball is shown in a wrong place, how much of what is done comes late, and what a player's connection carries.
 */
import { badWeather, playOverBadLines, twoPlayers } from '../../test/support/bad-line.ts';
import type { BenchCluster } from '../cluster.ts';
import { quantile, type Row, round } from '../measure.ts';

const points = 3;
/** Two good bots would play for minutes. */
const matchMsMax = 30_000;

export async function benchPongLines({ url }: BenchCluster, matches: number): Promise<Row[]> {
  const players = await twoPlayers(url);
  const port = Number(new URL(url).port);
  const corrections: number[] = [];
  const rates = { up: 0, down: 0 };
  let late = 0;
  for (let match = 0; match < matches; match++) {
    const levels = match % 2 === 0 ? (['hard', 'easy'] as const) : (['hard', 'hard'] as const);
    const options = { weather: badWeather, points, seed: `match ${match}`, levels, msMax: matchMsMax };
    for (const seen of await playOverBadLines(port, players, options)) {
      corrections.push(...seen.corrections);
      late += seen.late;
      rates.up = Math.max(rates.up, seen.upPerSecond);
      rates.down = Math.max(rates.down, seen.downPerSecond);
    }
  }
  corrections.sort((one, other) => one - other);
  const wrong = corrections.filter((px) => px > 0.1);
  return [
    {
      matches,
      reports: corrections.length,
      ball_p95_px: round(quantile(corrections, 0.95)),
      ball_p99_px: round(quantile(corrections, 0.99)),
      ball_max_px: round(corrections.at(-1) ?? 0),
      wrong_percent: round((100 * wrong.length) / corrections.length),
      wrong_p95_px: wrong.length === 0 ? 0 : round(quantile(wrong, 0.95)),
      late,
      up_bytes_s_max: Math.round(rates.up),
      down_bytes_s_max: Math.round(rates.down),
    },
  ];
}
