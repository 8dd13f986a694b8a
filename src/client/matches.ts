/** Matches of Pong as a client has them: who plays whom, what is played, what was. Playing itself is up to whoever asks. */
import { decodeReport, encodeSaying, type Report, type Saying, sayEveryMs } from '../pong/messages.ts';
import type { Subscription } from '../ports/bus.ts';
import type { LiveNotice } from '../protocol/live.ts';
import type { QueryAnswer, QueryRequest } from '../protocol/queries.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import type { MatchView, PlayView } from '../protocol/views.ts';
import type { Asking, Conversations } from './conversations.ts';
import type { Line } from './line.ts';

export type { MatchView, PlayView, Report, Saying };
export { sayEveryMs };

type Opponent = { readonly name: string } | { readonly bot: 'easy' | 'hard' };

const pageSize = 100;

/** One subscription a match, whoever looks on: several of one group would each hear a part of the reports. */
interface Sight {
  readonly listeners: Set<(report: Report) => void>;
  readonly subscription: Subscription;
}

export class Matches {
  readonly #line: Line;
  readonly #user: string;
  readonly #client: string;
  readonly #conversations: Conversations;
  readonly #sights = new Map<string, Sight>();

  /** @param client tells it from others of the same user. */
  constructor(line: Line, user: string, client: string, conversations: Conversations) {
    this.#line = line;
    this.#user = user;
    this.#client = client;
    this.#conversations = conversations;
  }

  /** @returns the match's id. @throws {Refused} `unknown-user`, `to-yourself`, `too-many-matches`. */
  async open(opponent: Opponent, points: number, asking: Asking = {}): Promise<string> {
    return (await this.#line.command({ type: 'OpenMatch', ...opponent, points }, asking)).match ?? '';
  }

  /** @throws {Refused} `not-possible` when it was joined or withdrawn before. */
  async join(match: string, asking: Asking = {}): Promise<void> {
    await this.#line.command({ type: 'JoinMatch', match }, asking);
  }

  /** Of the invited: no, thank you. Of whoever invited: never mind. */
  async decline(match: string, asking: Asking = {}): Promise<void> {
    await this.#line.command({ type: 'DeclineMatch', match }, asking);
  }

  /** To begin, and to go on after a pause: the countdown begins when both are. */
  async ready(match: string, asking: Asking = {}): Promise<void> {
    await this.#line.command({ type: 'ReadyForMatch', match }, asking);
  }

  async pause(match: string, asking: Asking = {}): Promise<void> {
    await this.#line.command({ type: 'PauseMatch', match }, asking);
  }

  async forfeit(match: string, asking: Asking = {}): Promise<void> {
    await this.#line.command({ type: 'ForfeitMatch', match }, asking);
  }

  /** @returns the id of the new match: opened by this, or joined because the other one asked first. */
  async rematch(match: string, asking: Asking = {}): Promise<string> {
    return (await this.#line.command({ type: 'Rematch', match }, asking)).match ?? '';
  }

  /** @throws {Refused} `unknown-match`. */
  async get(match: string, timeoutMs?: number): Promise<MatchView> {
    return await this.#line.query('match', { match }, timeoutMs);
  }

  /** Those that were opened last first: of one player, or that are over or not, or all. */
  async *list(
    {
      player = null,
      isOpen = null,
    }: { readonly player?: string | null; readonly isOpen?: boolean | null } = {},
    timeoutMs?: number,
  ): AsyncGenerator<MatchView> {
    let before: number | null = null;
    do {
      const request: QueryRequest<'matches'> = { player, isOpen, before, limit: pageSize };
      const page: QueryAnswer<'matches'> = await this.#line.query('matches', request, timeoutMs);
      yield* page.matches;
      before = page.next;
    } while (before !== null);
  }

  /** Everything that is recorded of a match, in its order: for `playBack`, from `newGame(seed, points)` on. */
  async *play(match: string, timeoutMs?: number): AsyncGenerator<PlayView> {
    let after: number | null = 0;
    while (after !== null) {
      const request: QueryRequest<'play'> = { match, after, limit: pageSize };
      const page: QueryAnswer<'play'> = await this.#line.query('play', request, timeoutMs);
      yield* page.play;
      after = page.next;
    }
  }

  /** How one's own matches ended, against each other player. */
  async results(timeoutMs?: number): Promise<QueryAnswer<'results'>['results']> {
    return (await this.#line.query('results', {}, timeoutMs)).results;
  }

  /** Told whenever a match of one's own is in another state. Subscribes, so the line must be connected. */
  listen(listener: (match: MatchView) => void): { stop(): void } {
    return this.#conversations.listen((notice: LiveNotice) => {
      if (notice.type === 'match') listener(notice.match);
    });
  }

  /** A match as it goes on, anybody's: 30 reports a second while it is played. Subscribes, so the line must be connected. */
  watch(match: string, listener: (report: Report) => void): { stop(): void } {
    const sight = this.#sights.get(match) ?? this.#lookOn(match);
    const own = (report: Report) => listener(report);
    sight.listeners.add(own);
    return {
      stop: () => {
        sight.listeners.delete(own);
        if (sight.listeners.size > 0 || this.#sights.get(match) !== sight) return;
        sight.subscription.stop();
        this.#sights.delete(match);
      },
    };
  }

  #lookOn(match: string): Sight {
    const listeners = new Set<(report: Report) => void>();
    const hear = ({ data }: { readonly data: Uint8Array }) => {
      const report = decodeReport(data);
      if (report) for (const listener of [...listeners]) listener(report);
    };
    const queue = clientSubjects.onlookers(this.#user, this.#client);
    const subscription = this.#line.link.subscribe(clientSubjects.match(match), hear, { queue });
    const sight = { listeners, subscription };
    this.#sights.set(match, sight);
    return sight;
  }

  /** What the own paddle does. It arrives or it does not: what no report confirms is to be said again. */
  say(match: string, saying: Saying): void {
    this.#line.link.publish(clientSubjects.play(this.#user, match), encodeSaying(saying));
  }
}
