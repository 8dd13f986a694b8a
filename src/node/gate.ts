/**
 * Who gets in, and who has to leave: what this node knows of accounts, bound to the border.
 *
 * A permit holds until its log-in ends. Every node sees that in the log and ends the connections itself, those included
 * that a node let in which had not heard of it yet. They are left a moment for the answer to whatever ended them.
 */
import { hashToken } from '../events/tokens.ts';
import type { Subscription } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { tokens, users } from '../projections/tables.ts';
import type { Stamps } from '../replication/stamps.ts';
import type { Banishment } from '../service/banishment.ts';
import { clusterId } from '../service/cluster-id.ts';
import { watchEndedLogIns } from '../service/ended-log-ins.ts';
import type { OpenCopy } from '../service/operator.ts';
import type { Positions } from '../service/waiting.ts';
import type { Judge, Verdict } from '../transport/auth-callout.ts';
import { type BorderOptions, callWarden, guardBorder } from '../transport/border.ts';
import { Signer } from '../transport/permits.ts';
import { turnOf } from '../transport/turns.ts';
import type { Warden } from '../transport/warden.ts';

export interface GateOptions extends BorderOptions {
  /** Of the key that signs permits. */
  readonly seed: string;
  readonly clock: Clock;
  /** The log's time: by it log-ins expire. */
  readonly stamps: Stamps;
  readonly banishment: Banishment;
  /** Other nodes that take part at present. */
  others(): readonly string[];
}

const judgePatienceMs = 1_500;
const graceMs = 500;
/** At once, over all log-ins of a user. */
const connectionsPerUserMax = 32;
/** The servers are asked how many there are at every so many admissions of a user, so that mostly nobody waits for it. */
const countedEvery = 8;
/** Users whose admissions are counted. */
const rememberedMax = 10_000;

const refused: Verdict = { isAdmitted: false };

export function openGate(open: OpenCopy, positions: Positions, options: GateOptions): Subscription {
  const { clock, node, seed, others } = options;
  const called = callWarden(options, clock);
  const warden = () => called.warden();
  const parts: Subscription[] = [
    called,
    watchEndedLogIns(open.copy, (tokenHash) => {
      clock.setTimeout(() => void warden()?.expel(connectionName(tokenHash)).catch(ignore), graceMs);
    }),
    options.banishment.start((speaker) => {
      for (const name of namesOf(speaker, open)) void warden()?.expel(name).catch(ignore);
    }),
    guardBorder(options, {
      clock,
      signer: new Signer(seed),
      judge: judge(open, positions, { ...options, warden }),
      turn: (question) => turnOf(question, node, others()),
    }),
  ];
  return {
    stop: () => {
      for (const part of parts) part.stop();
    },
  };
}

/** What the connections of a log-in are called: enough of the hash to tell it from all others. */
function connectionName(tokenHash: string): string {
  return `log-in:${tokenHash.slice(0, 32)}`;
}

/** What all connections of somebody are called; guests have theirs from their own id, which is their only one. */
function namesOf(speaker: string, { copy }: Pick<OpenCopy, 'copy'>): string[] {
  return users.get(copy.rows, speaker)?.logIns.map(({ tokenHash }) => connectionName(tokenHash)) ?? [speaker];
}

/**
 * Anybody may come as a guest. A token is judged by what is committed at least as far as its bearer has read; one of
 * another cluster, whose positions mean nothing here, is judged at once. Whether it has expired the log's time tells.
 */
function judge(
  { copy, frames }: OpenCopy,
  positions: Positions,
  {
    banishment,
    stamps,
    warden,
  }: Pick<GateOptions, 'banishment' | 'stamps'> & { warden(): Warden | undefined },
): Judge {
  const crowds = new Crowds(warden);
  return async (introduction, secret) => {
    if (introduction.as === 'guest') return { isAdmitted: true, name: introduction.guest };
    if (banishment.has(introduction.user)) return refused;
    const { cluster, position, user } = introduction;
    if (cluster !== undefined) {
      if (!(await positions.reached(1, judgePatienceMs))) return undefined;
      if (cluster !== (await clusterId(frames))) return refused;
    }
    if (!(await positions.reached(position, judgePatienceMs))) return undefined;
    const tokenHash = hashToken(secret);
    const logIn = tokens.get(copy.rows, tokenHash);
    if (logIn?.user !== user || logIn.expiresAt <= stamps.now()) return refused;
    if (await crowds.isFull(user, namesOf(user, { copy }))) return refused;
    return { isAdmitted: true, name: connectionName(tokenHash), expires: Math.ceil(logIn.expiresAt / 1_000) };
  };
}

/** Keeps one user from taking up the room of all. */
class Crowds {
  readonly #warden: () => Warden | undefined;
  /** Admissions since the servers were asked last, by user. */
  readonly #admitted = new Map<string, number>();

  constructor(warden: () => Warden | undefined) {
    this.#warden = warden;
  }

  async isFull(user: string, names: readonly string[]): Promise<boolean> {
    const admitted = (this.#admitted.get(user) ?? 0) + 1;
    const warden = this.#warden();
    this.#remember(user, admitted);
    if (admitted < countedEvery || !warden) return false;
    const counts = await Promise.all(names.map((name) => warden.count(name)));
    const isFull = counts.reduce((sum, count) => sum + count, 0) >= connectionsPerUserMax;
    if (!isFull) this.#remember(user, 0);
    return isFull;
  }

  #remember(user: string, admitted: number): void {
    this.#admitted.delete(user);
    this.#admitted.set(user, admitted);
    for (const oldest of this.#admitted.keys()) {
      if (this.#admitted.size <= rememberedMax) break;
      this.#admitted.delete(oldest);
    }
  }
}

const ignore = () => undefined;
