/**
 * The outbox: commands on their way, in the order in which they were given, until each has its answer.
 *
 * Nothing is ever given up because of a failure: an unanswered command is sent again under its own id, to whoever leads
 * then, and the log makes that safe. Whatever was given since the last send goes out as one batch. A batch names the
 * command before it that has no answer yet, so a leader that missed an earlier batch asks for a resend instead of
 * deciding out of order.
 */
import { decideReply } from '../actors/client/decide.ts';
import { parseJson } from '../events/codec.ts';
import type { ClientCommand, CommandBatch } from '../events/commands.ts';
import type { LamportClock } from '../events/lamport.ts';
import { limits } from '../events/limits.ts';
import { refusals } from '../events/refusals.ts';
import { type Bus, NobodyThere } from '../ports/bus.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { type Answer, type Reply, replySchema } from '../protocol/answers.ts';
import { Refused, Unanswered } from './errors.ts';

interface Entry {
  readonly command: ClientCommand;
  readonly sizeBytes: number;
  /** Under way at present. */
  isSent: boolean;
  /** Was under way at some time: its outcome is unknown until answered. */
  wasSent: boolean;
  readonly timeoutMs: number | undefined;
  timer: Timer;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A batch on its way. */
interface Sent {
  readonly batch: readonly Entry[];
  /** Those that never were under way before. */
  readonly sentFirst: readonly Entry[];
  /** Of which it was a part. */
  readonly attempt: number;
}

export interface OutboxOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly lamport: LamportClock;
  readonly subject: string;
  /** Whether commands may be sent now. */
  isReady(): boolean;
  /** A batch reached nobody. */
  leaderLost(): void;
  /** The leader wants what is unanswered again, but not before so long. */
  slowedDown(retryAfterMs: number): void;
}

