/**
 * NATS as a flooder speaks it: bytes to a socket, as fast as the server takes them.
 *
 * The client library would be the flood's own limit. It builds each message anew, and whoever waits for its `flush` on a
 * connection that the server has ended waits for ever, and floods nobody.
 */
import { connect, type Socket } from 'node:net';

export interface Entrance {
  readonly port: number;
  /** Where the connection comes from, so that each flood has an address of its own. */
  readonly from: string;
  readonly user: string;
  readonly pass: string;
}

/** Longer than a server lets anybody wait for a permit. */
const patienceMs = 5_000;

export class RawLink {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      if (chunk.includes('PING\r\n')) socket.write('PONG\r\n');
    });
  }

  /** @returns undefined where it is not let in. */
  static async enter({ port, from, user, pass }: Entrance): Promise<RawLink | undefined> {
    // Only Linux has the whole of 127.0.0.0/8 without being told.
    const localAddress = process.platform === 'linux' ? { localAddress: from } : {};
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...localAddress });
    socket.on('error', () => undefined); // it is closed
    const manners = { verbose: false, pedantic: false, lang: 'raw', version: '0', protocol: 1 };
    socket.write(`CONNECT ${JSON.stringify({ ...manners, user, pass })}\r\nPING\r\n`);
    const isIn = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, patienceMs, false);
      const settle = (outcome: boolean) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      socket.on('data', (chunk) => {
        if (/^PONG/m.test(String(chunk))) settle(true);
      });
      socket.once('close', () => settle(false));
    });
    if (isIn) return new RawLink(socket);
    socket.destroy();
    return undefined;
  }

  /** What left, in bytes. */
  get sentBytes(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  write(chunk: string | Buffer): void {
    this.#socket.write(chunk);
  }

  /** Writes whatever there is room for, until the connection ends. */
  async pour(next: () => string | Buffer): Promise<void> {
    const socket = this.#socket;
    await new Promise<void>((resolve) => {
      const fillSoon = () => setImmediate(fill); // whoever floods hears others all the same
      const fill = () => {
        if (!socket.destroyed && socket.write(next())) fillSoon(); // else there is no room
      };
      socket.on('drain', fillSoon);
      socket.once('close', () => resolve());
      if (socket.closed) resolve();
      fill();
    });
  }

  /** Reads nothing any more. */
  turnDeaf(): void {
    this.#socket.pause();
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** @returns whether a message on that subject came within `waitMs`; how many at once is not looked at. */
  async message(subject: string, waitMs: number): Promise<boolean> {
    const socket = this.#socket;
    const mark = `MSG ${subject} `;
    return await new Promise<boolean>((resolve) => {
      const settle = (outcome: boolean) => {
        clearTimeout(timer);
        socket.off('data', look);
        socket.off('close', closed);
        resolve(outcome);
      };
      const look = (chunk: Buffer) => (chunk.includes(mark) ? settle(true) : undefined);
      const closed = () => settle(false);
      const timer = setTimeout(settle, waitMs, false);
      socket.on('data', look);
      socket.once('close', closed);
      if (socket.destroyed) settle(false);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
