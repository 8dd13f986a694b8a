/**
 * One connection of the wire gateway: from bytes to requests, and from answers to bytes.
 *
 * Nothing of a client can take more than its share. Not one more frame of it is taken while too much of it has no answer
 * or is not read; a frame that is too long is refused before it is kept; items come only as far as there is credit for
 * them. What is wrong with one request is answered under its number and leaves the others alone; what is wrong with the
 * bytes themselves, and whatever has no number, ends the connection, after an error that says so.
 */
import type { Socket } from 'node:net';
import { Refused } from '../../client/errors.ts';
import type { Clock } from '../../client/time.ts';
import type { Caller } from '../caller.ts';
import { failureOf, gatewayRefused } from '../failure.ts';
import { decodeRequest, encode, type Frame, numberOf } from './codec.ts';
import type { Malformed } from './fields.ts';
import { answerPlain } from './handlers.ts';
import { Intake } from './intake.ts';
import { limits, magic, versions } from './limits.ts';
import { wireRefused } from './refusals.ts';
import type { Answer, Request } from './registry.ts';
import { Streams } from './streams.ts';
import { TurnWriter } from './turn-writer.ts';
import { type Asking, UnderWay } from './under-way.ts';

export interface ConnectionOptions {
  readonly clock: Clock;
  /** Which program answers, for people. */
  readonly software: string;
  readonly patienceMs: number;
  /** @param ended told when the log-in ends by itself. */
  caller(ended: (problem: Error) => void): Caller;
  log(line: string): void;
}

/** For the far end to read why, before it is cut off. */
const lingerMs = 1_000;

export class WireConnection {
  readonly #socket: Socket;
  readonly #writer: TurnWriter;
  readonly #options: ConnectionOptions;
  readonly #intake: Intake;
  #caller: Caller | undefined;
  #streams: Streams | undefined;
  #underWay: UnderWay | undefined;
  #waitingForRoom: (() => void)[] | undefined;
  #heardMs: number;
  /**
   * `finishing`: what is under way is answered, nothing new is begun. `closing`: nothing more is said, and of what is heard
   * only `taken` counts.
   */
  #state: 'greeting' | 'open' | 'finishing' | 'closing' = 'greeting';

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#writer = new TurnWriter(socket);
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs();
    socket.setNoDelay(true);
    this.#intake = new Intake(socket, {
      isFull: () => this.#isFull && this.#state !== 'closing',
      heard: () => this.#heard(),
      receive: (body) => this.#receive(body),
      tooLarge: () => this.refuse(wireRefused('frame-too-large')),
      ended: () => this.finish(),
    });
    socket.on('drain', () => this.#drained());
    socket.setTimeout(limits.idleMs, () => this.#stood());
    socket.on('error', () => socket.destroy()); // the far end is gone: `close` follows
  }

  /** To be called now and then: whoever is silent for too long has to leave. Whoever is not listened to is not silent. */
  look(nowMs: number): void {
    if (this.#intake.isHeld) return;
    const silentMs = nowMs - this.#heardMs;
    if (silentMs >= (this.#state === 'greeting' ? limits.helloMs : limits.idleMs))
      this.refuse(wireRefused('idle'));
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
    if (!this.#underWay?.count) this.#end();
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

  #heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs();
  }

  /** All that waited for the far end was taken: a sign of life. */
  #drained(): void {
    this.#heard();
    this.#goOn();
  }

  /** For as long as a client may be idle nothing went either way, not even a part of what waits for it. */
  #stood(): void {
    if (this.#socket.writableLength > 0) this.cut();
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
      else this.#refuseOne(numberOf(body), refused);
      return;
    }
    if (this.#state === 'greeting') this.#greet(frame);
    else if (frame) this.#take(frame, body.length);
    else this.#refuseOne(numberOf(body), wireRefused('unknown-frame'));
  }

  /** What has no number of its own is about the connection. */
  #refuseOne(number: number, error: Refused): void {
    if (number === 0) this.refuse(error);
    else this.#sendError(number, error);
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
        if (refused) this.#refuseOne(number, refused);
        else this.#begin(number, message, sizeBytes);
      }
    }
  }

  #whyNot(number: number): Refused | undefined {
    const isInUse = number === 0 || this.#underWay?.has(number) || this.#streams?.has(number);
    if (isInUse) return wireRefused('number-in-use');
    return this.#state === 'open' ? undefined : gatewayRefused('going-away');
  }

  #begin(number: number, message: Asking, sizeBytes: number): void {
    this.#underWay ??= new UnderWay();
    this.#underWay.begin(number, message, sizeBytes);
    this.#answer(number, message)
      .then(
        (answer) => this.#send(number, answer),
        (error: unknown) => this.#sendError(number, error),
      )
      .finally(() => this.#answered(number));
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

  #answered(number: number): void {
    this.#underWay?.end(number);
    if (this.#state === 'finishing' && !this.#underWay?.count) this.#end();
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
    const { code, isRetryable: retryable, outcome, message } = failureOf(error, this.#options.log);
    this.#send(number, { type: 'error', code, retryable, unknown: outcome === 'unknown', message });
  }

  /** What is answered in one turn goes out together. */
  #send(number: number, answer: Answer): void {
    if (!this.#socket.writable || this.#state === 'closing') return;
    this.#writer.write(encode(number, answer));
  }

  get #isFull(): boolean {
    return this.#underWay?.isFull || this.#socket.writableLength >= limits.unreadBytesMax;
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
    this.#intake.goOn();
  }

  /** What waits for the far end goes out while it listens, and a moment more: else it might never read why. */
  #end(): void {
    const { clock } = this.#options;
    this.#state = 'closing';
    const last = clock.setTimeout(() => this.cut(), limits.idleMs);
    this.#socket.once('close', () => clock.clearTimeout(last));
    this.#socket.end(() => clock.setTimeout(() => this.cut(), lingerMs));
    this.#goOn();
  }
}
