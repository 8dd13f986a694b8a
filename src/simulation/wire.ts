/**
 * One process's connection to the broker, as TCP and the NATS library show it.
 *
 * Both ways everything arrives in order, or not at all. A connection that breaks loses what is on its way; the library
 * dials again at once and for ever, and throws away what is published meanwhile, but for what is published while the
 * last handshake is under way. Each side notices a break in its own time: until then the process believes that it is
 * connected, and the server keeps subscriptions to which it delivers in vain.
 */
import type { SimulatedProcess } from './process.ts';
import type { Connection, Server, Session } from './session.ts';

const redialMs = { min: 50, max: 75 };
const handshakeMs = { min: 2, max: 40 };
/** A ping each second, two of them unanswered. */
const processNoticesMs = { min: 1_000, max: 3_000 };
const serverNoticesMs = { min: 500, max: 4_000 };
const usualDelayMs = 0.6;
const spikeChance = 0.01;
const spikeMsMax = 25;

export interface WireListener {
  /** Connected, for the first time or again: what stands at the server is gone and has to be set up anew. */
  opened(): void;
  closed(): void;
}

export class Wire implements Connection {
  readonly process: SimulatedProcess;
  readonly #server: Server;
  readonly #listeners: WireListener[] = [];
  /** What the server knows of this connection; a broken one may not be noticed there yet. */
  #session: Session | undefined;
  #isConnected = false;
  #isEnded = false;
  /** Sent while a handshake is under way. */
  #buffer: ((session: Session) => void)[] | undefined;
  #blockedUntilMs = 0;
  #severedUntilMs = 0;
  #upAtMs = 0;
  #downAtMs = 0;
  /** Factor on every delay. */
  slowness = 1;

  constructor(process: SimulatedProcess, server: Server) {
    this.process = process;
    this.#server = server;
    server.attach(this);
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get isServerUp(): boolean {
    return this.#server.isUp;
  }

  /** Whether a connection could be made now. */
  get isOpenable(): boolean {
    const { nowMs } = this.process.timeline;
    return this.#server.isUp && nowMs >= this.#blockedUntilMs && nowMs >= this.#severedUntilMs;
  }

  listen(listener: WireListener): void {
    this.#listeners.push(listener);
  }

  /** Dials until it is answered. */
  open(): void {
    if (this.#isEnded) return;
    if (!this.isOpenable) {
      this.process.after(this.process.random.between(redialMs.min, redialMs.max), () => this.open());
      return;
    }
    this.#buffer = [];
    this.process.after(this.#handshakeMs(), () => {
      if (this.isOpenable) this.#opened();
      else this.open();
    });
  }

  /** To the server, where `task` is done with what the server then knows of this connection. */
  send(task: (session: Session) => void): void {
    if (!this.#isConnected) {
      this.#buffer?.push(task);
      return;
    }
    const session = this.#session;
    if (!session) return;
    this.#upAtMs = this.#arrivalMs(this.#upAtMs);
    this.process.timeline.after(this.#upAtMs - this.process.timeline.nowMs, () => {
      if (session.isAlive && this.#server.isUp) task(session);
    });
  }

  /** From the server to this process. */
  deliver(session: Session, task: () => void): void {
    if (session !== this.#session) return;
    this.#downAtMs = this.#arrivalMs(this.#downAtMs);
    this.process.after(this.#downAtMs - this.process.timeline.nowMs, () => {
      if (session === this.#session && this.#isConnected) task();
    });
  }

  /** The connection is reset, both sides notice at once, and nothing can be reached for a while. */
  sever(forMs: number): void {
    this.#severedUntilMs = this.process.timeline.nowMs + forMs;
    this.#broken(0);
  }

  /** Packets go astray: until then all waits, and if it lasts long one side or the other gives the connection up. */
  block(forMs: number): void {
    const { timeline, random } = this.process;
    this.#blockedUntilMs = timeline.nowMs + forMs;
    const noticesMs = random.between(processNoticesMs.min, processNoticesMs.max);
    const session = this.#session;
    if (forMs < noticesMs) return;
    this.process.after(noticesMs, () => {
      if (session === this.#session) this.#broken(random.between(serverNoticesMs.min, serverNoticesMs.max));
    });
  }

  /** Whatever was wrong is right again. What waits for the end of a block would wait on: such a connection is replaced. */
  heal(): void {
    if (this.#blockedUntilMs > this.process.timeline.nowMs) this.#broken(0);
    this.#blockedUntilMs = 0;
    this.#severedUntilMs = 0;
    this.slowness = 1;
  }

  dropped(): void {
    this.#broken(0);
  }

  /**
   * The process is gone, or wants no more: what it sent still arrives, then the server sees the end. Where packets go
   * astray it does not, and finds out by its pings.
   */
  end(): void {
    const { timeline, random } = this.process;
    const session = this.#session;
    this.#isEnded = true;
    this.send((known) => this.#server.forget(known));
    this.#isConnected = false;
    if (!session || this.#blockedUntilMs <= timeline.nowMs) return;
    const noticesMs = random.between(serverNoticesMs.min, serverNoticesMs.max);
    timeline.after(noticesMs, () => this.#server.forget(session));
  }

  #opened(): void {
    const buffered = this.#buffer ?? [];
    this.#buffer = undefined;
    if (this.#isEnded) return;
    this.#isConnected = true;
    this.#upAtMs = 0;
    this.#downAtMs = 0;
    this.#session = this.#server.welcome(this);
    for (const listener of this.#listeners) listener.opened();
    for (const task of buffered) this.send(task);
  }

  #broken(serverNoticesAfterMs: number): void {
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    this.process.timeline.after(serverNoticesAfterMs, () => this.#server.forget(session));
    this.process.after(this.process.random.between(0, 2), () => {
      if (this.#session || !this.#isConnected) return;
      this.#isConnected = false;
      for (const listener of this.#listeners) listener.closed();
      this.open();
    });
  }

  #arrivalMs(before: number): number {
    const { random, timeline } = this.process;
    const usual = -Math.log(1 - random.next()) * usualDelayMs;
    const spike = random.chance(spikeChance) ? random.between(0, spikeMsMax) : 0;
    const arrival = timeline.nowMs + (0.05 + usual + spike) * this.slowness;
    return Math.max(before, arrival, this.#blockedUntilMs);
  }

  #handshakeMs(): number {
    return this.process.random.between(handshakeMs.min, handshakeMs.max);
  }
}
