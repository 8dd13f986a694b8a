/** A wire gateway of the real program, its clients, and bytes that no client would say. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type WireAddress, WireClient } from '../../src/gateways/wire/client.ts';
import { decodeAnswer } from '../../src/gateways/wire/codec.ts';
import { FrameReader } from '../../src/gateways/wire/frames.ts';
import { limits } from '../../src/gateways/wire/limits.ts';
import type { Answer, Message } from '../../src/gateways/wire/registry.ts';
import type { Running } from './cli.ts';
import { password, type TestCluster } from './cluster.ts';

export interface RunningGateway {
  readonly running: Running;
  readonly where: WireAddress;
  readonly pid: number;
}

/** Ready: it listens. */
export async function startWireGateway(cluster: TestCluster, ...args: string[]): Promise<RunningGateway> {
  const running = cluster.as('gateway').start(['gateway', 'wire', '--json', '--port', '0', ...args]);
  const ready = JSON.parse(await running.out.next('"ready":true')) as { address: string; pid: number };
  const [host = '', port] = ready.address.split(':');
  return { running, where: { host, port: Number(port) }, pid: ready.pid };
}

export interface WireUser {
  readonly name: string;
  readonly token: string;
  readonly client: WireClient;
  /** What the queue showed. */
  readonly items: Message<'item'>[];
  send(to: string, text: string, id: string): Promise<Message<'sent'>>;
  /** Takes and acknowledges whatever comes. */
  follow(): Promise<void>;
  /** Resolves when so many items were shown. */
  shown(count: number): Promise<void>;
}

/** Registers and logs in. */
export async function wireUser(where: WireAddress, name: string): Promise<WireUser> {
  const client = await WireClient.connect(where);
  await client.ask({ type: 'register', name, password });
  const { token } = await client.ask({ type: 'logIn', name, password });
  return asUser(client, name, token);
}

export function asUser(client: WireClient, name: string, token: string): WireUser {
  const items: Message<'item'>[] = [];
  let look = () => {};
  return {
    name,
    token,
    client,
    items,
    send: (to, text, id) => client.ask({ type: 'send', id, to, session: '', text }),
    follow: async () => {
      const { answered } = client.stream({ type: 'follow', credit: 100 }, (answer, number) => {
        if (answer.type !== 'item') return;
        items.push(answer);
        client.tell(number, { type: 'taken', upTo: answer.place });
        client.tell(number, { type: 'credit', more: 1 });
        look();
      });
      await answered;
    },
    shown: (count) =>
      new Promise((resolve) => {
        look = () => {
          if (items.length >= count) resolve();
        };
        look();
      }),
  };
}

/** Somebody who says whatever bytes. */
export class RawWire {
  readonly socket: Socket;
  readonly heard: Answer[] = [];
  readonly closed: Promise<unknown>;

  constructor({ host, port }: WireAddress) {
    const reader = new FrameReader(limits.answerBytesMax);
    this.socket = connect(port, host);
    this.socket.on('error', () => undefined); // cut off: that is heard by `close`
    this.socket.on('data', (chunk: Buffer) => {
      for (const body of reader.read(chunk)) this.heard.push(decodeAnswer(body)!.message);
    });
    this.closed = once(this.socket, 'close');
  }

  say(...parts: Buffer[]): this {
    this.socket.write(Buffer.concat(parts));
    return this;
  }

  /** The codes of errors that came until the gateway closed. */
  async refusals(): Promise<string[]> {
    await this.closed;
    return this.heard.flatMap((answer) => (answer.type === 'error' ? [answer.code] : []));
  }
}
