/**
 * The courts of a leader: which matches are played, and when their next tick comes.
 *
 * One [grid](tick-grid.ts) of ticks serves all of them. Nothing is played while the leader is not certain that it leads, or while nothing commits.
 */

import { deadlineOf, type MatchCommand } from '../../actors/match/decide.ts';
import { type MatchState, sideOf } from '../../actors/match/state.ts';
import type { ActorRegistry } from '../../actors/registry.ts';
import { type Both, type Side, ticksPerSecond } from '../../pong/game.ts';
import { decodeSaying, ticksPerReport } from '../../pong/messages.ts';
import type { PlayRecord } from '../../pong/recording.ts';
import type { Bus, BusMessage, Subscription } from '../../ports/bus.ts';
import { type Clock, delay } from '../../ports/clock.ts';
import type { Journal } from '../../ports/journal.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { matches, openMatches } from '../../projections/tables.ts';
import { clientSubjects, parseSubject } from '../../protocol/subjects.ts';
import type { HeldFrame } from '../../replication/held-frames.ts';
import type { Leadership } from '../../replication/leadership.ts';
import type { Frames } from '../frames.ts';
import { Tolerance } from '../tolerance.ts';
import { Court } from './court.ts';
import type { HeardPlay } from './heard-play.ts';
import { pastGame } from './past-play.ts';
import { TickGrid } from './tick-grid.ts';

/** At the latest; whose turn would come soon is taken along, for a frame costs more than what is in it. */
const ticksPerRecord = 30 * ticksPerSecond;
const ticksAlong = 15 * ticksPerSecond;
/** For a while after another leader: nodes that have just come back have heard nothing of before, and one may lead next. */
const ticksPerRecordAtFirst = 4 * ticksPerSecond;
/** Rows that a decision rests on are written soon. */
const againMs = 20;
const sayingBytesMax = 128;
/** A frame that never comes: match and court differ, until a pause has the court begin again from the log. */
const refused = Number.POSITIVE_INFINITY;
/** Of one user, whatever matches they are in. */
const rates = { heard: { perSecond: 150, burst: 300 }, tolerated: { perSecond: 1_000, burst: 2_000 } };

export interface CourtsOptions {
  readonly leadership: Leadership;
  readonly registry: ActorRegistry;
  readonly frames: Frames;
  /** Undefined where nobody listened before. */
  readonly heard: HeardPlay | undefined;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly metrics: Metrics;
  /** Has it decided and written down. @returns the frame that it will stand in; undefined where it is not possible. */
  record(matches: readonly (readonly [match: string, command: MatchCommand])[]): number | undefined;
  banish(speaker: string): void;
}

interface Played {
  readonly court: Court;
  readonly match: string;
  /** As committed. */
  score: Both<number>;
  /** Up to this tick records are written more often. */
  readonly oftenUntil: number;
  /** The frame of a point: until it is committed, the court stands still. */
  waitsFor: number | undefined;
}

export class Courts {
  readonly #options: CourtsOptions;
  readonly #courts = new Map<string, Played>();
  /** Those that are being opened. */
  readonly #opening = new Set<string>();
  readonly #tolerance = new Tolerance(rates);
  /** From the first match that is played here on, until this node leads no more. */
  #hearing: Subscription | undefined;
  readonly #grid: TickGrid;
  #ticks = 0;
  #isStopped = false;

