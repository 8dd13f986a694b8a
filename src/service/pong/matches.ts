/** Matches as people open, join and leave them: who is meant by a name, whose a match is, and what its court still has to say. */
import { type Decision, refuse } from '../../actors/decision.ts';
import type { MatchCommand } from '../../actors/match/decide.ts';
import { sideOf } from '../../actors/match/state.ts';
import type { EventData, Fact } from '../../events/domain.ts';
import { newId, type Random } from '../../events/ids.ts';
import { limits } from '../../events/limits.ts';
import { canonicalName } from '../../events/names.ts';
import { RULES } from '../../pong/game.ts';
import type { PlayRecord } from '../../pong/recording.ts';
import type { Rows } from '../../projections/rows.ts';
import { engagements, matches, names, openMatches, rematches } from '../../projections/tables.ts';
import { Bucket } from '../bucket.ts';
import type { PreparedCommand } from '../prepare.ts';

export type CommandOfMatches = Extract<
  PreparedCommand,
  {
    type:
      | 'OpenMatch'
      | 'JoinMatch'
      | 'DeclineMatch'
      | 'ReadyForMatch'
      | 'PauseMatch'
      | 'ForfeitMatch'
      | 'Rematch';
  }
>;

/** Where matches are played. */
export interface Courts {
  /** Plays no further. @returns what was played and is not recorded yet. */
  halt(match: string): PlayRecord | undefined;
}

export interface MatchesOptions {
  readonly rows: () => Rows;
  readonly random: Random;
  readonly courts: Courts;
  /** What a match would say. */
  consider(match: string, command: MatchCommand, at: number): Decision;
  /** Lets a match decide. */
  decide(match: string, command: MatchCommand, at: number): Decision;
}

type Opening = Pick<EventData<'MatchOpened'>, 'players' | 'bot' | 'points' | 'continues'>;

export class Matches {
  readonly #options: MatchesOptions;
  /** How often people were invited of late. It is memory: another leader begins anew. */
  readonly #invited = new Map<string, Bucket>();

  constructor(options: MatchesOptions) {
    this.#options = options;
  }

  decide(user: string, command: CommandOfMatches, at: number): Decision {
    if (command.type === 'OpenMatch') return this.#openAgainst(user, command, at);
    const { match } = command;
    const row = matches.get(this.#options.rows(), match);
    if (!row || sideOf(row, user) === undefined) return refuse('unknown-match');
    switch (command.type) {
      case 'JoinMatch':
        return this.#join(user, match, at);
      case 'DeclineMatch':
        return this.#options.decide(match, { type: 'Decline', player: user }, at);
      case 'ReadyForMatch':
        return this.#options.decide(match, { type: 'GetReady', player: user }, at);
      case 'PauseMatch':
        return this.interrupt(match, { type: 'Pause', player: user }, at);
      case 'ForfeitMatch':
        return this.interrupt(match, { type: 'Forfeit', player: user }, at);
      case 'Rematch':
        return this.#rematch(user, match, at);
      default:
        return command satisfies never;
    }
  }

  /** Play ends here, or pauses: what was played so far stands before it. */
  interrupt(match: string, command: MatchCommand, at: number): Decision {
    const { consider, decide, courts } = this.#options;
    const possible = consider(match, command, at);
    if ('refused' in possible) return possible;
    const play = courts.halt(match);
    const recorded = play ? decide(match, { type: 'RecordPlay', ...play }, at) : undefined;
    const decision = decide(match, command, at);
    if (!('facts' in decision) || !recorded || !('facts' in recorded)) return decision;
    return { facts: [...recorded.facts, ...decision.facts] };
  }

  /** Everything that a user who goes is in, each of it lost. */
  leaveAll(user: string, at: number): Fact[] {
    return this.#own(user).flatMap((match) => {
      const decision = this.interrupt(match, { type: 'Forfeit', player: user }, at);
      return 'facts' in decision ? decision.facts : [];
    });
  }

  #openAgainst(by: string, command: Extract<CommandOfMatches, { type: 'OpenMatch' }>, at: number): Decision {
    const { points, bot = null } = command;
    const other =
      command.name === undefined ? null : names.get(this.#options.rows(), canonicalName(command.name));
    if (other === undefined) return refuse('unknown-user');
    if (other === by) return refuse('to-yourself', 'A match needs somebody else in it.');
    return this.#open(by, { players: [by, other], bot, points, continues: null }, at);
  }

  #open(by: string, opening: Opening, at: number): Decision {
    const { random, decide, rows } = this.#options;
    if ((openMatches.get(rows())?.length ?? 0) >= limits.matchesMax)
      return refuse('too-many-matches', 'As many matches are open as there can be; try again later.');
    if (this.#isBusy(by)) return refuse('too-many-matches');
    if (this.#isWaiting(by))
      return refuse('too-many-matches', 'As many matches of yours wait as may; withdraw one first.');
    const invited = opening.players[by === opening.players[0] ? 1 : 0];
    if (invited !== null && !this.#mayInvite(invited, at))
      return refuse('too-many-matches', 'They were invited too often just now; try again in a minute.');
    const match = newId('p-', random);
    const seed = random.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0);
    return decide(match, { type: 'OpenMatch', match, by, ...opening, rules: RULES, seed }, at);
  }

  #join(user: string, match: string, at: number): Decision {
    if (this.#isBusy(user)) return refuse('too-many-matches');
    return this.#options.decide(match, { type: 'Join', player: user }, at);
  }

  #rematch(user: string, before: string, at: number): Decision {
    const rows = this.#options.rows();
    const row = matches.get(rows, before)!; // whose it is was looked up there
    if (row.state !== 'over') return refuse('not-possible', 'That match is not over.');
    const next = rematches.get(rows, before);
    const asked = next === undefined ? undefined : matches.get(rows, next);
    if (next !== undefined && asked && asked.state !== 'over') return this.#join(user, next, at);
    const { players, bot, points } = row;
    return this.#open(user, { players: [...players], bot, points, continues: before }, at);
  }

  #isBusy(user: string): boolean {
    return this.#own(user).length >= limits.matchesPerUserMax;
  }

  #isWaiting(user: string): boolean {
    const rows = this.#options.rows();
    const waiting = this.#own(user).filter((match) => {
      const row = matches.get(rows, match);
      return row?.state === 'lobby' && row.by === user;
    });
    return waiting.length >= limits.matchesWaitingMax;
  }

  #own(user: string): readonly string[] {
    return engagements.get(this.#options.rows(), user) ?? [];
  }

  #mayInvite(user: string, at: number): boolean {
    const perMinute = limits.invitationsPerMinute;
    for (const [other, bucket] of this.#invited) if (bucket.isFull(at)) this.#invited.delete(other);
    const bucket = this.#invited.get(user) ?? new Bucket(perMinute / 60, perMinute, at);
    this.#invited.set(user, bucket);
    return bucket.spend(1, at);
  }
}
