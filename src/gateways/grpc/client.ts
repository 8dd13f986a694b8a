/** A gRPC client of the services here, for programs in this language: what tests and comparisons call the gateway with. */
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { anyUnpack, durationMs } from '@bufbuild/protobuf/wkt';
import {
  type CallOptions,
  type ChannelOptions,
  Client,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { ErrorInfoSchema, RetryInfoSchema } from './generated/google/rpc/error_details_pb.js';
import { StatusSchema } from './generated/google/rpc/status_pb.js';
import { encode, pathOf } from './service.ts';

export interface Calling {
  readonly token?: string;
  /** Until the call is given up, here and there. */
  readonly timeoutMs?: number;
}

/** What a server says, as it comes; whoever stops reading stops the server. */
export interface Heard<O extends DescMessage> extends AsyncIterable<MessageShape<O>> {
  cancel(): void;
}

/** What is said to a server, one after the other. */
export interface Said<I extends DescMessage> {
  /** Resolves when the connection took it. */
  say(message: MessageInitShape<I>): Promise<void>;
  /** There is nothing more to say. */
  end(): void;
}

/** Of a service, the names of its methods of one kind. */
type Of<S extends DescService, K extends DescMethod['methodKind']> = {
  [M in keyof S['method']]: S['method'][M]['methodKind'] extends K ? M : never;
}[keyof S['method']];
type Input<S extends DescService, M extends keyof S['method']> = S['method'][M]['input'];
type Output<S extends DescService, M extends keyof S['method']> = S['method'][M]['output'];

export class GrpcClient {
  readonly #client: Client;

  /** @param address `host:port`. @param ca whom to trust, in PEM; plain text where it is left out. */
  constructor(address: string, { ca, ...options }: ChannelOptions & { readonly ca?: string } = {}) {
    const how = ca === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(ca));
    this.#client = new Client(address, how, options);
  }

  /** Resolves when there is a connection, which a call would open by itself. @throws after so long. */
  async connected(timeoutMs = 10_000): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.waitForReady(Date.now() + timeoutMs, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    this.#client.close();
  }

  /** @throws {ServiceError}: `problemOf` says what it says. */
  async ask<S extends DescService, M extends Of<S, 'unary'>>(
    service: S,
    name: M,
    request: MessageInitShape<Input<S, M>>,
    calling: Calling = {},
  ): Promise<MessageShape<Output<S, M>>> {
    const { path, input, decode } = this.#method(service, name);
    return await new Promise((resolve, reject) => {
      const told = (error: ServiceError | null, answer?: MessageShape<Output<S, M>>) =>
        error ? reject(error) : resolve(answer!);
      const bytes = encode(input, request);
      this.#client.makeUnaryRequest(
        path,
        asItIs,
        decode,
        bytes,
        metadataOf(calling),
        optionsOf(calling),
        told,
      );
    });
  }

  hear<S extends DescService, M extends Of<S, 'server_streaming'>>(
    service: S,
    name: M,
    request: MessageInitShape<Input<S, M>>,
    calling: Calling = {},
  ): Heard<Output<S, M>> {
    const { path, input, decode } = this.#method(service, name);
    const bytes = encode(input, request);
    return this.#client.makeServerStreamRequest(
      path,
      asItIs,
      decode,
      bytes,
      metadataOf(calling),
      optionsOf(calling),
    );
  }

  /** Many messages, one answer. */
  tell<S extends DescService, M extends Of<S, 'client_streaming'>>(
    service: S,
    name: M,
    calling: Calling = {},
  ): Said<Input<S, M>> & { readonly answer: Promise<MessageShape<Output<S, M>>> } {
    const { path, input, decode } = this.#method(service, name);
    let stream: Sink | undefined;
    const answer = new Promise<MessageShape<Output<S, M>>>((resolve, reject) => {
      const told = (error: ServiceError | null, given?: MessageShape<Output<S, M>>) =>
        error ? reject(error) : resolve(given!);
      stream = this.#client.makeClientStreamRequest(
        path,
        asItIs,
        decode,
        metadataOf(calling),
        optionsOf(calling),
        told,
      );
    });
    return { ...saidOn(stream!, input), answer };
  }

  talk<S extends DescService, M extends Of<S, 'bidi_streaming'>>(
    service: S,
    name: M,
    calling: Calling = {},
  ): Said<Input<S, M>> & { readonly heard: Heard<Output<S, M>> } {
    const { path, input, decode } = this.#method(service, name);
    const stream = this.#client.makeBidiStreamRequest(
      path,
      asItIs,
      decode,
      metadataOf(calling),
      optionsOf(calling),
    );
    return { ...saidOn(stream, input), heard: stream };
  }

  #method<S extends DescService, M extends keyof S['method']>(service: S, name: M) {
    const method = service.method[name as string] as DescMethod;
    const { input, output } = method as S['method'][M];
    return {
      path: pathOf(method),
      input: input as Input<S, M>,
      decode: (bytes: Buffer) => fromBinary(output as Output<S, M>, bytes),
    };
  }
}

export interface Problem {
  /** Of gRPC, such as `NOT_FOUND`. */
  readonly status: string;
  /** Verbatim's own, such as `UNKNOWN_USER`; undefined where another than the gateway said it. */
  readonly reason?: string;
  readonly message: string;
  readonly retryMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

export function problemOf(error: unknown): Problem {
  const { code, details: message, metadata } = error as ServiceError;
  const told = { status: status[code] ?? String(code), message };
  const [whole] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!(whole instanceof Uint8Array)) return told;
  const { details } = fromBinary(StatusSchema, whole);
  const info = details.map((one) => anyUnpack(one, ErrorInfoSchema)).find(Boolean);
  const retry = details.map((one) => anyUnpack(one, RetryInfoSchema)).find(Boolean);
  return {
    ...told,
    ...(info ? { reason: info.reason, metadata: info.metadata } : {}),
    ...(retry?.retryDelay ? { retryMs: durationMs(retry.retryDelay) } : {}),
  };
}

interface Sink {
  write(bytes: Buffer, taken: (error?: Error | null) => void): unknown;
  end(): unknown;
}

const asItIs = (bytes: Buffer) => bytes;

function saidOn<I extends DescMessage>(stream: Sink, input: I): Said<I> {
  return {
    say: (message) =>
      new Promise((resolve, reject) => {
        stream.write(encode(input, create(input, message)), (error) => (error ? reject(error) : resolve()));
      }),
    end: () => stream.end(),
  };
}

function metadataOf({ token }: Calling): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

function optionsOf({ timeoutMs }: Calling): CallOptions {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}
