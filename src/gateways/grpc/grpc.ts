/**
 * The gRPC gateway: the SDK's abilities as the services of `proto/verbatim/v1`, for any language that has gRPC.
 *
 * The sockets are accepted here and handed to the library, so that who is connected is known from the socket up: how many
 * there are, from which network, and when one is gone and with it those whom it spoke for.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { DescMethod } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { clientFor } from '../../client/gateway.ts';
import { systemClock as clock, within } from '../../client/time.ts';
import { Admission } from '../admission.ts';
import { gatewayRefused } from '../failure.ts';
import type { Gateway, GatewayOptions } from '../gateway.ts';
import { accounts } from './accounts.ts';
import { Call, type Incoming } from './call.ts';
import { Connection } from './connection.ts';
import { Health } from './generated/grpc/health/v1/health_pb.js';
import { ServerReflection } from './generated/grpc/reflection/v1/reflection_pb.js';
import { ServerReflection as ServerReflectionAlpha } from './generated/grpc/reflection/v1alpha/reflection_pb.js';
import { AccountService } from './generated/verbatim/v1/accounts_pb.js';
import { ChatService } from './generated/verbatim/v1/chat_pb.js';
import { health } from './health.ts';
import { inbox } from './inbox.ts';
import { lists } from './lists.ts';
import { Reflection } from './reflection.ts';
import { replay } from './replay.ts';
import { sending } from './sending.ts';
import { serve } from './service.ts';
import { Standing } from './standing.ts';

/** What one connection may cost, and when one that does not answer is given up. */
export const bounds = {
  /** The largest request is a message of 16 KiB, or a group's 99 names. */
  messageBytesMax: 64 * 1024,
  streamsMax: 128,
  pingMs: 30_000,
  pingTimeoutMs: 10_000,
} as const;

const serverOptions: ServerOptions = {
  'grpc.max_receive_message_length': bounds.messageBytesMax,
  'grpc.max_concurrent_streams': bounds.streamsMax,
  'grpc.keepalive_time_ms': bounds.pingMs,
  'grpc.keepalive_timeout_ms': bounds.pingTimeoutMs,
  'grpc-node.max_session_memory': 16, // MB
};

/** What is under way when the gateway is stopped may end by itself for so long. */
const stopMs = 5_000;
/** Where those come from who come for nobody. */
const nowhere = '0.0.0.0';

/** Resolves when it listens. @throws as `listen` does. */
export async function startGrpcGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new GrpcGateway(options);
  await gateway.listen();
  return gateway;
}

class GrpcGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #server = new Server(serverOptions);
  readonly #listener = createServer({ noDelay: true, pauseOnConnect: false }, (socket) =>
    this.#admit(socket),
  );
  readonly #injector;
  readonly #admission: Admission;
  readonly #standing: Standing;
  /** By the address and port of their far ends, as the library names them. */
  readonly #connections = new Map<string, Connection>();
  readonly #calls = new Set<{ readonly call: Call; readonly goesOn: boolean }>();
  #isStopping = false;

  constructor(options: GatewayOptions) {
    const nobody = clientFor(nowhere, options.cluster);
    this.#options = options;
    this.#admission = new Admission(options);
    this.#standing = new Standing(nobody);
    this.#injector = this.#server.createConnectionInjector(credentialsOf(options.tls));
    this.#addServices();
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options;
    this.#listener.listen(port, host);
    try {
      await once(this.#listener, 'listening');
    } catch (error) {
      await this.#standing.close();
      throw error;
    }
  }

  get address(): string {
    const { address, port, family } = this.#listener.address() as AddressInfo; // it listens on a port, not on a path
    return `${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Streams hear that it is going away; what has one answer gets it, for as long as that is worth waiting for. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#listener.close();
    for (const { call, goesOn } of this.#calls) if (goesOn) call.abort(gatewayRefused('going-away'));
    const ended = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    await within(clock, stopMs, ended);
    this.#server.forceShutdown();
    await Promise.allSettled([...this.#connections.values()].map((connection) => connection.close()));
    await this.#standing.close();
  }

  #addServices(): void {
    const begin = (incoming: Incoming, method: DescMethod) => this.#begin(incoming, method);
    const services = [AccountService, ChatService, Health, ServerReflection, ServerReflectionAlpha];
    const names = services.map(({ typeName }) => typeName);
    const reflection = new Reflection(
      services.map(({ file }) => file),
      names,
    );
    serve(this.#server, AccountService, accounts, begin);
    serve(this.#server, ChatService, { ...sending, ...lists, ...inbox, ...replay }, begin);
    serve(this.#server, Health, health(this.#standing, new Set(names)), begin);
    serve(this.#server, ServerReflection, reflection.handlers(), begin);
    serve(this.#server, ServerReflectionAlpha, reflection.alphaHandlers(), begin);
  }

  /** Who is not admitted is hung up on before a byte is read: to the client that is UNAVAILABLE. */
  #admit(socket: Socket): void {
    const { remoteAddress: address, remotePort } = socket;
    socket.on('error', () => undefined); // whoever is gone is gone
    const leave = address === undefined || this.#isStopping ? undefined : this.#admission.admit(address);
    if (address === undefined || !leave) {
      socket.destroy();
      return;
    }
    const { cluster, patienceMs } = this.#options;
    const peer = `${address}:${remotePort}`;
    const connection = new Connection({ address, cluster, patienceMs });
    this.#connections.set(peer, connection);
    socket.once('close', () => {
      leave();
      this.#connections.delete(peer);
      void connection.close();
    });
    this.#injector.injectConnection(socket);
  }

  #begin(incoming: Incoming, { methodKind }: DescMethod): Call {
    const { patienceMs, log } = this.#options;
    const goesOn = methodKind !== 'unary';
    // A far end that is gone already gets a connection of nobody's, which lets nobody in.
    const connection = this.#connections.get(incoming.getPeer()) ?? this.#gone;
    const entry = {
      goesOn,
      call: new Call({
        incoming,
        connection,
        patienceMs,
        clock,
        log,
        ended: () => this.#calls.delete(entry),
      }),
    };
    this.#calls.add(entry);
    if (this.#isStopping && goesOn) entry.call.abort(gatewayRefused('going-away'));
    return entry.call;
  }

  get #gone(): Connection {
    const { cluster, patienceMs } = this.#options;
    const connection = new Connection({ address: nowhere, cluster, patienceMs });
    void connection.close();
    return connection;
  }
}

function credentialsOf(tls: GatewayOptions['tls']): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) };
  return ServerCredentials.createSsl(null, [pair]);
}
