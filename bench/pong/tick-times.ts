/** How late the ticks of a node were between two looks at its metrics, and what it cost its processor. */
import { readFileSync } from 'node:fs';
import type { Operator } from '../../src/operator/operator.ts';
import { type Row, round } from '../measure.ts';

const name = 'verbatim_pong_tick_late_seconds';
/** Of a tick of the kernel's accounting. */
const jiffyMs = 10;

type Buckets = ReadonlyMap<number, number>;

export class TickTimes {
  readonly #url: string;
  readonly #before: Buckets;

  private constructor(url: string, before: Buckets) {
    this.#url = url;
    this.#before = before;
  }

  static async of(operator: Operator, node: string): Promise<TickTimes> {
    const statuses = await operator.status(1_000, 3);
    const url = statuses.find((status) => status.node === node)?.http ?? '';
    return new TickTimes(url, await read(url));
  }

  async since(): Promise<Row> {
    const after = await read(this.#url);
    const counts = [...after].map(([le, count]): [number, number] => [
      le,
      count - (this.#before.get(le) ?? 0),
    ]);
    const all = counts.at(-1)?.[1] ?? 0;
    const below = (q: number) =>
      counts.find(([, count]) => count >= q * all)?.[0] ?? Number.POSITIVE_INFINITY;
    const within = counts.find(([le]) => le === 0.004)?.[1] ?? 0;
    return {
      ticks: all,
      late_p50_below_ms: 1_000 * below(0.5),
      late_p99_below_ms: 1_000 * below(0.99),
      within_4_ms_percent: round((100 * within) / all),
    };
  }
}

async function read(url: string): Promise<Buckets> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = [...text.matchAll(new RegExp(`^${name}_bucket\\{(?<labels>[^}]*)\\} (?<count>\\d+)$`, 'gm'))];
  return new Map(
    lines.map(({ groups }) => {
      const le = /le="([^"]+)"/.exec(groups?.labels ?? '')?.[1] ?? '';
      return [le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), Number(groups?.count)];
    }),
  );
}

/** Of a process, since it began. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * jiffyMs;
}
