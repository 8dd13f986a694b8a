/** What the wire protocol speaks, and how much of it. */

/** Versions that this program speaks. */
export const versions = { min: 1, max: 1 } as const;

/** "VRBT": whoever says something else first means somebody else. */
export const magic = 0x56524254;

export const limits = {
  /** Of a frame from a client, without the four bytes of its length. */
  requestBytesMax: 32 * 1024,
  /** Of a frame from the gateway. */
  answerBytesMax: 1024 * 1024,
  /** Requests of one connection without an answer; the gateway reads no further until some have theirs. */
  inFlightMax: 256,
  /** What they hold together. */
  inFlightBytesMax: 256 * 1024,
  /** Pages among them: as many as the SDK asks for at once, since each may be as large as half of what may be unread. */
  pagesInFlightMax: 8,
  /** The queue that is followed, and replays: each may hold a page. */
  streamsMax: 16,
  /** What waits for a client that does not read; the gateway reads no further until it does. */
  unreadBytesMax: 256 * 1024,
  /** A client that says nothing for so long is taken for gone. */
  idleMs: 60_000,
  /** Before the first frame. */
  helloMs: 5_000,
  pageMax: 200,
} as const;
