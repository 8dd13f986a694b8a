/** gRPC by hand, on bare HTTP/2: for what no library would send. */
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from 'node:http2';

export interface RawAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** Of gRPC; undefined where none came. */
  readonly code: number | undefined;
  readonly bytes: Buffer;
}

export class RawGrpc {
  readonly session: ClientHttp2Session;

  constructor(address: string) {
    this.session = connect(`http://${address}`);
    this.session.on('error', () => undefined);
  }

  /** Begins a call and leaves it open. */
  open(path: string, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => undefined);
    return stream;
  }

  async call(
    path: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawAnswer> {
    const stream = this.open(path, headers);
    stream.end(body);
    return await answerOn(stream);
  }

  close(): void {
    this.session.destroy();
  }
}

async function answerOn(stream: ClientHttp2Stream): Promise<RawAnswer> {
  let [status, code] = [0, undefined as number | undefined];
  const heard = (headers: IncomingHttpHeaders & { ':status'?: number }) => {
    status = headers[':status'] ?? status;
    if (headers['grpc-status'] !== undefined) code = Number(headers['grpc-status']);
  };
  const parts: Buffer[] = [];
  stream.on('response', heard).on('trailers', heard);
  stream.on('data', (part: Buffer) => parts.push(part));
  await once(stream, 'close');
  return { status, code, bytes: Buffer.concat(parts) };
}

/** A message as it goes over HTTP/2. @param said its length, where that is a lie. */
export function framed(message: Uint8Array, { flag = 0, said = message.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(said, 1);
  return Buffer.concat([head, message]);
}
