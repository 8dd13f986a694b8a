/**
 * A session as the document shows it: the gateway's own connection, over a real socket, with somebody behind it whose
 * answers are always the same.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Refused } from '../../src/client/errors.ts';
import { systemClock } from '../../src/client/time.ts';
import type { Caller } from '../../src/gateways/caller.ts';
import { encode } from '../../src/gateways/wire/codec.ts';
import { WireConnection } from '../../src/gateways/wire/connection.ts';
import { FrameReader } from '../../src/gateways/wire/frames.ts';
import { limits, magic } from '../../src/gateways/wire/limits.ts';
import type { Request } from '../../src/gateways/wire/registry.ts';
import { annotated } from './annotate.ts';

const at = Date.UTC(2026, 10, 22, 12, 0, 0);
const session = 's-0123456789abcdef';
const greeting = {
  id: 'm-1',
  session,
  conversation: session,
  kind: 'message',
  from: 'bob',
  text: 'hello, Alice',
  at,
  position: 7,
  prev: 0,
  item: 7,
} as const;

/** Whatever the document's session needs of a caller. */
const alice = {
  logIn: async () => ({ name: 'alice', token: 'u-0123456789abcdef.6.…', position: 6 }),
  taken: () => undefined,
  close: async () => undefined,
  user: {
    send: async (to: string) => {
      if (to === 'bob') return { id: 'm-2', session, position: 8, at: at + 1_500 };
      throw new Refused('unknown-user', 'There is nobody of that name.');
    },
    follow: async (show: (item: typeof greeting) => Promise<void>) => await show(greeting),
    transcript: async function* () {
      yield greeting;
    },
  },
} as unknown as Caller; // of a caller, no more than this is called

/** A request, and how many frames come then. */
const script: readonly (readonly [number, Request, number])[] = [
  [1, { type: 'hello', magic, versionMin: 1, versionMax: 1, software: 'example' }, 1],
  [2, { type: 'logIn', name: 'alice', password: 'correct horse battery' }, 1],
  [3, { type: 'follow', credit: 100 }, 2],
  [3, { type: 'taken', upTo: 7 }, 0],
  [4, { type: 'send', id: 'm-2', to: 'bob', session: '', text: 'hello, Bob' }, 1],
  [5, { type: 'send', id: 'm-3', to: 'nobody', session: '', text: 'is there anybody?' }, 1],
  [6, { type: 'replay', session, after: 0, speedPercent: 200, maxGapMs: 3_000, credit: 100 }, 2],
];

/** Annotated, frame by frame. */
export async function recordSession(): Promise<string> {
  const server = createServer((socket) => {
    const connection = new WireConnection(socket, {
      clock: systemClock,
      software: 'verbatim',
      patienceMs: 1_000,
      caller: () => alice,
      log: console.error,
    });
    socket.once('close', () => void connection.closed());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1'); // it listens on no pipe
  const heard = framesOf(socket);
  const parts: string[] = [];
  for (const [number, request, answers] of script) {
    const bytes = encode(number, request);
    socket.write(bytes);
    parts.push(annotated(bytes));
    for (let left = answers; left > 0; left--) parts.push(annotated((await heard.next()).value!));
  }
  socket.destroy();
  server.close();
  return parts.join('\n\n');
}

/** With their lengths. */
async function* framesOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  const reader = new FrameReader(limits.answerBytesMax);
  for await (const chunk of socket) {
    for (const body of reader.read(chunk as Buffer)) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(body.length);
      yield Buffer.concat([length, body]);
    }
  }
  return undefined;
}
