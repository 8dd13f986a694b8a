/** Every node answers its users' queries; a queue group spreads them. */
import { codecError, parseBytes } from '../events/codec.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Bus, BusMessage, Subscription } from '../ports/bus.ts';
import { type Clock, every } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { type QueryName, type QueryRequest, queries, querySchema } from '../protocol/queries.ts';
import { clientSubjects, parseSubject } from '../protocol/subjects.ts';
import type { Copy } from '../replication/copy.ts';
import { Intake, questionLimits } from './intake.ts';
import type { Reader } from './reader.ts';
import { Unexpected } from './unexpected.ts';
import type { Positions } from './waiting.ts';

const catchUpTimeoutMs = 1_000;
const sweepMs = 1_000;
/** Of an answer: the largest counts for 16 questions. */
const bytesPerQuestion = 8 * 1024;

/** Questions that cost as much as so many others: thousands of events are looked at for them, or many conversations. */
const costs: Readonly<Record<string, number>> = { search: 100, passages: 20, conversations: 10, messages: 2 };

export interface ReadServiceOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Somebody asks for more than any client needs. */
  banish?(speaker: string): void;
}

export class ReadService {
  readonly #copy: Copy;
  readonly #reader: Reader;
  readonly #positions: Positions;
  readonly #clock: Clock;
  readonly #unexpected: Unexpected;
  readonly #intake: Intake;
  #stopped = false;

  constructor(
    copy: Copy,
    reader: Reader,
    positions: Positions,
    { clock, journal, banish = () => undefined }: ReadServiceOptions,
  ) {
    this.#copy = copy;
    this.#reader = reader;
    this.#positions = positions;
    this.#clock = clock;
    this.#unexpected = new Unexpected(journal);
    this.#intake = new Intake({ clock, limits: questionLimits, banish });
  }

  start(bus: Bus): Subscription {
    const receive = (message: BusMessage) => this.#receive(message);
    const parts = [
      bus.subscribe(clientSubjects.allQueries, receive, { queue: 'verbatim' }),
      every(this.#clock, sweepMs, () => this.#intake.sweep()),
    ];
    return {
      stop: () => {
        this.#stopped = true;
        for (const part of parts) part.stop();
        this.#intake.stop();
      },
    };
  }

  #receive(message: BusMessage): void {
    const { speaker } = parseSubject(message.subject);
    const outcome = this.#intake.offer(speaker, message.data.length, () => this.#take(message));
    if (outcome === 'put-off') this.#respond(message, refusal('not-now'));
  }

  /** @returns for how many it counts: what is found, made and sent for one of them is what costs. */
  async #take(message: BusMessage): Promise<number> {
    if (!message.expectsAnswer) return 1; // nothing else would come of it
    const { speaker, last } = parseSubject(message.subject);
    const cost = costs[last] ?? 1;
    try {
      const sizeBytes = this.#respond(message, await this.#answer(speaker, last, message.data));
      return cost + sizeBytes / bytesPerQuestion;
    } catch (error) {
      if (this.#stopped) return 0; // and its store closed
      this.#unexpected.tell('a question could not be answered', error);
      this.#respond(message, refusal('not-now'));
      return cost;
    }
  }

  /** @returns about how large it was. */
  #respond(message: BusMessage, answer: object | Refusal): number {
    const position = this.#copy.shown;
    const text = JSON.stringify({ position, ...('code' in answer ? { refused: answer } : { answer }) });
    message.respond(text);
    return text.length;
  }

  async #answer(user: string, name: string, data: Uint8Array): Promise<object | Refusal> {
    if (!Object.hasOwn(queries, name)) return refusal('malformed', `There is no query ${name.slice(0, 32)}.`);
    const question = readQuestion(name as QueryName, data);
    if ('code' in question) return question;
    if (!(await this.#positions.reached(question.atLeast, catchUpTimeoutMs))) return refusal('too-early');
    return await this.#reader.ask(name as QueryName, user, question.request);
  }
}

function readQuestion(
  name: QueryName,
  data: Uint8Array,
): { atLeast: number; request: QueryRequest<QueryName> } | Refusal {
  try {
    const question = querySchema.safeParse(parseBytes(data));
    if (!question.success) return refusal('malformed', codecError(question.error).message);
    const request = queries[name].request.safeParse(question.data.query);
    if (!request.success) return refusal('malformed', codecError(request.error).message);
    return { atLeast: question.data.atLeast, request: request.data };
  } catch (error) {
    return refusal('malformed', (error as Error).message);
  }
}
