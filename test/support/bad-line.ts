/** Two players on real machines with a bad line between them and the server: each behind a proxy that delays and stalls. */
import { playHeadless } from '../../cli/pong/headless.ts';
import { matchWith } from '../../cli/pong/lobby.ts';
import { GuestClient, type Identity, UserClient } from '../../src/client/client.ts';
import { systemClient } from '../../src/client/system.ts';
import type { BotLevel } from '../../src/pong/bot.ts';
import { SeededRandom } from '../../src/simulation/random.ts';
import { TcpProxy } from '../faults/tcp-proxy.ts';

export interface Weather {
  /** Both ways together. */
  readonly roundTripMs: number;
  readonly jitterMs: number;
  readonly stallEveryMs: number;
  readonly stallMsMax: number;
}

export const badWeather: Weather = { roundTripMs: 150, jitterMs: 30, stallEveryMs: 4_000, stallMsMax: 250 };

export interface Seen {
  /** Of the ball at every report, in pixels. */
  readonly corrections: readonly number[];
  readonly late: number;
  /** While it was played, what was carried for the match and nothing else. */
  readonly upPerSecond: number;
  readonly downPerSecond: number;
}

class BadLine {
  readonly proxy: TcpProxy;
  readonly #random: SeededRandom;
  readonly #weather: Weather;
  #timer: NodeJS.Timeout | undefined;

  constructor(proxy: TcpProxy, random: SeededRandom, weather: Weather) {
    const { roundTripMs, jitterMs, stallEveryMs } = weather;
    this.proxy = proxy;
    this.#random = random;
    this.#weather = weather;
    proxy.delay(() => (roundTripMs + random.between(-jitterMs, jitterMs)) / 2);
    if (stallEveryMs > 0) this.#later();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.proxy.close();
  }

  #later(): void {
    const { stallEveryMs, stallMsMax } = this.#weather;
    this.#timer = setTimeout(
      () => {
        this.proxy.stall(true);
        this.#timer = setTimeout(
          () => {
            this.proxy.stall(false);
            this.#later();
          },
          this.#random.between(stallMsMax / 4, stallMsMax),
        );
      },
      this.#random.between(stallEveryMs / 2, 1.5 * stallEveryMs),
    );
  }
}

/** Two who have an account and are logged in. */
export async function twoPlayers(url: string): Promise<[Identity, Identity]> {
  const guest = new GuestClient(systemClient([url]));
  await guest.line.ready();
  const welcome = async (name: string) => {
    await guest.register(name, password);
    return await guest.logIn(name, password);
  };
  const players: [Identity, Identity] = [await welcome('carol'), await welcome('dave')];
  await guest.close();
  return players;
}

const password = 'correct horse battery';

export interface Play {
  readonly weather: Weather;
  readonly points: number;
  readonly seed: string;
  readonly levels: readonly [BotLevel, BotLevel];
  /** Given up after so long. */
  readonly msMax: number;
}

/** A match from its invitation to its end. */
export async function playOverBadLines(
  port: number,
  identities: readonly [Identity, Identity],
  { weather, points, seed, levels, msMax }: Play,
): Promise<Seen[]> {
  const random = new SeededRandom(seed);
  const lines = await Promise.all(
    identities.map(async ({ user }) => new BadLine(await TcpProxy.to(port), random.fork(user), weather)),
  );
  const clients = identities.map(
    (identity, index) => new UserClient(systemClient([lines[index]!.proxy.url]), identity),
  );
  let giveUp: NodeJS.Timeout | undefined;
  try {
    const match = await matchWith(clients[0]!, identities[0].name, { with: identities[1].name, points });
    await clients[1]!.line.ready();
    await clients[1]!.matches.join(match.match);
    const forfeit = () => clients[0]!.matches.forfeit(match.match).catch(() => undefined); // it may just be over
    giveUp = setTimeout(() => void forfeit(), msMax);
    return await Promise.all(
      clients.map(async (client, index) => {
        const { name } = identities[index]!;
        const corrections: number[] = [];
        const { proxy } = lines[index]!;
        const before = proxy.bytes;
        const begunMs = performance.now();
        const { late } = await playHeadless({
          client,
          me: name,
          match: await client.matches.get(match.match),
          level: levels[index]!,
          corrected: (px) => corrections.push(px),
        });
        const seconds = (performance.now() - begunMs) / 1_000;
        return {
          corrections,
          late,
          upPerSecond: (proxy.bytes.up - before.up) / seconds,
          downPerSecond: (proxy.bytes.down - before.down) / seconds,
        };
      }),
    );
  } finally {
    clearTimeout(giveUp);
    for (const client of clients) await client.close();
    for (const line of lines) line.close();
  }
}