  constructor(options: CourtsOptions) {
    this.#options = options;
    const { clock, leadership, metrics } = options;
    this.#grid = new TickGrid(clock, {
      isPlaying: () => this.#courts.size > 0 && !this.#isStopped,
      isCertain: () => leadership.isHealthy && !leadership.isStalled,
      ticked: (lateMs) => metrics.ticked(lateMs),
      tick: (nowMs) => this.#tick(nowMs),
    });
  }

  /** Goes on with what the leader before played. */
  begin(): void {
    const { rows } = this.#options.leadership.copy;
    for (const match of openMatches.get(rows) ?? []) {
      const state = matches.get(rows, match)?.state;
      if (state && isPlayed(state)) this.#seat(match, true);
    }
  }

  /** Matches that are played at present. */
  get size(): number {
    return this.#courts.size;
  }

  committed(frames: readonly HeldFrame[]): void {
    for (const { layer } of frames) {
      for (const key of layer.changed.keys())
        if (key.startsWith(matches.key(''))) this.#changed(matches.rest(key), layer.get(key) as MatchState); // of that table
    }
    const last = frames.at(-1)?.frame.number ?? 0;
    for (const played of this.#courts.values())
      if (played.waitsFor !== undefined && played.waitsFor <= last) played.waitsFor = undefined;
  }

  halt(match: string): PlayRecord | undefined {
    const played = this.#courts.get(match);
    this.#courts.delete(match);
    return played?.court.record();
  }

  /** Ends what takes too long. @param at by the log's time. */
  sweep(at: number): void {
    const { leadership, registry, record, clock } = this.#options;
    this.#tolerance.sweep(clock.monotonicMs());
    for (const match of openMatches.get(leadership.appender.rows) ?? []) {
      const deadline = deadlineOf(registry.match(match).getSnapshot().context);
      if (deadline !== null && at >= deadline) record([[match, { type: 'Expire' }]]);
    }
  }

  /** Plays no further, and writes down what was played: whoever leads next goes on exactly there. */
  resign(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#grid.stop();
    this.#record([...this.#courts.values()].filter(({ waitsFor }) => waitsFor === undefined));
  }

  stop(): void {
    this.#isStopped = true;
    this.#hearing?.stop();
    this.#grid.stop();
    this.#courts.clear();
  }

  #changed(match: string, row: MatchState): void {
    const played = this.#courts.get(match);
    if (played) played.score = row.score;
    else if (row.state === 'countdown') this.#seat(match);
    if (!isPlayed(row.state)) this.#leave(match);
  }

  /** What a court shows last is how it ended. */
  #leave(match: string): void {
    const played = this.#courts.get(match);
    if (!played) return;
    this.#courts.delete(match);
    played.waitsFor = undefined;
    this.#report(played);
  }

  #seat(match: string, isTakenOver = false): void {
    if (this.#opening.has(match)) return;
    this.#opening.add(match);
    this.#openCourt(match, isTakenOver)
      .catch((error: unknown) => {
        if (!this.#isStopped)
          this.#options.journal.notice(`match ${match} cannot be played on: ${String(error)}`);
      })
      .finally(() => this.#opening.delete(match));
  }

  async #openCourt(match: string, isTakenOver: boolean): Promise<void> {
    const { leadership, registry, frames, heard, clock } = this.#options;
    for (;;) {
      const game = await pastGame(leadership.copy, frames, registry.match(match).getSnapshot().context);
      if (this.#isStopped) return;
      const { state, tick, bot } = registry.match(match).getSnapshot().context;
      if (!isPlayed(state)) return;
      if (game.tick === tick) {
        const court = new Court({ epoch: leadership.copy.tail.epoch, game, bot, nowMs: clock.monotonicMs() });
        const score = matches.get(leadership.copy.rows, match)?.score ?? game.score;
        const oftenUntil = isTakenOver ? tick + ticksPerRecord : 0;
        this.#takeOver({ court, match, score, oftenUntil, waitsFor: undefined }, state, heard);
        return;
      }
      await delay(clock, againMs); // what was decided is not written yet
    }
  }

  #takeOver(played: Played, state: MatchState['state'], heard: HeardPlay | undefined): void {
    const { court, match } = played;
    const { tick } = court.game;
    const known = heard?.after(match, court.game) ?? [];
    this.#courts.set(match, played);
    this.#hearing ??= this.#options.bus.subscribe(clientSubjects.allPlay, (message) => this.#hear(message));
    for (const inputs of known) {
      const scored = court.repeat(inputs);
      if (scored !== undefined) {
        this.#point(played, scored);
        break;
      }
    }
    if (known.length > 0) this.#record([played]);
    else if (state === 'countdown' && tick > 0) court.hold();
    if (!this.#isStopped) this.#grid.wake();
  }

  #tick(nowMs: number): void {
    this.#ticks += 1;
    for (const played of this.#courts.values()) {
      if (played.waitsFor !== undefined) continue;
      const scored = played.court.tick(nowMs);
      if (scored !== undefined) this.#point(played, scored);
      if (scored !== undefined || this.#ticks % ticksPerReport === 0) this.#report(played);
    }
    if (this.#ticks % ticksPerSecond === 0) this.#eachSecond(nowMs);
  }

  #eachSecond(nowMs: number): void {
    this.#missGone(nowMs);
    const all = [...this.#courts.values()];
    if (all.some(isDue)) this.#record(all.filter((one) => isDue(one) || one.court.unrecorded >= ticksAlong));
  }

  #point(played: Played, by: Side): void {
    const play = played.court.record();
    if (!play) return;
    const frame = this.#options.record([[played.match, { type: 'ScorePoint', ...play, by }]]);
    played.waitsFor = frame ?? refused;
    if (frame === undefined && !this.#isStopped)
      this.#options.journal.notice(
        `match ${played.match} stands still: its point at tick ${play.to} was refused`,
      );
  }

  /** Of all courts in one frame. */
  #record(all: readonly Played[]): void {
    const commands = all.flatMap(({ court, match }): [string, MatchCommand][] => {
      const play = court.record();
      return play ? [[match, { type: 'RecordPlay', ...play }]] : [];
    });
    if (commands.length > 0) this.#options.record(commands);
  }

  #report({ court, match, score }: Played): void {
    const { bus, clock } = this.#options;
    bus.publish(clientSubjects.match(match), court.report(score, clock.monotonicMs()));
  }

  #missGone(nowMs: number): void {
    const { registry, record } = this.#options;
    for (const { court, match, waitsFor } of [...this.#courts.values()]) {
      const side = waitsFor === undefined || waitsFor === refused ? court.gone(nowMs) : undefined;
      const player = side === undefined ? null : registry.match(match).getSnapshot().context.players[side];
      if (player !== null) record([[match, { type: 'SendAway', player }]]);
    }
  }

  #hear({ subject, data }: BusMessage): void {
    const { clock, registry, banish } = this.#options;
    const { speaker, last: match } = parseSubject(subject);
    const nowMs = clock.monotonicMs();
    const verdict = this.#tolerance.judge(speaker, nowMs);
    if (verdict === 'banish') banish(speaker);
    const played = verdict === 'hear' && data.length <= sayingBytesMax ? this.#courts.get(match) : undefined;
    if (!played) return;
    const side = sideOf(registry.match(match).getSnapshot().context, speaker);
    const saying = side === undefined ? undefined : decodeSaying(data);
    if (side !== undefined && saying) played.court.hear(side, saying, nowMs);
  }
}

function isDue({ court, oftenUntil }: Played): boolean {
  const most = court.game.tick < oftenUntil ? ticksPerRecordAtFirst : ticksPerRecord;
  return court.unrecorded >= most;
}

function isPlayed(state: MatchState['state']): boolean {
  return state === 'countdown' || state === 'rally' || state === 'point';
}
