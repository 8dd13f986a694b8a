/**
 * What goes wrong, and when: a plan that is drawn from the seed before anything begins, so that a fault can be left out
 * and everything else stays as it was.
 */
import type { SeededRandom } from './random.ts';
import type { RotKind } from './rot.ts';

/** Whom a fault hits, decided when it does. */
export type Target = 'leader' | 'follower' | 'anyone';

export type Fault = {
  readonly atMs: number;
  /** Only when this is happening, within a few seconds; else at once. */
  readonly moment: Moment;
} & (
  | { readonly kind: 'kill'; readonly target: Target; readonly forMs: number; readonly power: boolean }
  /** Asked to end, it says good-bye. */
  | { readonly kind: 'stop'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'pause'; readonly target: Target; readonly forMs: number }
  /** The connection is reset and cannot be made again. */
  | { readonly kind: 'sever'; readonly target: Target; readonly forMs: number }
  /** Packets go astray. */
  | { readonly kind: 'block'; readonly target: Target; readonly forMs: number }
  | {
      readonly kind: 'slow-network';
      readonly target: Target;
      readonly forMs: number;
      readonly factor: number;
    }
  | { readonly kind: 'slow-disk'; readonly target: Target; readonly forMs: number; readonly factor: number }
  | { readonly kind: 'wall-jump'; readonly target: Target; readonly byMs: number }
  /** Its consumer is forgotten by the server. */
  | { readonly kind: 'stuck-consumer'; readonly target: Target }
  /** Writes are refused. */
  | {
      readonly kind: 'disk-full' | 'disk-read-only';
      readonly target: Target;
      readonly forMs: number;
    }
  /** Something stored can no longer be read. */
  | { readonly kind: 'rot'; readonly target: Target; readonly what: RotKind }
  /** A row is folded into something else than on the other nodes. */
  | { readonly kind: 'wrong-fold'; readonly target: Target }
  /** The node is killed, and comes back to an empty folder. */
  | { readonly kind: 'wipe'; readonly target: Target; readonly forMs: number }
  /** All nodes and the server lose power at once; the server's disk may be lost with it. */
  | { readonly kind: 'blackout'; readonly forMs: number; readonly streamLost: boolean }
  /** Appends are lost, stored without an answer, or arrive late. */
  | { readonly kind: 'append-trouble'; readonly forMs: number; readonly chance: number }
  | { readonly kind: 'hung-stream'; readonly forMs: number }
  | { readonly kind: 'server-restart'; readonly forMs: number }
  /** The stream is deleted, or its server comes back with an empty disk. */
  | { readonly kind: 'stream-lost'; readonly forMs: number; readonly restart: boolean }
  /** The server comes back with an empty disk, and later with the one that it had before. */
  | { readonly kind: 'stream-hidden'; readonly forMs: number }
  /** The server comes back without the last entries that it had acknowledged. */
  | { readonly kind: 'stream-cut'; readonly forMs: number; readonly entries: number }
  | {
      readonly kind: 'kill-client' | 'pause-client' | 'sever-client' | 'block-client';
      readonly forMs: number;
    }
);

export type Moment =
  | 'now'
  /** A node is trying to become leader: the fault hits it. */
  | 'campaign'
  /** A candidate's frame was just stored: the fault hits it before, or soon after, it learns that it won. */
  | 'elected'
  /** A leader's frame was just stored, and nobody was told. */
  | 'appended';

export interface PlanOptions {
  readonly durationMs: number;
  /** Mean time from one fault to the next. */
  readonly everyMs: number;
  /**
   * What is lost besides processes: nodes that do not sync their writes survive a loss of power or a loss of the
   * broker's disk, not both.
   */
  readonly losses: 'power' | 'stream' | 'both';
  readonly weights: Weights;
}

type Kind = Fault['kind'];
/** How often each kind of fault is drawn, in proportion to the others; never where nothing is said. */
export type Weights = Readonly<Partial<Record<Kind, number>>>;

