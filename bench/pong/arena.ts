/** People for matches: accounts, clients, and players without a screen. */
import { GuestClient, UserClient } from '../../src/client/client.ts';
import { systemClient } from '../../src/client/system.ts';
import { HeadlessPlayer } from '../../src/labs/pong/headless.ts';
import type { BenchCluster } from '../cluster.ts';
import { type Account, Table } from './table.ts';

const password = 'a password for a benchmark';
const readyMsMax = 20_000;
/** Often enough not to be missed. */
const presentMs = 2_000;

let opened = 0;

export class Arena {
  readonly account: Account = { replayedTicks: 0, retracted: 0, authorities: 0, lost: 0 };
  readonly #clients: readonly UserClient[];
  readonly #names: readonly string[];
  readonly #stops: { stop(): void }[] = [];
  readonly #players: HeadlessPlayer[] = [];
  readonly #matches: { readonly client: UserClient; readonly match: string }[] = [];

  private constructor(clients: readonly UserClient[], names: readonly string[]) {
    this.#clients = clients;
    this.#names = names;
  }

  /** @param first where the first of them is connected. */
  static async open(cluster: BenchCluster, count: number, first = cluster.url): Promise<Arena> {
    opened += 1;
    const options = systemClient(cluster.servers);
    const guest = new GuestClient(options);
    await guest.line.ready(readyMsMax);
    const names = Array.from({ length: count }, (_, index) => `player${opened}-${index}`);
    const clients: UserClient[] = [];
    for (const [index, name] of names.entries()) {
      await guest.register(name, password);
      const identity = await guest.logIn(name, password);
      clients.push(new UserClient(index === 0 ? systemClient([first]) : options, identity));
    }
    await guest.close();
    for (const { line } of clients) await line.ready(readyMsMax);
    return new Arena(clients, names);
  }

  /** Turns that came too late. */
  get late(): number {
    return this.#players.reduce((sum, { late }) => sum + late, 0);
  }

  /** Two of them play, as well as bots can. */
  async play(left: number, right: number, points: number): Promise<Table> {
    const pair = [this.#clients[left]!, this.#clients[right]!] as const;
    const match = await pair[0].matches.open({ name: this.#names[right]! }, points);
    await pair[1].matches.join(match);
    const table = new Table(pair[0], match, this.account);
    const { clock } = systemClient([]);
    for (const [side, { matches }] of pair.entries()) {
      const told = side === 0 ? { reported: table.saw } : {};
      const player = new HeadlessPlayer({
        matches,
        clock,
        match,
        side: side as 0 | 1,
        level: 'hard',
        ...told,
      });
      this.#players.push(player);
    }
    for (const { matches } of pair) await matches.ready(match);
    this.#matches.push({ client: pair[0], match });
    return table;
  }

  /** One of them is there while a bot plays. */
  async practise(who: number): Promise<void> {
    const client = this.#clients[who]!;
    const match = await client.matches.open({ bot: 'easy' }, 21);
    await client.matches.ready(match);
    const say = () =>
      client.matches.say(match, { epoch: client.line.leader.epoch, tick: 0, echo: 0, turns: [] });
    const timer = setInterval(say, presentMs);
    this.#stops.push({ stop: () => clearInterval(timer) });
    this.#matches.push({ client, match });
  }

  async close(): Promise<void> {
    for (const part of [...this.#stops, ...this.#players]) part.stop();
    for (const { client, match } of this.#matches) await client.matches.forfeit(match).catch(() => undefined); // some are over
    for (const client of this.#clients) await client.close();
  }
}
