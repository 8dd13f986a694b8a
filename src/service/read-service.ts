/** Every node answers its users' queries; a queue group spreads them. */
import { codecError, parseJson } from '../events/codec.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Bus, BusMessage, Subscription } from '../ports/bus.ts';
import { type QueryName, type QueryRequest, queries, querySchema } from '../protocol/queries.ts';
import { clientSubjects, parseSubject } from '../protocol/subjects.ts';
import type { Copy } from '../replication/copy.ts';
import type { Reader } from './reader.ts';
import type { Positions } from './waiting.ts';

const catchUpTimeoutMs = 1_000;

export class ReadService {
  readonly #copy: Copy;
  readonly #reader: Reader;
  readonly #positions: Positions;

  constructor(copy: Copy, reader: Reader, positions: Positions) {
    this.#copy = copy;
    this.#reader = reader;
    this.#positions = positions;
  }

  start(bus: Bus): Subscription {
    return bus.subscribe(clientSubjects.allQueries, (message) => void this.#receive(message), {
      queue: 'verbatim',
    });
  }

  async #receive(message: BusMessage): Promise<void> {
    const { speaker, last } = parseSubject(message.subject);
    const answer = await this.#answer(speaker, last, message.data).catch(() => refusal('not-now'));
    const position = this.#copy.shown;
    message.respond(JSON.stringify({ position, ...('code' in answer ? { refused: answer } : { answer }) }));
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
    const question = querySchema.safeParse(parseJson(Buffer.from(data).toString()));
    if (!question.success) return refusal('malformed', codecError(question.error).message);
    const request = queries[name].request.safeParse(question.data.query);
    if (!request.success) return refusal('malformed', codecError(request.error).message);
    return { atLeast: question.data.atLeast, request: request.data };
  } catch (error) {
    return refusal('malformed', (error as Error).message);
  }
}
