/**
 * What goes wrong on real processes, and when: a plan drawn from the seed before anything begins. The plan repeats
 * exactly; what it meets does not, because processes and their disks keep their own time.
 */
import type { ServerCount } from '../../src/cluster/servers.ts';
import type { SeededRandom } from '../../src/simulation/random.ts';

/** Whom a fault hits, decided when it does. */
export type Target = 'leader' | 'follower' | 'anyone';
/** Which of the nats-servers; where there is one, it is that one. */
export type ServerTarget = 'stream-leader' | 'anyone' | 'all';

type Shape =
  /** `moment` of a kill: at once, or while a campaign is under way. */
  | { readonly kind: 'kill'; readonly target: Target }
  | { readonly kind: 'kill-two'; readonly afterMs: number; readonly inElection: boolean }
  | { readonly kind: 'kill-all'; readonly forMs: number }
  | { readonly kind: 'down'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'pause'; readonly target: Target; readonly forMs: number }
  /** The leader is asked to end, and says good-bye. */
  | { readonly kind: 'handover' }
  /** The leader dies, and who is elected next in the moment when its `LeaderElected` is on its way. */
  | { readonly kind: 'kill-elected' }
  /** The leader dies, and the disk of who is elected next takes nothing from the moment of its `LeaderElected` on. */
  | { readonly kind: 'elected-disk-fails'; readonly forMs: number }
  /** From now on a node's wall clock is off by so much. */
  | { readonly kind: 'clock-jump'; readonly target: Target; readonly offByMs: number }
  | { readonly kind: 'kill-server'; readonly which: ServerTarget }
  | { readonly kind: 'pause-server'; readonly which: ServerTarget; readonly forMs: number }
  | { readonly kind: 'stream-deleted' }
  /** The server comes back with its store as it was `agoMs` before. */
  | { readonly kind: 'stream-cut'; readonly agoMs: number }
  | { readonly kind: 'store-wiped'; readonly which: ServerTarget; readonly whileNodes: 'run' | 'are-down' }
  /** A node's files are damaged while it is down. */
  | { readonly kind: 'damage'; readonly target: Target; readonly how: Damage }
  | { readonly kind: 'disk-full'; readonly forMs: number }
  | { readonly kind: 'disk-read-only'; readonly forMs: number }
  | { readonly kind: 'client-killed' }
  | { readonly kind: 'client-cut' }
  | { readonly kind: 'client-half-open' }
  /** The server that it uses cannot be reached for a while; the others in its list can. */
  | { readonly kind: 'client-moved'; readonly forMs: number }
  | { readonly kind: 'client-stalled'; readonly forMs: number }
  | { readonly kind: 'client-delayed'; readonly forMs: number; readonly byMs: number }
  | { readonly kind: 'client-stops-reading'; readonly forMs: number }
  | { readonly kind: 'client-shows-slowly'; readonly forMs: number; readonly showMs: number };

export type Damage = 'truncated' | 'flipped' | 'file-lost' | 'all-lost';
export type Fault = Shape & { readonly atMs: number };
export type Kind = Fault['kind'];

const hourMs = 3_600_000;

const weights: Readonly<Record<Kind, number>> = {
  kill: 8,
  'kill-two': 4,
  'kill-all': 1,
  down: 3,
  pause: 6,
  handover: 3,
  'kill-elected': 3,
  'elected-disk-fails': 2,
  'clock-jump': 4,
  'kill-server': 3,
  'pause-server': 3,
  'stream-deleted': 2,
  'stream-cut': 2,
  'store-wiped': 2,
  damage: 3,
  'disk-full': 2,
  'disk-read-only': 1,
  'client-killed': 3,
  'client-cut': 3,
  'client-half-open': 2,
  'client-moved': 3,
  'client-stalled': 2,
  'client-delayed': 2,
  'client-stops-reading': 2,
  'client-shows-slowly': 1,
};

export const kinds = Object.keys(weights) as Kind[];

export interface PlanOptions {
  readonly durationMs: number;
  /** Mean time from one fault to the next. */
  readonly everyMs: number;
  /** Only these; all where it is empty. */
  readonly only: readonly Kind[];
}

