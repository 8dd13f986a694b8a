/**
 * The leader's desk: takes batches of commands from clients, has them decided and recorded, and answers each batch when
 * everything its answers rest on is committed.
 *
 * What may interleave: a client resends what is in flight; two batches of one client overtake each other while a
 * password is verified; the leader is deposed between deciding and committing. Dedupe rows lie in the same layers as
 * everything decided, so a repeat of something in flight finds it and waits for the same commit (P1, P6); batches of one
 * client go one after the other; a deposed leader never answers.
 */
import { codecError, parseBytes } from '../events/codec.ts';
import {
  batchSchema,
  type ClientCommand,
  type CommandBatch,
  guestCommand,
  userCommand,
} from '../events/commands.ts';
import type { DomainEvent } from '../events/domain.ts';
import { limits } from '../events/limits.ts';
import { type Postponement, postponed, type Refusal, refusal } from '../events/refusals.ts';
import type { Passwords } from '../ports/passwords.ts';
import { answers as answersTable } from '../projections/tables.ts';
import { type Answer, answerFrom, type Reply } from '../protocol/answers.ts';
import type { Leadership } from '../replication/leadership.ts';
import type { Stamps } from '../replication/stamps.ts';
import { type Attempts, attemptOf } from './attempts.ts';
import type { Decider, Sender } from './decider.ts';
import type { Frames } from './frames.ts';
import { TooManyWait } from './paced-passwords.ts';
import {
  digestOf,
  needsPreparation,
  type PreparedCommand,
  prepare,
  type SecretCommand,
  weaknessOf,
} from './prepare.ts';
import type { Buckets } from './send-rate.ts';
import type { Unexpected } from './unexpected.ts';

export interface DeskOptions {
  readonly leadership: Leadership;
  readonly decider: Decider;
  readonly passwords: Passwords;
  /** For those who register. */
  readonly newPasswords: Passwords;
  readonly stamps: Stamps;
  readonly frames: Frames;
  readonly attempts: Attempts;
  readonly buckets: Buckets;
  readonly unexpected: Unexpected;
}

/** A command's answer, and the frame that must be committed before it may leave (0: it rests on nothing). */
interface Outcome {
  readonly frame: number;
  /** As the log says, now. */
  readonly isRefused?: boolean;
  answer(): Answer | Promise<Answer>;
}

/** Whoever asks for too much waits at least so long, and then has some more at once. */
const slowDownMsMin = 100;

/** As many commands: no client sends it by itself, and it is read and answered all the same. */
const costOfNonsense = 16;

/** What a request held: its sender's clock, and how many commands. */
interface Taken {
  readonly clock: number;
  readonly commands: number;
}

/** Clients whose last command is remembered. */
const rememberedMax = 10_000;
/** Batches of one client that wait for their turn. */
const waitingPerLaneMax = 64;

type Respond = (reply: Omit<Reply, 'clock'>) => void;

