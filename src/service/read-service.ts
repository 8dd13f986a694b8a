/** Every node answers its users' queries; a queue group spreads them. */
import { codecError, parseBytes } from '../events/codec.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Bus, BusMessage, Subscription } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { type QueryName, type QueryRequest, queries, querySchema } from '../protocol/queries.ts';
import { clientSubjects, parseSubject } from '../protocol/subjects.ts';
import type { Copy } from '../replication/copy.ts';
import { Bucket } from './bucket.ts';
import type { Reader } from './reader.ts';
import type { Positions } from './waiting.ts';

const catchUpTimeoutMs = 1_000;
/** Of one user, at one node. */
const askingMax = 32;
/** Faster than that they are put off; who does not care is banished. */
const questionsPerSecond = 300;
const questionsBurst = 300;
const knocksPerSecond = 1_000;
const knocksBurst = 1_000;
const knocksPerPutOff = 4;
/** Users whose questions are counted. */
const rememberedMax = 10_000;

/** A user's questions: how many have no answer yet, and how fast they come. */
interface Asker {
  asking: number;
  isBanished: boolean;
  readonly questions: Bucket;
  /** Whatever is sent, answered or not. */
  readonly knocks: Bucket;
}

export class ReadService {
  readonly #copy: Copy;
  readonly #reader: Reader;
  readonly #positions: Positions;
  readonly #clock: Clock;
  readonly #banish: (speaker: string) => void;
  readonly #askers = new Map<string, Asker>();

  /** @param banish somebody asks for more than any client needs. */
  constructor(
    copy: Copy,
    reader: Reader,
    positions: Positions,
    clock: Clock,
    banish: (speaker: string) => void = () => undefined,
  ) {
    this.#copy = copy;
    this.#reader = reader;
    this.#positions = positions;
    this.#clock = clock;
    this.#banish = banish;
  }

  start(bus: Bus): Subscription {
    return bus.subscribe(clientSubjects.allQueries, (message) => void this.#receive(message), {
      queue: 'verbatim',
    });
  }

  async #receive(message: BusMessage): Promise<void> {
    const { speaker } = parseSubject(message.subject);
    const asker = this.#askerOf(speaker);
    const nowMs = this.#clock.monotonicMs();
    if (!asker.knocks.spend(1, nowMs)) {
      if (!asker.isBanished) this.#banish(speaker);
      asker.isBanished = true;
      return;
    }
    asker.isBanished = false;
    const isTaken = asker.asking < askingMax && asker.questions.spend(1, nowMs);
    if (!isTaken) asker.knocks.charge(knocksPerPutOff, nowMs);
    const answer = isTaken ? await this.#ask(asker, message) : refusal('not-now');
    const position = this.#copy.shown;
    message.respond(JSON.stringify({ position, ...('code' in answer ? { refused: answer } : { answer }) }));
  }

  async #ask(asker: Asker, { subject, data }: BusMessage): Promise<object | Refusal> {
    const { speaker, last } = parseSubject(subject);
    asker.asking += 1;
    try {
      return await this.#answer(speaker, last, data);
    } catch {
      return refusal('not-now');
    } finally {
      asker.asking -= 1;
    }
  }

  #askerOf(user: string): Asker {
    const nowMs = this.#clock.monotonicMs();
    const asker = this.#askers.get(user) ?? {
      asking: 0,
      isBanished: false,
      questions: new Bucket(questionsPerSecond, questionsBurst, nowMs),
      knocks: new Bucket(knocksPerSecond, knocksBurst, nowMs),
    };
    this.#askers.delete(user);
    this.#askers.set(user, asker);
    for (const oldest of this.#askers.keys()) {
      if (this.#askers.size <= rememberedMax) break;
      this.#askers.delete(oldest);
    }
    return asker;
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