export function drawPlan(random: SeededRandom, { durationMs, everyMs, only }: PlanOptions): Fault[] {
  const plan: Fault[] = [];
  for (let atMs = drawGap(random, everyMs); atMs < durationMs; atMs += drawGap(random, everyMs)) {
    plan.push({ atMs: Math.round(atMs), ...drawFault(random, drawKind(random, only)) });
  }
  return plan;
}

/**
 * The cluster's own options, some of which matter to what it survives.
 * @param servers how many nats-servers, where that is not left to chance
 */
export function drawArguments(random: SeededRandom, servers: ServerCount | undefined): string[] {
  const election = random.pick(['random', 'lowest-id']);
  const fsync = random.pick(['stream', 'stream', 'nodes']);
  const minCopies = random.pick(['1', '1', '1', '2']);
  const gap = random.pick(['1h', '2s']);
  const nats = String(servers ?? random.pick([1, 1, 1, 3]));
  const kept = ['--fsync', fsync, '--min-copies', minCopies, '--nats', nats];
  return ['--election', election, ...kept, '--session-gap', gap];
}

export function describe({ atMs, kind, ...details }: Fault): string {
  const words = Object.entries(details).map(([name, value]) => `${name}=${value}`);
  return `${(atMs / 1_000).toFixed(1).padStart(6)} s  ${[kind, ...words].join(' ')}`;
}

function drawGap(random: SeededRandom, meanMs: number): number {
  return -Math.log(1 - random.next()) * meanMs;
}

function drawKind(random: SeededRandom, only: readonly Kind[]): Kind {
  const among = only.length > 0 ? only : kinds;
  let left = random.next() * among.reduce((sum, kind) => sum + weights[kind], 0);
  for (const kind of among) {
    left -= weights[kind];
    if (left < 0) return kind;
  }
  return among[0] ?? 'kill';
}

function drawFault(random: SeededRandom, kind: Kind): Shape {
  const target = random.pick<Target>(['leader', 'leader', 'follower', 'anyone']);
  const forMs = drawDuration(random);
  switch (kind) {
    case 'kill-two':
      return { kind, afterMs: Math.round(random.between(0, 800)), inElection: random.chance(0.6) };
    case 'kill-all':
      return { kind, forMs: Math.min(forMs, 2_000) };
    case 'kill':
      return { kind, target };
    case 'down':
    case 'pause':
      return { kind, target, forMs };
    case 'clock-jump':
      return { kind, target, offByMs: random.pick([-hourMs, -hourMs, hourMs, hourMs, -1_000, 1_000]) };
    case 'kill-server':
      return { kind, which: drawServer(random) };
    case 'pause-server':
      return { kind, which: drawServer(random), forMs };
    case 'elected-disk-fails':
    case 'disk-full':
    case 'disk-read-only':
    case 'client-moved':
    case 'client-stalled':
    case 'client-stops-reading':
      return { kind, forMs };
    case 'stream-cut':
      return { kind, agoMs: Math.round(random.between(50, 2_000)) };
    case 'store-wiped':
      return { kind, which: drawServer(random), whileNodes: random.pick(['run', 'are-down']) };
    case 'damage':
      return {
        kind,
        target,
        how: random.pick<Damage>(['truncated', 'flipped', 'flipped', 'file-lost', 'all-lost']),
      };
    case 'client-delayed':
      return { kind, forMs, byMs: Math.round(random.between(5, 400)) };
    case 'client-shows-slowly':
      return { kind, forMs, showMs: Math.round(random.between(10, 500)) };
    default:
      return { kind };
  }
}

function drawServer(random: SeededRandom): ServerTarget {
  return random.pick<ServerTarget>(['stream-leader', 'stream-leader', 'anyone', 'all']);
}

/** Mostly short, sometimes ten seconds: what is noticed, what is just not, and what outlasts every time-out. */
function drawDuration(random: SeededRandom): number {
  return Math.round(random.chance(0.6) ? random.between(100, 1_500) : random.between(1_500, 10_000));
}
