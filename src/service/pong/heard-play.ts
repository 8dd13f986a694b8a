/**
 * What a node has heard of matches that are played, in case it leads next.
 *
 * The log is up to 30 s behind what players were shown. What the leader reports goes to every node too, and holds every
 * change: so whoever leads next can go on where players believe that they are. It is memory and nothing more. What is
 * missing in it costs the rally its last seconds; what would be wrong in it is found out, because the last report shows the
 * game that the log and the changes must lead to.
 */
import { gameHash } from '../../pong/codec.ts';
import { type Game, type Inputs, step } from '../../pong/game.ts';
import { decodeReport, type Report } from '../../pong/messages.ts';
import { type Change, inputsAt, readChanges } from '../../pong/recording.ts';
import type { Bus, Subscription } from '../../ports/bus.ts';
import { type Clock, every } from '../../ports/clock.ts';
import { matches, openMatches } from '../../projections/tables.ts';
import { clientSubjects } from '../../protocol/subjects.ts';
import type { Copy } from '../../replication/copy.ts';

const sweepMs = 5_000;

interface Heard {
  epoch: number;
  /** The tick after which it begins. */
  start: number;
  changes: Map<number, readonly Change[]>;
  /** As last reported. */
  game: Game;
}

export class HeardPlay {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #copy: Copy;
  readonly #heard = new Map<string, Heard>();
  readonly #watching: Subscription;
  /** While any match is open: nobody is listened to for nothing. */
  #listening: readonly Subscription[] = [];

  constructor(bus: Bus, clock: Clock, copy: Copy) {
    this.#bus = bus;
    this.#clock = clock;
    this.#copy = copy;
    this.#watching = copy.listen({ committed: () => this.#look() });
    this.#look();
  }

  stop(): void {
    this.#watching.stop();
    for (const part of this.#listening) part.stop();
  }

  /** The inputs that followed a game, as far as they were heard; none where what was heard does not follow it. */
  after(match: string, game: Game): Inputs[] {
    const heard = this.#heard.get(match);
    if (!heard || heard.start > game.tick || heard.game.tick <= game.tick) return [];
    const inputs: Inputs[] = [];
    let now = game;
    while (now.tick < heard.game.tick) {
      const next = inputsAt(heard.changes, now);
      const after = step(now, next);
      if (after === now) return [];
      inputs.push(next);
      now = after;
    }
    return gameHash(now) === gameHash(heard.game) ? inputs : [];
  }

  #look(): void {
    const areOpen = (openMatches.get(this.#copy.rows)?.length ?? 0) > 0;
    if (areOpen === this.#listening.length > 0) return;
    for (const part of this.#listening) part.stop();
    this.#heard.clear();
    this.#listening = areOpen ? this.#listen() : [];
  }

  #listen(): Subscription[] {
    const begin = clientSubjects.match('').length;
    return [
      this.#bus.subscribe(clientSubjects.allMatches, ({ subject, data }) => {
        const report = decodeReport(data);
        if (report) this.#hear(subject.slice(begin), report);
      }),
      every(this.#clock, sweepMs, () => this.#sweep()),
    ];
  }

  #hear(match: string, { epoch, from, game, changes }: Report): void {
    const known = this.#heard.get(match);
    if (known && epoch < known.epoch) return;
    const follows = known && known.start <= from && from <= known.game.tick;
    const heard: Heard = follows ? known : { epoch, start: from, changes: new Map(), game };
    // Another leader may have gone on from an earlier tick than the one before was heard of.
    if (follows && from < known.game.tick)
      for (const tick of known.changes.keys()) if (tick > from) known.changes.delete(tick);
    for (const [tick, there] of readChanges(from, changes)) heard.changes.set(tick, there);
    heard.epoch = epoch;
    heard.game = game;
    this.#heard.set(match, heard);
  }

  /** What the log has need not be remembered. */
  #sweep(): void {
    for (const [match, heard] of this.#heard) {
      const row = matches.get(this.#copy.rows, match);
      if (!row || row.state === 'over') {
        this.#heard.delete(match);
        continue;
      }
      if (row.tick > heard.game.tick) continue;
      heard.start = Math.max(heard.start, row.tick);
      for (const tick of heard.changes.keys()) if (tick <= heard.start) heard.changes.delete(tick);
    }
  }
}
