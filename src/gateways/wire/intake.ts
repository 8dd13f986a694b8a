/**
 * What a far end says, frame by frame. A chunk of the socket may hold thousands of frames: each is taken only while there
 * is room for what it asks; the rest of the chunk waits where it is, and the socket is paused meanwhile.
 */
import type { Socket } from 'node:net';
import { FrameReader } from './frames.ts';
import { limits } from './limits.ts';

export interface Taker {
  isFull(): boolean;
  heard(): void;
  receive(body: Buffer): void;
  tooLarge(): void;
  /** The far end says no more, and what it said was taken. */
  ended(): void;
}

export class Intake {
  readonly #socket: Socket;
  readonly #taker: Taker;
  readonly #reader = new FrameReader(limits.requestBytesMax);
  /** Those of a chunk that are not taken yet. */
  #frames: Iterator<Buffer> | undefined;
  #hasEnded = false;

  constructor(socket: Socket, taker: Taker) {
    this.#socket = socket;
    this.#taker = taker;
    socket.on('data', (chunk: Buffer) => {
      this.#frames = this.#reader.read(chunk); // none is left of the chunk before: the socket was paused until then
      this.goOn();
    });
    socket.on('end', () => {
      this.#hasEnded = true;
      if (!this.isHeld) taker.ended();
    });
  }

  /** Nothing is listened to until there is room. */
  get isHeld(): boolean {
    return this.#frames !== undefined;
  }

  /** To be called when there may be room again. */
  goOn(): void {
    if (!this.#frames) return;
    this.#taker.heard();
    try {
      while (this.#frames) {
        if (this.#taker.isFull()) return void this.#socket.pause();
        const { value, done } = this.#frames.next();
        if (done) this.#allTaken();
        else this.#taker.receive(value);
      }
    } catch {
      this.#allTaken();
      this.#taker.tooLarge();
    }
  }

  #allTaken(): void {
    this.#frames = undefined;
    if (this.#socket.isPaused()) this.#socket.resume();
    if (this.#hasEnded) this.#taker.ended();
  }
}
