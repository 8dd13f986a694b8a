/** Bounds that the border enforces and the log relies on. Sizes are bytes of UTF-8. */
export const limits = {
  textBytesMax: 16 * 1024,
  nameLengthMax: 32,
  passwordLengthMin: 8,
  passwordLengthMax: 256,
  idLengthMax: 64,
  topicBytesMax: 256,
  /** Those who are in a group at the same time, whoever opened it included. */
  membersMax: 100,
  /** Groups that one user is in at the same time: all are left with the account, in one command. */
  groupsPerUserMax: 100,
  /** Of Pong that one user is in at the same time, invitations of one's own included; to be invited is nobody's doing. */
  matchesPerUserMax: 4,
  /** Of one's own that wait for somebody to be there; they take places from everybody. */
  matchesWaitingMax: 2,
  /** Invitations that reach one user, whoever invites: so many at once, then so many a minute. */
  invitationsPerMinute: 6,
  /** Of all users together that are not over: one node plays all of them. */
  matchesMax: 128,
  /** Points that win a match. */
  pointsMax: 21,
  /** A request may batch commands; both bounds together keep it below the broker's `max_payload`. */
  commandsPerRequestMax: 64,
  requestBytesMax: 256 * 1024,
  /** Of one client, of commands and of questions each: what is more waits, and goes out together. */
  requestsUnderWayMax: 8,
  bytesUnderWayMax: 256 * 1024,
  /** A frame is cut when either is reached: small enough to copy between nodes in one message. */
  eventsPerFrameMax: 1024,
  frameBytesMax: 768 * 1024,
  pageMax: 500,
  /** Pages that cost more than a row for each. */
  messagesMax: 200,
  conversationsMax: 50,
  searchLengthMax: 256,
  /** An answer is cut after the part that reaches this; the largest part is far smaller than the broker's rest. */
  answerBytesMax: 128 * 1024,
} as const;