export class Desk {
  readonly #options: DeskOptions;
  /** Batches under way, by sender and client: one after the other. */
  readonly #lanes = new Map<string, { readonly turn: Promise<void>; readonly waiting: number }>();
  /** Id of the last command taken, by sender and client. */
  readonly #taken = new Map<string, string>();
  /** What to do when a frame is committed, in the order of frames. */
  readonly #waiting: { readonly frame: number; readonly go: () => void }[] = [];
  #stopped = false;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** @param respond called once, or never if this leader is deposed first: then the next one answers the resend. */
  handle(sender: Sender, data: Uint8Array, respond: Respond): Taken {
    const batch = readBatch(data);
    if ('code' in batch) {
      respond({ refused: batch });
      return { clock: 0, commands: costOfNonsense };
    }
    const taken = { clock: batch.clock, commands: batch.commands.length };
    const lane = `${sender.id}/${sender.client}`;
    const { turn: before, waiting } = this.#lanes.get(lane) ?? { turn: undefined, waiting: 0 };
    if (waiting >= waitingPerLaneMax) {
      respond({ refused: refusal('not-now') });
      return taken;
    }
    const run = () =>
      this.#process(sender, lane, batch, respond).catch((error: unknown) => {
        this.#taken.delete(lane); // not all of it was decided: what follows it must not be decided before it
        this.#putOff(respond, 'a command could not be decided', error);
      });
    const turn = (before ? before.then(run) : run()).finally(() => {
      if (this.#lanes.get(lane)?.turn === turn) this.#lanes.delete(lane);
    });
    this.#lanes.set(lane, { turn, waiting: waiting + 1 });
    return taken;
  }

  /** Writes down what the leader itself decided, such as that somebody is gone. @returns the frame; undefined: too late. */
  record(events: readonly DomainEvent[]): number | undefined {
    return this.#stopped ? undefined : this.#options.leadership.appender.record(events).frame;
  }

  /** Everything up to this frame is committed: the answers that waited for it leave. */
  committed(frame: number): void {
    while (this.#waiting[0] && this.#waiting[0].frame <= frame) this.#waiting.shift()?.go();
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }

  async #process(sender: Sender, lane: string, batch: CommandBatch, respond: Respond): Promise<void> {
    const { leadership } = this.#options;
    if (this.#stopped) return;
    // That a command has an answer proves nothing about those before it: it may be a repeat of an old one.
    if (batch.after && this.#taken.get(lane) !== batch.after) return respond({ resend: true });
    if (leadership.isOverloaded) return respond({ refused: refusal('not-now') });
    // What is longer than an id can be is refused below, and no batch can name it.
    if (batch.commands.length > 0)
      this.#remember(lane, idOf(batch.commands.at(-1)).slice(0, limits.idLengthMax));
    const outcomes: Outcome[] = [];
    let later: Postponement | undefined;
    for (const raw of batch.commands) {
      const command = readCommand(sender, raw);
      const outcome =
        'code' in command
          ? { frame: 0, answer: () => ({ id: idOf(raw), refused: command }) }
          : needsPreparation(command)
            ? await this.#takePrepared(sender, command)
            : this.#take(sender, command, command);
      if (this.#stopped) return;
      if ('retryAfterMs' in outcome) {
        later = outcome;
        this.#taken.delete(lane); // what follows it must not be decided before it
        break;
      }
      outcomes.push(outcome);
    }
    const frame = Math.max(0, ...outcomes.map((outcome) => outcome.frame));
    const answer = () =>
      void this.#answer(outcomes, later, respond).catch((error: unknown) =>
        this.#putOff(respond, 'an answer could not be read', error),
      );
    if (frame <= leadership.committed) answer();
    else this.#wait(frame, answer);
  }

  /** Something failed that should not. A leader that was stopped for it says nothing any more. */
  #putOff(respond: Respond, what: string, error: unknown): void {
    if (this.#stopped) return;
    this.#options.unexpected.tell(what, error);
    respond({ refused: refusal('not-now') });
  }

  /** Who was forgotten is asked for a resend: that costs a round trip and nothing else. */
  #remember(lane: string, id: string): void {
    this.#taken.delete(lane);
    this.#taken.set(lane, id);
    for (const oldest of this.#taken.keys()) {
      if (this.#taken.size <= rememberedMax) break;
      this.#taken.delete(oldest);
    }
  }

  async #takePrepared(sender: Sender, command: SecretCommand): Promise<Outcome | Postponement> {
    const { leadership, attempts } = this.#options;
    const passwords = this.#options[command.type === 'Register' ? 'newPasswords' : 'passwords'];
    const known = this.#known(sender, command);
    if (known) return known;
    const attempt = attemptOf(sender, command);
    const waitMs = attempts.begin(attempt);
    if (waitMs > 0) return postponed(waitMs);
    let isRight: boolean | undefined;
    try {
      const rows = () => leadership.appender.rows;
      const weakness = await weaknessOf(command, sender.id, rows(), passwords);
      if (weakness) return { frame: 0, answer: () => ({ id: command.id, refused: weakness }) };
      const prepared = await prepare(command, sender.id, rows, passwords);
      if (this.#stopped) return { frame: 0, answer: () => ({ id: command.id }) };
      const outcome = this.#take(sender, command, prepared);
      if (command.type !== 'Register' && 'isRefused' in outcome) isRight = !outcome.isRefused;
      return outcome;
    } catch (error) {
      if (error instanceof TooManyWait) return postponed(error.retryAfterMs);
      throw error;
    } finally {
      attempts.ended(attempt, isRight);
    }
  }

  #take(sender: Sender, command: ClientCommand, prepared: PreparedCommand): Outcome | Postponement {
    const known = this.#known(sender, command);
    if (known) return known;
    const { buckets, decider, leadership, stamps } = this.#options;
    const waitMs = isGuest(sender) ? 0 : buckets.take(sender.id);
    if (waitMs > 0) return postponed(Math.max(slowDownMsMin, waitMs));
    const at = stamps.now();
    const decision = decider.decide(sender, prepared, at);
    const isRefused = 'refused' in decision;
    const facts = isRefused
      ? ([{ type: 'CommandRefused', data: decision.refused }] as const)
      : decision.facts;
    const cause = { user: sender.id, id: command.id, digest: digestOf(command) };
    const events = facts.map(
      (fact, index): DomainEvent => ({ ...fact, at, ...(index === facts.length - 1 ? { cause } : {}) }),
    );
    const { position, frame } = leadership.appender.record(events);
    return { frame, isRefused, answer: () => answerFrom(events.at(-1)!, position) };
  }

  /** The outcome of a command that was decided before, committed or still on its way. */
  #known(sender: Sender, command: ClientCommand): Outcome | undefined {
    const { leadership, frames } = this.#options;
    const known = answersTable.get(leadership.appender.rows, sender.id, command.id);
    if (!known) return undefined;
    const [position, frame, digest] = known;
    if (digest !== digestOf(command))
      return { frame, answer: () => ({ id: command.id, refused: refusal('id-reused') }) };
    return {
      frame,
      answer: async () => ({
        ...answerFrom((await frames.event(position, frame)).event, position),
        duplicate: true,
      }),
    };
  }

  async #answer(
    outcomes: readonly Outcome[],
    later: Postponement | undefined,
    respond: Respond,
  ): Promise<void> {
    const answers = await Promise.all(outcomes.map((outcome) => outcome.answer()));
    if (!this.#stopped) respond({ answers, ...(later ? { refused: later } : {}) });
  }

  /** Frames are waited for in nearly their own order: only a repeat of something old comes out of turn. */
  #wait(frame: number, go: () => void): void {
    let index = this.#waiting.length;
    while (index > 0 && this.#waiting[index - 1]!.frame > frame) index--;
    this.#waiting.splice(index, 0, { frame, go });
  }
}

function readBatch(data: Uint8Array): CommandBatch | Refusal {
  if (data.length > limits.requestBytesMax) {
    return refusal('too-large', `A request has at most ${limits.requestBytesMax} bytes.`);
  }
  try {
    const parsed = batchSchema.safeParse(parseBytes(data));
    return parsed.success ? parsed.data : refusal('malformed', codecError(parsed.error).message);
  } catch (error) {
    return refusal('malformed', (error as Error).message);
  }
}

function readCommand(sender: Sender, raw: unknown): ClientCommand | Refusal {
  const parsed = (isGuest(sender) ? guestCommand : userCommand).safeParse(raw);
  return parsed.success ? parsed.data : refusal('malformed', codecError(parsed.error).message);
}

/** As it came, however wrong it is: a client knows its answers by their ids. */
function idOf(raw: unknown): string {
  return typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' ? raw.id : '';
}

function isGuest({ id }: Sender): boolean {
  return id.startsWith('g-');
}
