/**
 * Who gets in, and who has to leave: what this node knows of accounts, bound to the border.
 *
 * A permit holds until its log-in ends. Every node sees that in the log and ends the connections itself, those included
 * that a node let in which had not heard of it yet. They are left a moment for the answer to whatever ended them. Whoever
 * stays all the same is found when those who are in are looked through ([log-in checks](log-in-checks.ts)).
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
import { Arrivals } from './arrivals.ts';
import { Crowds, Guests } from './crowds.ts';
import { checkLogIns, connectionName } from './log-in-checks.ts';

export interface GateOptions extends BorderOptions {
  /** Of the key that signs permits. */
  readonly seed: string;
  readonly clock: Clock;
  /** The log's time: by it log-ins expire. */
  readonly stamps: Stamps;
  readonly banishment: Banishment;
  /** Other nodes that take part at present. */
  others(): readonly string[];
  /** Whether this one does: it follows or leads. */
  takesPart(): boolean;
}

const judgePatienceMs = 1_500;
const graceMs = 500;
/** At once, over all log-ins of a user. */
const connectionsPerUserMax = 32;
/** At once, from one network: people who are about to log in. */
const guestsPerOriginMax = 128;

const refused: Verdict = { isAdmitted: false };

export function openGate(open: OpenCopy, positions: Positions, options: GateOptions): Subscription {
  const { clock, node, seed, others, gatewayPassword, stamps, takesPart } = options;
  const guests = new Guests();
  const called = callWarden(options, clock);
  const warden = () => called.warden();
  const arrivals = new Arrivals(clock);
  const parts: Subscription[] = [
    called,
    watchEndedLogIns(open.copy, (tokenHash) => {
      clock.setTimeout(() => void warden()?.expel(connectionName(tokenHash)).catch(ignore), graceMs);
    }),
    checkLogIns({ clock, rows: open.copy.rows, warden, now: () => stamps.now(), takesPart }),
    options.banishment.start((speaker) => {
      // Where they came in is known: until the servers have been asked a flood would go on.
      for (const place of arrivals.of(speaker)) void warden()?.kick(place).catch(ignore);
      for (const name of namesOf(speaker, open, guests)) void warden()?.expel(name).catch(ignore);
    }),
    guardBorder(options, {
      clock,
      signer: new Signer(seed),
      gatewayPassword,
      arrived: (visitor) => {
        const { introduction, origin } = visitor;
        if (introduction.as === 'guest') guests.remember(introduction.guest, origin);
        return arrivals.heard(visitor);
      },
      judge: judge(open, positions, { ...options, warden, guests }),
      turn: (question) => turnOf(question, node, others()),
    }),
  ];
  return {
    stop: () => {
      for (const part of parts) part.stop();
    },
  };
}

/** Guests are nobody yet and choose their ids: what can be counted, and sent away, is a network's. */
function guestName(origin: string): string {
  return `guests:${origin}`;
}

/** What all connections of somebody are called. */
function namesOf(speaker: string, { copy }: Pick<OpenCopy, 'copy'>, guests: Guests): string[] {
  const origin = guests.originOf(speaker);
  if (origin !== undefined) return [guestName(origin)];
  return users.get(copy.rows, speaker)?.logIns.map(({ tokenHash }) => connectionName(tokenHash)) ?? [];
}

/**
 * Anybody may come as a guest, a crowd may not. A token is judged by what is committed at least as far as its bearer has read; one of
 * another cluster, whose positions mean nothing here, is judged at once. Whether it has expired the log's time tells.
 */
function judge(
  { copy, frames }: OpenCopy,
  positions: Positions,
  {
    banishment,
    stamps,
    warden,
    guests,
  }: Pick<GateOptions, 'banishment' | 'stamps'> & { warden(): Warden | undefined; readonly guests: Guests },
): Judge {
  const crowds = new Crowds(warden);
  return async ({ introduction, origin }, secret) => {
    if (introduction.as === 'guest') {
      const name = guestName(origin);
      if (guests.anyFrom(origin, banishment.speakers)) return refused;
      if (await crowds.isFull(name, [name], guestsPerOriginMax)) return refused;
      return { isAdmitted: true, name };
    }
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
    if (await crowds.isFull(user, namesOf(user, { copy }, guests), connectionsPerUserMax)) return refused;
    return { isAdmitted: true, name: connectionName(tokenHash), expires: Math.ceil(logIn.expiresAt / 1_000) };
  };
}

const ignore = () => undefined;
