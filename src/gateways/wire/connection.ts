/**
 * One connection of the wire gateway: from bytes to requests, and from answers to bytes.
 *
 * Nothing of a client can take more than its share. It is read no further while too much of it has no answer or is not
 * taken; a frame that is too long is refused before it is kept; items come only as far as there is credit for them. What
 * is wrong with one request is answered under its number and leaves the others alone; what is wrong with the bytes
 * themselves ends the connection, after an error that says so.
 */
import type { Socket } from 'node:net';
import { Refused } from '../../client/errors.ts';
import type { Clock } from '../../client/time.ts';
import type { Caller } from '../caller.ts';
import { failureOf, gatewayRefused } from '../failure.ts';
import { decodeRequest, encode, type Frame, numberOf } from './codec.ts';
import type { Malformed } from './fields.ts';
import { FrameReader } from './frames.ts';
import { answerPlain } from './handlers.ts';
import { limits, magic, versions } from './limits.ts';
import { wireRefused } from './refusals.ts';
import type { Answer, Message, Request } from './registry.ts';
import { Streams } from './streams.ts';
import { TurnWriter } from './turn-writer.ts';

export interface ConnectionOptions {
  readonly clock: Clock;
  /** Which program answers, for people. */
  readonly software: string;
  readonly patienceMs: number;
  /** @param ended told when the log-in ends by itself. */
  caller(ended: (problem: Error) => void): Caller;
  log(line: string): void;
}

/** Whatever has an answer. */
type Asking = Message<Exclude<Request['type'], 'taken' | 'credit' | 'cancel'>>;

/** For the far end to read why, before it is cut off. */
const lingerMs = 1_000;

