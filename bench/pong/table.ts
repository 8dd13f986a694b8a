/** A match as one of its players is shown it, and what should never be seen there. */
import type { UserClient } from '../../src/client/client.ts';
import type { Report } from '../../src/client/matches.ts';
import { gameHash } from '../../src/client/pong.ts';

export interface Account {
  /** Ticks that were shown and then played again. */
  replayedTicks: number;
  /** Points that were told and taken back. */
  retracted: number;
  /** Ticks of one epoch that were shown as two games. */
  authorities: number;
  /** Records that were committed and are not there any more. */
  lost: number;
}

export class Table {
  readonly #client: UserClient;
  readonly #match: string;
  readonly #account: Account;
  readonly #shown = new Map<string, string>();
  readonly #waiting = new Set<(report: Report) => void>();
  #last: Report | undefined;

  constructor(client: UserClient, match: string, account: Account) {
    this.#client = client;
    this.#match = match;
    this.#account = account;
  }

  get isOver(): boolean {
    return this.#last?.game.phase === 'over';
  }

  readonly saw = (report: Report): void => {
    const last = this.#last;
    const { epoch, game, committed, from } = report;
    if (last && epoch > last.epoch) this.#account.replayedTicks += Math.max(0, last.game.tick - from);
    if (last && committed.some((points, side) => points < last.committed[side]!))
      this.#account.retracted += 1;
    const tick = `${epoch}: ${game.tick}`;
    const hash = gameHash(game);
    if ((this.#shown.get(tick) ?? hash) !== hash) this.#account.authorities += 1;
    this.#shown.set(tick, hash);
    this.#last = report;
    for (const waiter of this.#waiting) waiter(report);
  };

  async inRally(): Promise<void> {
    await this.#next(({ game }) => game.phase === 'rally');
  }

  /** @returns when it was seen. */
  async nextEpoch(): Promise<number> {
    const before = this.#last?.epoch ?? 0;
    await this.#next(({ epoch }) => epoch > before);
    return performance.now();
  }

  /** All that is committed now. */
  async recorded(): Promise<string[]> {
    const records: string[] = [];
    for await (const record of this.#client.matches.play(this.#match)) records.push(JSON.stringify(record));
    return records;
  }

  async stillRecorded(known: readonly string[]): Promise<void> {
    const now = await this.recorded();
    this.#account.lost += known.filter((record, index) => now[index] !== record).length;
  }

  #next(isWanted: (report: Report) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const waiter = (report: Report) => {
        if (!isWanted(report)) return;
        this.#waiting.delete(waiter);
        resolve();
      };
      this.#waiting.add(waiter);
    });
  }
}
