/** The other end: a client of the wire protocol, for comparisons and tests. Programs in other languages need only the document. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Refused } from '../../client/errors.ts';
import { decodeAnswer, encode } from './codec.ts';
import { FrameReader } from './frames.ts';
import { limits, magic, versions } from './limits.ts';
import type { Answer, AnswerTo, Message, Request, RequestName } from './registry.ts';
import { TurnWriter } from './turn-writer.ts';

export interface WireAddress {
  readonly host: string;
  readonly port: number;
  /** A certificate to trust, in PEM: then TLS is spoken. */
  readonly ca?: string;
}

/** An error frame: as a refusal, with what it says beyond. */
class WireRefused extends Refused {
  readonly isRetryable: boolean;
  readonly isUnknown: boolean;

  constructor({ code, message, retryable, unknown }: Message<'error'>) {
    super(code, message);
    this.isRetryable = retryable;
    this.isUnknown = unknown;
  }
}

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class WireClient {
  readonly #socket: Socket;
  readonly #writer: TurnWriter;
  readonly #reader = new FrameReader(limits.answerBytesMax);
  readonly #asked = new Map<number, Asked>();
  readonly #streams = new Map<number, (answer: Answer, number: number) => void>();
  readonly closed: Promise<void>;
  #last = 0;
  readonly #toldTo = new Set<(answer: Answer) => void>();
  /** What the gateway said about the whole connection, last. */
  problem: Error | undefined;

  /** Resolves when the gateway has said welcome. */
  static async connect({ host, port, ca }: WireAddress): Promise<WireClient> {
    const socket = ca === undefined ? connect(port, host) : connectTls({ port, host, ca });
    const client = new WireClient(socket);
    const { min: versionMin, max: versionMax } = versions;
    await client.ask({ type: 'hello', magic, versionMin, versionMax, software: 'verbatim' });
    return client;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#writer = new TurnWriter(socket);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      for (const body of this.#reader.read(chunk)) this.#heard(body);
    });
    socket.on('error', (error) => {
      this.problem ??= error;
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        const problem = this.problem ?? new Error('the connection was closed');
        for (const { reject } of this.#asked.values()) reject(problem);
        resolve();
      });
    });
  }

  /** @throws {WireRefused} as the gateway says; the connection's problem when it ended. */
  async ask<N extends RequestName>(request: Message<N>): Promise<AnswerTo<N>> {
    const number = this.#begin();
    return (await this.#answerTo(number, request)) as AnswerTo<N>; // or an error frame, which rejects
  }

  /** A request after which items come under its number; `show` is called with each. */
  stream<N extends 'follow' | 'replay'>(
    request: Message<N>,
    show: (answer: Answer, number: number) => void,
  ): { readonly number: number; readonly answered: Promise<AnswerTo<N>> } {
    const number = this.#begin();
    this.#streams.set(number, show);
    return { number, answered: this.#answerTo(number, request) as Promise<AnswerTo<N>> }; // as above
  }

  /** Resolves when the gateway says something by itself about the whole connection. */
  told(isIt: (answer: Answer) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const listener = (answer: Answer) => {
        if (!isIt(answer)) return;
        this.#toldTo.delete(listener);
        resolve();
      };
      this.#toldTo.add(listener);
    });
  }

  /** What has no answer. */
  tell(number: number, message: Message<'taken' | 'credit' | 'cancel'>): void {
    this.#writer.write(encode(number, message));
  }

  /** Reads nothing more, as somebody who has hung. */
  pause(): void {
    this.#socket.pause();
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  #begin(): number {
    this.#last += 1;
    return this.#last;
  }

  #answerTo(number: number, request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.closed) return reject(this.problem ?? new Error('the connection was closed'));
      this.#asked.set(number, { resolve, reject });
      this.#writer.write(encode(number, request));
    });
  }

  #heard(body: Buffer): void {
    const frame = decodeAnswer(body);
    if (!frame) return; // of a later version
    const { number, message } = frame;
    if (message.type === 'item' || message.type === 'played') this.#streams.get(number)?.(message, number);
    else if (number === 0) {
      if (message.type === 'error') this.problem = new WireRefused(message);
      for (const listener of this.#toldTo) listener(message);
    } else this.#settle(number, message);
  }

  #settle(number: number, message: Answer): void {
    const asked = this.#asked.get(number);
    this.#asked.delete(number);
    if (message.type === 'error') asked?.reject(new WireRefused(message));
    else asked?.resolve(message);
  }
}
