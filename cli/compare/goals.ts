/** The goals that the doors are held against, and how far the figures can tell. */
import type { DoorName } from './doors.ts';
import type { Figures } from './figures.ts';
import { of, p50Of, rateOf, titleOf } from './findings.ts';
import { memoryOf, round } from './load.ts';

export interface Goal {
  readonly goal: string;
  readonly wanted: number;
  /** Undefined, as the verdict is then, where it is too little to be measured. */
  readonly measured: number | undefined;
  readonly isMet: boolean | undefined;
}

/** What the doors were to reach, and did or did not. */
export function goalsOf(figures: Figures): Goal[] {
  const p50 = (door: DoorName) => p50Of(of(figures.latencies, door));
  const rate = (door: DoorName) => rateOf(of(figures.rates, door));
  const share = rate('wire') / rate('nats');
  return [
    atMost("wire: latency to NATS's, p50 at 1 in flight", 1.2, p50('wire') / p50('nats')),
    atMost("gRPC: latency to NATS's, p50 at 1 in flight", 2, p50('grpc') / p50('nats')),
    {
      goal: "wire: rate to NATS's, 64 in flight (at least)",
      wanted: 0.8,
      measured: round(share),
      isMet: share >= 0.8,
    },
    ...figures.holdings.flatMap(({ door, idleKb, loggedInKb }) =>
      door === 'nats'
        ? []
        : [
            atMost(`${titleOf[door]}: KB per idle connection`, 40, memoryOf(idleKb ?? loggedInKb)),
            atMost(`${titleOf[door]}: KB per idle connection that is logged in`, 40, memoryOf(loggedInKb)),
          ],
    ),
  ];
}

function atMost(goal: string, wanted: number, measured: number | undefined): Goal {
  if (measured === undefined) return { goal, wanted, measured, isMet: undefined };
  return { goal, wanted, measured: round(measured), isMet: measured <= wanted };
}

export function verdictOn({ isMet }: Goal): string {
  if (isMet === undefined) return 'not measurable';
  return isMet ? 'met' : 'not met';
}

/** With fewer, whatever else the machine does decides. */
const enough = { messages: 500, rounds: 3, connections: 500 };

/** What is to be said before the goals; undefined where enough was measured. */
export function cautionOf({ latencies, rates, holdings }: Figures): string | undefined {
  const messages = Math.min(...latencies.map(({ latenciesMs }) => latenciesMs.length));
  const rounds = Math.min(...rates.map(({ perSecond }) => perSecond.length));
  const connections = Math.min(...holdings.map((one) => one.connections));
  const few = [
    ...(messages < enough.messages ? [`${messages} messages one by one`] : []),
    ...(rounds < enough.rounds ? [`${rounds} ${rounds === 1 ? 'round' : 'rounds'}`] : []),
    ...(connections < enough.connections ? [`${connections} connections held`] : []),
  ];
  if (few.length === 0) return undefined;
  return `Of no more than ${few.join(', ')} at each door: too few to tell whether a goal is met.`;
}
