/** What a comparison has measured, as plain figures: what is printed, plotted and judged is made of them. */
import type { DoorName } from './doors.ts';

export interface Latency {
  readonly door: DoorName;
  readonly rounds: readonly { readonly p50Ms: number; readonly p99Ms: number }[];
  /** Over all rounds, sorted. */
  readonly latenciesMs: readonly number[];
}

export interface Rate {
  readonly door: DoorName;
  readonly inFlight: number;
  /** Sends per second, round by round. */
  readonly perSecond: readonly number[];
}

export interface MessageBytes {
  readonly door: DoorName;
  readonly characters: number;
  readonly inFlight: number;
  /** On the socket, per message: the request's way and the answer's. */
  readonly up: number;
  readonly down: number;
  /** The request as it is written, without what carries it. */
  readonly encoded: number;
}

export interface SetUp {
  readonly door: DoorName;
  /** Until connected; undefined where that alone is not possible. */
  readonly connectMs: number | undefined;
  /** Until connected and logged in. */
  readonly readyMs: number;
}

export interface Holding {
  readonly door: DoorName;
  readonly connections: number;
  /**
   * Resident memory per connection, in the process that holds it, after less before; not above 0 where other memory was given
   * back meanwhile. Undefined where nobody is connected without being somebody.
   */
  readonly idleKb: number | undefined;
  readonly loggedInKb: number;
}

export interface Extent {
  readonly door: DoorName;
  /** Lines that are neither empty nor comments. */
  readonly lines: number;
  readonly generatedLines: number;
  /** Packages that it loads, and those that these load. */
  readonly packages: readonly string[];
  readonly packagesInAll: number;
}

export interface Figures {
  readonly latencies: readonly Latency[];
  readonly rates: readonly Rate[];
  readonly bytes: readonly MessageBytes[];
  readonly setUps: readonly SetUp[];
  readonly holdings: readonly Holding[];
  readonly extents: readonly Extent[];
}
