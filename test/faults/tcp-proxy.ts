/**
 * A TCP proxy between one client and the server, with which a network can be made bad.
 *
 * TCP hides loss behind waiting, so loss is shown as what a program sees of it: bytes that do not come for a while, and
 * then come. What cannot be shown so are packets out of order and damaged ones, which TCP does not show either.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly lanes: readonly [Lane, Lane];
}

export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #delayMs: () => number = () => 0;
  #isStalled = false;
  #isDeaf = false;
  #isShut = false;
  #up = 0;
  #down = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true });
    const proxy = new TcpProxy(server);
    server.on('connection', (near: Socket) => proxy.#accept(near, port));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as { port: number }; // a TCP server's address
    return `nats://127.0.0.1:${port}`;
  }

  /** Every byte takes this much longer, either way; each piece of them its own time where that is a function. */
  delay(delayMs: number | (() => number)): void {
    this.#delayMs = typeof delayMs === 'number' ? () => delayMs : delayMs;
  }

  /** Nothing passes, either way, and nothing is lost: everything comes when the stall is over. */
  stall(isStalled: boolean): void {
    this.#isStalled = isStalled;
    this.#steer();
  }

  /** The client takes nothing from the server any more; what it says still arrives. */
  stopReading(isDeaf: boolean): void {
    this.#isDeaf = isDeaf;
    this.#steer();
  }

  /** Since the beginning, from the client's side. */
  get bytes(): { readonly up: number; readonly down: number } {
    return { up: this.#up, down: this.#down };
  }

  get isInUse(): boolean {
    return this.#pairs.size > 0;
  }

  /** Connections are reset, and so is whoever tries to make one. */
  shut(isShut: boolean): void {
    this.#isShut = isShut;
    if (isShut) this.cut();
  }

  /** Resets all connections; new ones can be made. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** The server's side goes, and the client is not told: it has to notice by itself. */
  halfOpen(): void {
    for (const { far, lanes } of this.#pairs) {
      for (const lane of lanes) lane.lose();
      far.destroy();
    }
  }

  heal(): void {
    this.delay(0);
    this.shut(false);
    this.#isDeaf = false;
    this.stall(false);
  }

  /** For good: whoever was behind it reaches nobody any more. */
  close(): void {
    this.#server.close();
    this.cut();
  }

  #accept(near: Socket, port: number): void {
    if (this.#isShut) return void near.resetAndDestroy();
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    const delayMs = () => this.#delayMs();
    const pair: Pair = { near, far, lanes: [new Lane(near, far, delayMs), new Lane(far, near, delayMs)] };
    this.#pairs.add(pair);
    near.on('data', ({ length }: Buffer) => {
      this.#up += length;
    });
    far.on('data', ({ length }: Buffer) => {
      this.#down += length;
    });
    near.on('error', () => undefined).on('close', () => this.#closed(pair, far));
    far.on('error', () => undefined).on('close', () => this.#closed(pair, near));
    this.#steer();
  }

  #closed(pair: Pair, other: Socket): void {
    if (pair.lanes.some(({ isLost }) => isLost) && other === pair.near) return; // half open
    this.#pairs.delete(pair);
    other.destroy();
  }

  #steer(): void {
    for (const { lanes } of this.#pairs) {
      lanes[0].open(!this.#isStalled);
      lanes[1].open(!this.#isStalled && !this.#isDeaf);
    }
  }
}

/** One direction of one connection: bytes leave in the order in which they came. */
class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #waiting: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  #isOpen = false;
  #timer: NodeJS.Timeout | undefined;
  isLost = false;

  constructor(from: Socket, to: Socket, delayMs: () => number) {
    this.#from = from;
    this.#to = to;
    from.on('data', (chunk: Buffer) => {
      if (this.isLost) return;
      this.#waiting.push({ chunk, dueMs: performance.now() + delayMs() });
      this.#pass();
    });
    to.on('drain', () => this.#pass());
  }

  /** While it is closed nothing is read, so that whoever writes feels it. */
  open(isOpen: boolean): void {
    this.#isOpen = isOpen;
    if (isOpen) this.#from.resume();
    else this.#from.pause();
    this.#pass();
  }

  lose(): void {
    this.isLost = true;
    this.#waiting.length = 0;
    this.#from.resume();
  }

  #pass(): void {
    while (this.#isOpen && !this.#to.destroyed) {
      const [next] = this.#waiting;
      if (!next) break;
      const leftMs = next.dueMs - performance.now();
      if (leftMs > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#pass();
        }, leftMs);
        return;
      }
      this.#waiting.shift();
      if (!this.#to.write(next.chunk)) break; // it says when there is room
    }
    if (this.#isOpen && this.#to.writableNeedDrain) this.#from.pause();
    else if (this.#isOpen) this.#from.resume();
  }
}