/** Two faults at the same moment, which no mean distance between them would give. */
const pairChance = 0.12;

const losesStream: ReadonlySet<Kind> = new Set(['stream-lost', 'stream-cut', 'stream-hidden']);

export function drawPlan(
  random: SeededRandom,
  { durationMs, everyMs, losses, weights }: PlanOptions,
): Fault[] {
  const plan: Fault[] = [];
  for (let atMs = drawGap(random, everyMs); atMs < durationMs; atMs += drawGap(random, everyMs)) {
    const faults = [drawFault(random, atMs, weights)];
    if (random.chance(pairChance)) faults.push(drawFault(random, atMs, weights));
    plan.push(...faults.flatMap((fault) => within(losses, fault)));
  }
  return plan;
}

/** The fault as far as it may happen where only that may be lost. */
function within(losses: PlanOptions['losses'], fault: Fault): Fault[] {
  if (losses === 'power' && losesStream.has(fault.kind)) return [];
  if (losses === 'stream' && fault.kind === 'blackout') return [];
  if (losses === 'stream' && fault.kind === 'kill') return [{ ...fault, power: false }];
  if (losses === 'power' && fault.kind === 'blackout') return [{ ...fault, streamLost: false }];
  return [fault];
}

function drawGap(random: SeededRandom, meanMs: number): number {
  return -Math.log(1 - random.next()) * meanMs;
}

function drawFault(random: SeededRandom, atMs: number, weights: Weights): Fault {
  const kind = drawKind(random, weights);
  const moment = random.pick<Moment>(['now', 'now', 'campaign', 'elected', 'appended']);
  const target = random.pick<Target>(['leader', 'leader', 'follower', 'anyone']);
  const forMs = drawDuration(random);
  const when = { atMs, moment };
  switch (kind) {
    case 'kill':
      return { ...when, kind, target, forMs, power: random.chance(0.2) };
    case 'slow-network':
      return { ...when, kind, target, forMs, factor: random.between(5, 200) };
    case 'slow-disk':
      return { ...when, kind, target, forMs, factor: random.between(10, 500) };
    case 'wall-jump':
      return { ...when, kind, target, byMs: random.between(-3_600_000, 3_600_000) };
    case 'append-trouble':
      return { ...when, kind, moment: 'now', forMs, chance: random.between(0.05, 0.4) };
    case 'hung-stream':
    case 'server-restart':
      return { ...when, kind, forMs: Math.min(forMs, 4_000) };
    case 'stream-lost':
      return { ...when, kind, forMs: Math.min(forMs, 4_000), restart: random.chance(0.5) };
    case 'stream-cut':
      return { ...when, kind, forMs: Math.min(forMs, 4_000), entries: random.whole(1, 8) };
    case 'stream-hidden':
      return { ...when, kind, forMs: Math.min(forMs, 4_000) };
    case 'blackout':
      return { ...when, kind, forMs: Math.min(forMs, 2_000), streamLost: random.chance(0.5) };
    case 'rot':
      return { ...when, kind, target, what: random.pick<RotKind>(['frame', 'row']) };
    case 'stuck-consumer':
      return { ...when, kind, target };
    case 'wrong-fold':
      return { ...when, kind, moment: 'now', target };
    case 'kill-client':
    case 'pause-client':
    case 'sever-client':
    case 'block-client':
      return { ...when, kind, forMs };
    default:
      return { ...when, kind, target, forMs };
  }
}

function drawKind(random: SeededRandom, weights: Weights): Kind {
  const kinds = Object.entries(weights) as [Kind, number][];
  let left = random.next() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'kill';
}

/** Mostly short, sometimes ten seconds: what is noticed, what is just not, and what outlasts every time-out. */
function drawDuration(random: SeededRandom): number {
  return random.chance(0.5) ? random.between(20, 800) : random.between(800, 10_000);
}
