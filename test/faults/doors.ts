/**
 * One client's network: a proxy for each address in its list of servers. What becomes of the network becomes of all of
 * them; only that one server cannot be reached concerns one. Where there is one server, there are two ways to it.
 */
import { TcpProxy } from './tcp-proxy.ts';

export class Doors {
  readonly #proxies: readonly TcpProxy[];

  private constructor(proxies: readonly TcpProxy[]) {
    this.#proxies = proxies;
  }

  static async to(ports: readonly number[]): Promise<Doors> {
    const [only] = ports;
    const far = ports.length === 1 && only !== undefined ? [only, only] : ports;
    return new Doors(await Promise.all(far.map((port) => TcpProxy.to(port))));
  }

  get urls(): string[] {
    return this.#proxies.map(({ url }) => url);
  }

  /** Whoever is connected has to look for another way. @returns opens it again. */
  shutTheOneInUse(): () => void {
    const used = this.#proxies.find(({ isInUse }) => isInUse);
    used?.shut(true);
    return () => used?.shut(false);
  }

  delay(delayMs: number): void {
    for (const proxy of this.#proxies) proxy.delay(delayMs);
  }

  stall(isStalled: boolean): void {
    for (const proxy of this.#proxies) proxy.stall(isStalled);
  }

  stopReading(isDeaf: boolean): void {
    for (const proxy of this.#proxies) proxy.stopReading(isDeaf);
  }

  cut(): void {
    for (const proxy of this.#proxies) proxy.cut();
  }

  halfOpen(): void {
    for (const proxy of this.#proxies) proxy.halfOpen();
  }

  heal(): void {
    for (const proxy of this.#proxies) proxy.heal();
  }

  close(): void {
    for (const proxy of this.#proxies) proxy.close();
  }
}
