/** NATS as it is spoken on the wire, so that a test hears every refusal of the broker, in order. */
import { connect, type Socket } from 'node:net';
import { Lines } from './lines.ts';

export class RawConnection {
  readonly #socket: Socket;
  readonly #lines: Lines;
  #subscriptions = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined); // the broker hangs up on those it refuses
    socket.on('data', (chunk) => {
      if (/(^|\n)PING\r\n/.test(String(chunk))) socket.write('PONG\r\n'); // a small one, so it comes whole
    });
    this.#lines = new Lines(socket, 'the connection');
  }

  /** @throws what the broker says to those it does not let in. */
  static async open(port: number, user: string, pass: string, token?: string): Promise<RawConnection> {
    const raw = new RawConnection(connect(port, '127.0.0.1'));
    const refusal = await raw.#introduce({ user, pass, auth_token: token });
    if (refusal === undefined) return raw;
    raw.close();
    throw new Error(`${user} was not let in: ${refusal}`);
  }

  /** What the broker says to whoever introduces themselves so. @throws when it lets them in. */
  static async refusal(port: number, credentials: object): Promise<string> {
    const raw = new RawConnection(connect(port, '127.0.0.1'));
    const refusal = await raw.#introduce(credentials);
    raw.close();
    if (refusal !== undefined) return refusal;
    throw new Error('they were let in');
  }

  /** What the broker says to a publication: nothing, or a refusal. */
  async publish(subject: string, reply = '', payload = '{}'): Promise<string[]> {
    return await this.#say(`PUB ${subject} ${reply} ${Buffer.byteLength(payload)}\r\n${payload}`);
  }

  /** The same again and again, without waiting for anything. */
  flood(subject: string, payload: string, count: number): void {
    this.#socket.write(`PUB ${subject} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`.repeat(count));
  }

  async subscribe(subject: string, group = ''): Promise<string[]> {
    return await this.#say(`SUB ${subject} ${group} ${++this.#subscriptions}`);
  }

  /** Subjects of what came so far. */
  get heard(): string[] {
    return this.#lines.all.filter((line) => line.startsWith('MSG ')).map((line) => line.split(' ')[1]!);
  }

  /** Resolves when something has come. */
  async message(): Promise<void> {
    await this.#lines.next(/^MSG /);
  }

  /** Resolves when the broker has hung up. @returns what it had said until then. */
  async ended(): Promise<string> {
    // Not `once` of events: a connection may end with an error too.
    if (!this.#socket.closed) await new Promise((resolve) => this.#socket.once('close', resolve));
    return this.#lines.all.join('\n');
  }

  close(): void {
    this.#socket.destroy();
  }

  /** @param credentials whatever is said of them. @returns a refusal, or undefined. */
  async #introduce(credentials: object): Promise<string | undefined> {
    const manners = { verbose: false, pedantic: false, lang: 'raw', version: '0', protocol: 1 };
    try {
      const said = await this.#say(`CONNECT ${JSON.stringify({ ...manners, ...credentials })}`);
      return said.find((line) => line.includes('Authorization Violation'));
    } catch (error) {
      return (error as Error).message; // it hung up, and what it had said until then
    }
  }

  /** Everything up to the answer to a ping that is sent behind. */
  async #say(command: string): Promise<string[]> {
    const before = this.#lines.all.length;
    this.#socket.write(`${command}\r\nPING\r\n`);
    await this.#lines.next(/^PONG|Authorization Violation/, before);
    return this.#lines.all.slice(before).filter((line) => line.startsWith('-ERR'));
  }
}
