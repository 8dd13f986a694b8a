/** The wire gateway: listens, lets in as many as there is room for, looks after those who are in, ends in order. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { clientFor } from '../../client/gateway.ts';
import { every, systemClock, within } from '../../client/time.ts';
import { Admission } from '../admission.ts';
import { Caller } from '../caller.ts';
import { gatewayRefused } from '../failure.ts';
import type { Gateway, GatewayOptions } from '../gateway.ts';
import { TokensInUse } from '../tokens-in-use.ts';
import { WireConnection } from './connection.ts';

const software = 'verbatim';
const lookMs = 1_000;
/** What is under way when the gateway is stopped has so long for its answer. */
const finishMs = 5_000;
const handshakeMs = 10_000;

export class WireGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #admission: Admission;
  readonly #tokens = new TokensInUse();
  readonly #server: Server;
  readonly #connections = new Set<WireConnection>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #looking: { stop(): void };

  /** Resolves when it listens. @throws as the system does when it cannot. */
  static async start(options: GatewayOptions): Promise<WireGateway> {
    const gateway = new WireGateway(options);
    const { host, port } = options;
    await new Promise<void>((resolve, reject) => {
      gateway.#server.once('error', reject).listen({ host, port, backlog: 1_024 }, resolve);
    }).catch((error: unknown) => {
      gateway.#looking.stop();
      throw error;
    });
    return gateway;
  }

  private constructor(options: GatewayOptions) {
    const { tls } = options;
    this.#options = options;
    this.#admission = new Admission(options);
    this.#server = tls
      ? createTlsServer({ ...tls, handshakeTimeout: handshakeMs, minVersion: 'TLSv1.2', allowHalfOpen: true })
      : createServer({ allowHalfOpen: true });
    this.#server.on('connection', (socket: Socket) => this.#knocked(socket));
    if (tls) this.#server.on('secureConnection', (socket: Socket) => this.#entered(socket));
    this.#looking = every(systemClock, lookMs, () => this.#look());
  }

  get address(): string {
    const { address, port, family } = this.#server.address() as AddressInfo; // it listens on no pipe
    return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const connection of this.#connections) connection.finish(gatewayRefused('going-away'));
    await within(systemClock, finishMs, this.#allGone());
    this.#looking.stop();
    for (const connection of this.#connections) connection.cut();
    await within(systemClock, finishMs, this.#allGone());
  }

  /** Before anything is said, and before a handshake that costs something. */
  #knocked(socket: Socket): void {
    const { remoteAddress: address } = socket;
    if (address === undefined) return void socket.destroy(); // gone again already
    const leave = this.#admission.admit(address);
    const isPlain = this.#options.tls === undefined;
    if (leave) {
      socket.once('close', leave);
      if (isPlain) this.#entered(socket);
    } else if (isPlain) this.#connect(socket).refuse(gatewayRefused('too-many'));
    else socket.destroy();
  }

  #entered(socket: Socket): void {
    const connection = this.#connect(socket);
    this.#connections.add(connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
      const left = connection.closed().catch(() => undefined); // nobody is left to be told
      this.#leaving.add(left);
      void left.finally(() => this.#leaving.delete(left));
    });
  }

  #connect(socket: Socket): WireConnection {
    const { cluster, patienceMs, log } = this.#options;
    const address = socket.remoteAddress ?? '';
    return new WireConnection(socket, {
      clock: systemClock,
      software,
      patienceMs,
      caller: (ended) =>
        new Caller({ client: clientFor(address, cluster), patienceMs, tokens: this.#tokens, ended }),
      log,
    });
  }

  #look(): void {
    const nowMs = systemClock.monotonicMs();
    for (const connection of this.#connections) connection.look(nowMs);
  }

  /** The sockets are closed, and what their callers took is acknowledged. */
  async #allGone(): Promise<void> {
    if (this.#connections.size > 0)
      await new Promise<void>((resolve) => {
        this.#server.once('close', resolve);
      });
    await Promise.all(this.#leaving);
  }
}