const replyTimeoutMs = 3_000;
const retryMs = 20;
const batchBytesMax = limits.requestBytesMax / 2;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #entries: Entry[] = [];
  /** Counts resends: what earlier attempts still bring in is heard, but not obeyed. */
  #attempt = 0;
  /** Batches of this attempt that have no reply yet. */
  #underWay = 0;
  #underWayBytes = 0;
  #isFlushing = false;
  /** Until when nothing is sent: somebody asked for that. */
  #pause: Timer | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Resolves with the committed answer. @throws {Refused} as the log says. @throws {Unanswered} after `timeoutMs`. */
  give(command: ClientCommand, timeoutMs?: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sizeBytes = Buffer.byteLength(JSON.stringify(command)) + 1;
      // Beyond this the broker would cut the connection, and the command would be sent again for ever.
      if (sizeBytes > batchBytesMax) return reject(new Refused('too-large', refusals['too-large']));
      const state = { isSent: false, wasSent: false, timer: undefined };
      const entry: Entry = { command, sizeBytes, timeoutMs, ...state, resolve, reject };
      this.#expire(entry);
      this.#entries.push(entry);
      this.flush();
    });
  }

  /** Sends what is not under way, together with whatever else is given in this turn. */
  flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#options.clock.soon(() => {
      this.#isFlushing = false;
      if (this.#options.isReady() && this.#pause === undefined) this.#sendAll();
    });
  }

  /** There is another leader, or the old one may have missed something: everything unanswered goes out again. */
  resend(): void {
    this.#options.clock.clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#begin();
    for (const entry of this.#entries) entry.isSent = false;
    this.flush();
  }

  /** Gives up on everything. */
  close(reason: string): void {
    this.#options.clock.clearTimeout(this.#pause);
    for (const entry of this.#entries.splice(0)) this.#giveUp(entry, reason);
  }

  /** A new attempt: what earlier ones wait for may never come. */
  #begin(): void {
    this.#attempt += 1;
    this.#underWay = 0;
    this.#underWayBytes = 0;
  }

  /** As much as may be under way; the rest goes out when there are replies. */
  #sendAll(): void {
    let after: string | null = null;
    let batch: Entry[] = [];
    let sizeBytes = 0;
    const send = () => {
      if (batch.length > 0 && !this.#isFull) void this.#send(batch, after);
      after = batch.at(-1)?.command.id ?? after;
      batch = [];
      sizeBytes = 0;
    };
    for (const entry of this.#entries) {
      if (entry.isSent) {
        after = entry.command.id;
        continue;
      }
      if (this.#isFull) return;
      if (batch.length === limits.commandsPerRequestMax || sizeBytes + entry.sizeBytes > batchBytesMax)
        send();
      batch.push(entry);
      sizeBytes += entry.sizeBytes;
    }
    send();
  }

  async #send(batch: readonly Entry[], after: string | null): Promise<void> {
    const { bus, lamport, subject } = this.#options;
    const attempt = this.#attempt;
    const sizeBytes = batch.reduce((sum, entry) => sum + entry.sizeBytes, 0);
    this.#underWay += 1;
    this.#underWayBytes += sizeBytes;
    const sentFirst = batch.filter((entry) => !entry.wasSent);
    for (const entry of batch) {
      entry.isSent = true;
      entry.wasSent = true;
    }
    const commands = batch.map(({ command }) => command);
    const payload = JSON.stringify({ after, clock: lamport.tick(), commands } satisfies CommandBatch);
    try {
      const data = await bus.request(subject, payload, replyTimeoutMs);
      const reply = replySchema.parse(parseJson(Buffer.from(data).toString()));
      this.#received(reply, { batch, sentFirst, attempt });
      this.#ended(attempt, sizeBytes);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (error instanceof NobodyThere) {
        for (const entry of sentFirst) entry.wasSent = false;
        this.#options.leaderLost();
      }
      this.#resendAfter(retryMs);
    }
  }

  get #isFull(): boolean {
    const { requestsUnderWayMax, bytesUnderWayMax } = limits;
    return this.#underWay >= requestsUnderWayMax || this.#underWayBytes > bytesUnderWayMax - batchBytesMax;
  }

  #ended(attempt: number, sizeBytes: number): void {
    if (attempt !== this.#attempt) return;
    this.#underWay -= 1;
    this.#underWayBytes -= sizeBytes;
    if (this.#entries.at(-1)?.isSent === false) this.flush(); // the newest goes out last
  }

  #received(reply: Reply, { batch, sentFirst, attempt }: Sent): void {
    this.#options.lamport.receive(reply.clock);
    const next = decideReply(reply);
    this.#settle(batch, reply.answers ?? []);
    if (next.do === 'fail') {
      const refused = { code: next.code, message: next.message };
      this.#settle(
        batch,
        batch.map(({ command: { id } }) => ({ id, refused })),
      );
    } else if (next.do === 'resend' && attempt === this.#attempt) {
      if (next.isCertain) this.#pauseFor(next.afterMs, sentFirst);
      else this.#resendAfter(next.afterMs);
    }
  }

  #resendAfter(delayMs: number): void {
    this.#begin(); // nothing of this attempt is obeyed any more
    this.#options.clock.setTimeout(() => this.resend(), delayMs);
  }

  /** Whoever is asked to wait was answered, if not with what was asked for: time-outs begin anew. */
  #pauseFor(delayMs: number, undecided: readonly Entry[]): void {
    const { clock, slowedDown } = this.#options;
    this.#begin();
    for (const entry of undecided) entry.wasSent = false;
    for (const entry of this.#entries) this.#expire(entry, delayMs);
    clock.clearTimeout(this.#pause);
    this.#pause = clock.setTimeout(() => this.resend(), delayMs);
    slowedDown(delayMs);
  }

  /** Answers are for what that very batch held: the same id may have been given again since, for something else. */
  #settle(batch: readonly Entry[], answers: readonly Answer[]): void {
    for (const [place, entry] of batch.entries()) {
      const answer = answers[place];
      if (answer?.id !== entry.command.id) continue;
      const index = this.#entries.indexOf(entry); // nearly always among the oldest, so the search is short
      if (index < 0) continue;
      this.#entries.splice(index, 1);
      this.#options.clock.clearTimeout(entry.timer);
      if (answer.refused)
        entry.reject(new Refused(answer.refused.code, answer.refused.message, answer.position));
      else entry.resolve(answer);
    }
  }

  /** @param laterMs how much later than its time-out says. */
  #expire(entry: Entry, laterMs = 0): void {
    const { clock } = this.#options;
    const { timeoutMs } = entry;
    if (timeoutMs === undefined) return;
    clock.clearTimeout(entry.timer);
    entry.timer = clock.setTimeout(() => {
      const index = this.#entries.indexOf(entry);
      if (index < 0) return;
      this.#entries.splice(index, 1);
      this.#giveUp(entry, 'nobody answered in time');
    }, timeoutMs + laterMs);
  }

  #giveUp(entry: Entry, reason: string): void {
    const { wasSent, command } = entry;
    this.#options.clock.clearTimeout(entry.timer);
    entry.reject(new Unanswered(wasSent ? 'unknown' : 'not-sent', reason, { id: command.id }));
  }
}
