/**
 * Services as the `.proto` files have them, bound to the library: bytes become checked messages, and what a handler throws
 * becomes the call's status.
 *
 * The library would decode by itself and call a malformed message INTERNAL; so it is given bytes. It would also buffer
 * whatever a handler writes: so a handler awaits each write, which resolves when HTTP/2 took it. A far end that does not
 * read stops its own call there, and with it whoever feeds it.
 */
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Server,
  ServerDuplexStream,
  ServerReadableStream,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { Refused } from '../../client/errors.ts';
import { unlessAborted } from './aborting.ts';
import type { Call, Incoming } from './call.ts';

type Bytes = Buffer;
type Kind = DescMethod['methodKind'];
type Method<K extends Kind, I extends DescMessage, O extends DescMessage> = {
  methodKind: K;
  input: I;
  output: O;
};
/** Resolves when the far end's connection took it. */
export type Write<O extends DescMessage> = (message: MessageInitShape<O>) => Promise<void>;

/** What does a method's work, by its kind. */
export type Handler<M> =
  M extends Method<'unary', infer I, infer O>
    ? (request: MessageShape<I>, call: Call) => Promise<MessageInitShape<O>>
    : M extends Method<'server_streaming', infer I, infer O>
      ? (request: MessageShape<I>, call: Call, write: Write<O>) => Promise<void>
      : M extends Method<'client_streaming', infer I, infer O>
        ? (requests: AsyncIterable<MessageShape<I>>, call: Call) => Promise<MessageInitShape<O>>
        : M extends Method<'bidi_streaming', infer I, infer O>
          ? (requests: AsyncIterable<MessageShape<I>>, call: Call, write: Write<O>) => Promise<void>
          : never;

/** All of a service's methods, by their names in small letters first. */
export type Handlers<S extends DescService> = { readonly [M in keyof S['method']]: Handler<S['method'][M]> };

/** Makes a call of what the library has, and of a failure an ending. */
export type Begin = (incoming: Incoming, method: DescMethod) => Call;

export function serve<S extends DescService>(
  server: Server,
  service: S,
  handlers: Handlers<S>,
  begin: Begin,
): void {
  for (const method of service.methods) {
    const handler = handlers[method.localName as keyof S['method']] as unknown; // by its kind, below
    const { type, handle } = handlingOf(method, handler, begin);
    server.register<Bytes, Bytes>(pathOf(method), handle, asTheyAre, asTheyAre, type);
  }
}

export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

const asTheyAre = (bytes: Bytes) => bytes;

type Handling =
  | { readonly type: 'unary'; readonly handle: handleUnaryCall<Bytes, Bytes> }
  | { readonly type: 'clientStream'; readonly handle: handleClientStreamingCall<Bytes, Bytes> }
  | { readonly type: 'serverStream'; readonly handle: handleServerStreamingCall<Bytes, Bytes> }
  | { readonly type: 'bidi'; readonly handle: handleBidiStreamingCall<Bytes, Bytes> };

/** Each handler is of its method's kind: `Handlers` says so, which is not visible any more here. */
function handlingOf(method: DescMethod, handler: unknown, begin: Begin): Handling {
  const { input, output } = method;
  switch (method.methodKind) {
    case 'unary': {
      const handle = handler as Handler<Method<'unary', DescMessage, DescMessage>>;
      const answer = async (bytes: Bytes, call: Call) =>
        encode(output, await handle(decode(input, bytes), call));
      return {
        type: 'unary',
        handle: (incoming, callback) => {
          const call = begin(incoming, method);
          call.finish(answer(incoming.request, call), callback);
        },
      };
    }
    case 'client_streaming': {
      const handle = handler as Handler<Method<'client_streaming', DescMessage, DescMessage>>;
      return {
        type: 'clientStream',
        handle: (incoming, callback) => {
          const call = begin(incoming, method);
          const answer = handle(requestsOf(incoming, input, call), call);
          call.finish(
            answer.then((message) => encode(output, message)),
            callback,
          );
        },
      };
    }
    case 'server_streaming': {
      const handle = handler as Handler<Method<'server_streaming', DescMessage, DescMessage>>;
      return {
        type: 'serverStream',
        handle: (incoming) => {
          const call = begin(incoming, method);
          const work = async () =>
            await handle(decode(input, incoming.request), call, writerOf(incoming, output, call));
          call.end(work(), incoming);
        },
      };
    }
    case 'bidi_streaming': {
      const handle = handler as Handler<Method<'bidi_streaming', DescMessage, DescMessage>>;
      return {
        type: 'bidi',
        handle: (incoming) => {
          const call = begin(incoming, method);
          const requests = requestsOf(incoming, input, call);
          call.end(handle(requests, call, writerOf(incoming, output, call)), incoming);
        },
      };
    }
  }
}

export function encode<D extends DescMessage>(schema: D, message: MessageInitShape<D>): Buffer {
  const { buffer, byteOffset, byteLength } = toBinary(schema, create(schema, message));
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** @throws {Refused} `malformed`: not that message, or text that is no UTF-8. */
function decode<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    return fromBinary(schema, bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refused('malformed', `That is no ${schema.typeName}: ${why}.`);
  }
}

/** One at a time: what is not asked for stays in HTTP/2's window. */
async function* requestsOf<I extends DescMessage>(
  stream: ServerReadableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  schema: I,
  { signal }: Call,
): AsyncGenerator<MessageShape<I>> {
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  for (;;) {
    const { done, value } = await unlessAborted(signal, chunks.next());
    if (done) return;
    yield decode(schema, value);
  }
}

function writerOf<O extends DescMessage>(
  stream: ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  schema: O,
  { signal }: Call,
): Write<O> {
  return (message) => {
    const taken = new Promise<void>((resolve, reject) => {
      stream.write(encode(schema, message), (error: Error | null | undefined) =>
        error ? reject(error) : resolve(),
      );
    });
    return unlessAborted(signal, taken);
  };
}
