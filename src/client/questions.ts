/**
 * Questions, which any node answers: asked again until one does, a few at a time.
 *
 * The server gives each to some node, and may give it to one that has just died; so the first try is short, and each
 * takes twice as long as the one before. A node that is behind or not ready says so, and then another is asked.
 */
import { parseJson } from '../events/codec.ts';
import { limits } from '../events/limits.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, delay } from '../ports/clock.ts';
import { Pace } from '../ports/pace.ts';
import {
  type QueryAnswer,
  type QueryName,
  type QueryRequest,
  queries,
  queryReplySchema,
} from '../protocol/queries.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import { Refused } from './errors.ts';

const tryTimeoutMs = { first: 500, max: 4_000 };
const retryMs = 50;

export interface QuestionsOptions {
  readonly clock: Clock;
  /** @throws {Unanswered} before there is a connection. */
  bus(): Pick<Bus, 'request'>;
  /** The highest position seen: no answer may be older. */
  position(): number;
  saw(position: number): void;
  /** Why nothing is asked any more, once that is so. */
  whyClosed(): Error | undefined;
  /** What to throw when nobody answered in time. */
  tooLate(): Error;
}

export class Questions {
  readonly #options: QuestionsOptions;
  readonly #pace = new Pace(limits.requestsUnderWayMax);

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** @throws {Refused}, {Unanswered}. */
  async ask<Q extends QueryName>(
    user: string,
    name: Q,
    request: QueryRequest<Q>,
    timeoutMs: number,
  ): Promise<QueryAnswer<Q>> {
    const { clock, saw, whyClosed, tooLate } = this.#options;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const subject = clientSubjects.query(user, name);
    for (let tryMs = tryTimeoutMs.first; ; tryMs = Math.min(tryMs * 2, tryTimeoutMs.max)) {
      const leftMs = deadlineMs - clock.monotonicMs();
      const problem = whyClosed();
      if (problem) throw problem;
      if (leftMs <= 0) throw tooLate();
      const reply = await this.#try(subject, request, Math.min(tryMs, leftMs));
      if (reply && !reply.refused) {
        saw(reply.position);
        return queries[name].answer.parse(reply.answer) as QueryAnswer<Q>; // the schema is that query's own
      }
      const refused = reply?.refused;
      if (refused && refused.code !== 'too-early' && refused.code !== 'not-now')
        throw new Refused(refused.code, refused.message);
      await delay(clock, retryMs);
    }
  }

  /** Undefined when nobody answered this time. */
  async #try(subject: string, query: unknown, timeoutMs: number) {
    const { bus, position } = this.#options;
    try {
      const ask = () => bus().request(subject, JSON.stringify({ atLeast: position(), query }), timeoutMs);
      const data = await this.#pace.run(ask);
      return queryReplySchema.parse(parseJson(Buffer.from(data).toString()));
    } catch {
      return undefined;
    }
  }
}