export class WireConnection {
  readonly #socket: Socket;
  readonly #writer: TurnWriter;
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader(limits.requestBytesMax);
  #caller: Caller | undefined;
  #streams: Streams | undefined;
  /** Requests without an answer, and how many bytes each has. */
  #open: Map<number, number> | undefined;
  #openBytes = 0;
  #waitingForRoom: (() => void)[] | undefined;
  #heardMs: number;
  /** `finishing`: what is under way is answered, nothing new is taken. `closing`: what comes is thrown away. */
  #state: 'greeting' | 'open' | 'finishing' | 'closing' = 'greeting';

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#writer = new TurnWriter(socket);
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs();
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => this.#goOn());
    socket.on('end', () => this.finish());
    socket.on('error', () => socket.destroy()); // the far end is gone: `close` follows
  }

  /** To be called now and then: whoever is silent for too long has to leave. */
  look(nowMs: number): void {
    const silentMs = nowMs - this.#heardMs;
    if (silentMs < (this.#state === 'greeting' ? limits.helloMs : limits.idleMs)) return;
    if (this.#state === 'closing') this.#socket.destroy();
    else this.refuse(wireRefused('idle'));
  }

  /** Tells why nothing more is taken on this connection, and ends it. */
  refuse(error: Refused): void {
    if (this.#state === 'closing') return;
    this.#sendError(0, error);
    this.#end();
  }

  /** Takes nothing new; ends when what is under way has its answer. @param why told first. */
  finish(why?: Refused): void {
    if (this.#state === 'closing') return;
    if (why) this.#sendError(0, why);
    this.#state = 'finishing';
    if (!this.#open?.size) this.#end();
  }

  /** Without another word. */
  cut(): void {
    this.#socket.destroy();
  }

  /** After the socket was closed: whoever spoke through it is gone. */
  async closed(): Promise<void> {
    this.#state = 'closing';
    this.#streams?.stop();
    this.#goOn();
    await this.#caller?.close();
  }

  get #isClosing(): boolean {
    return this.#state === 'closing';
  }

  #read(chunk: Buffer): void {
    if (this.#isClosing) return;
    this.#heardMs = this.#options.clock.monotonicMs();
    try {
      for (const body of this.#reader.read(chunk)) {
        this.#receive(body);
        if (this.#isClosing) return;
      }
    } catch {
      this.refuse(wireRefused('frame-too-large'));
    }
    if (this.#isFull) this.#socket.pause();
  }

  #receive(body: Buffer): void {
    let frame: Frame<Request> | undefined;
    try {
      frame = decodeRequest(body);
    } catch (error) {
      const refused = new Refused(
        'malformed',
        `The request is not understood: ${(error as Malformed).message}.`,
      );
      if (this.#state === 'greeting') this.refuse(wireRefused('hello-first'));
      else this.#sendError(numberOf(body), refused);
      return;
    }
    if (this.#state === 'greeting') this.#greet(frame);
    else if (frame) this.#take(frame, body.length);
    else this.#sendError(numberOf(body), wireRefused('unknown-frame'));
  }

  #greet(frame: Frame<Request> | undefined): void {
    const hello = frame?.message;
    if (hello?.type !== 'hello' || hello.magic !== magic) {
      this.refuse(wireRefused('hello-first'));
      return;
    }
    const version = Math.min(hello.versionMax, versions.max);
    if (version < Math.max(hello.versionMin, versions.min)) {
      this.refuse(wireRefused('version-unsupported'));
      return;
    }
    this.#state = 'open';
    const { requestBytesMax, inFlightMax, idleMs } = limits;
    const { software } = this.#options;
    this.#send(frame!.number, { type: 'welcome', version, requestBytesMax, inFlightMax, idleMs, software });
  }

  #take({ number, message }: Frame<Request>, sizeBytes: number): void {
    switch (message.type) {
      case 'credit':
        this.#streams?.grant(number, message.more);
        break;
      case 'cancel':
        this.#streams?.cancel(number);
        break;
      case 'taken':
        this.#caller?.taken(message.upTo);
        break;
      default: {
        const refused = this.#whyNot(number);
        if (refused) this.#sendError(number, refused);
        else this.#begin(number, message, sizeBytes);
      }
    }
  }

  #whyNot(number: number): Refused | undefined {
    const isInUse = number === 0 || this.#open?.has(number) || this.#streams?.has(number);
    if (isInUse) return wireRefused('number-in-use');
    return this.#state === 'finishing' ? gatewayRefused('going-away') : undefined;
  }

  #begin(number: number, message: Asking, sizeBytes: number): void {
    this.#open ??= new Map();
    this.#open.set(number, sizeBytes);
    this.#openBytes += sizeBytes;
    this.#answer(number, message)
      .then(
        (answer) => this.#send(number, answer),
        (error: unknown) => this.#sendError(number, error),
      )
      .finally(() => this.#answered(number, sizeBytes));
  }

  /** Begun at once: what one client sends is given to the log in the order in which it came. */
  async #answer(number: number, message: Asking): Promise<Answer> {
    const caller = this.#called();
    const { patienceMs } = this.#options;
    switch (message.type) {
      case 'hello':
        throw new Refused('malformed', 'This connection has said hello already.');
      case 'follow':
        return await this.#streamed().follow(caller.user, number, message);
      case 'replay':
        return await this.#streamed().replay(caller.user, number, message);
      case 'logOut':
      case 'deleteAccount': {
        const answer = await answerPlain(caller, message, patienceMs);
        this.#streams?.stop();
        return answer;
      }
      default:
        return await answerPlain(caller, message, patienceMs);
    }
  }

  #answered(number: number, sizeBytes: number): void {
    this.#open?.delete(number);
    this.#openBytes -= sizeBytes;
    if (this.#state === 'finishing' && !this.#open?.size) this.#end();
    this.#goOn();
  }

  #called(): Caller {
    this.#caller ??= this.#options.caller(({ message }) => {
      this.#streams?.stop();
      this.#send(0, { type: 'loggedOut', message });
    });
    return this.#caller;
  }

  #streamed(): Streams {
    const { clock, patienceMs } = this.#options;
    this.#streams ??= new Streams({
      clock,
      patienceMs,
      deliver: (number, answer) => {
        this.#send(number, answer);
        return this.#room();
      },
    });
    return this.#streams;
  }

  #sendError(number: number, error: unknown): void {
    const { code, isRetryable, outcome, message } = failureOf(error, this.#options.log);
    this.#send(number, {
      type: 'error',
      code,
      retryable: isRetryable,
      unknown: outcome === 'unknown',
      message,
    });
  }

  /** What is answered in one turn goes out together. */
  #send(number: number, answer: Answer): void {
    if (!this.#socket.writable || this.#state === 'closing') return;
    this.#writer.write(encode(number, answer));
  }

  get #isFull(): boolean {
    const { inFlightMax, inFlightBytesMax, unreadBytesMax } = limits;
    return (
      (this.#open?.size ?? 0) >= inFlightMax ||
      this.#openBytes >= inFlightBytesMax ||
      this.#socket.writableLength >= unreadBytesMax
    );
  }

  /** Undefined where there is some. */
  #room(): Promise<void> | undefined {
    if (this.#socket.writableLength < limits.unreadBytesMax) return undefined;
    return new Promise((resolve) => {
      this.#waitingForRoom ??= [];
      this.#waitingForRoom.push(resolve);
    });
  }

  #goOn(): void {
    if (this.#socket.writableLength < limits.unreadBytesMax || this.#socket.destroyed)
      for (const go of this.#waitingForRoom?.splice(0) ?? []) go();
    if (this.#socket.isPaused() && !this.#isFull) this.#socket.resume();
  }

  /** What the far end still says is read and thrown away: else it might never read why. */
  #end(): void {
    this.#state = 'closing';
    this.#socket.end();
    this.#socket.resume();
    this.#options.clock.setTimeout(() => this.#socket.destroy(), lingerMs);
  }
}
