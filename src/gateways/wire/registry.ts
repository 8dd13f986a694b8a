/**
 * Every message of the wire protocol: the one table from which the codec works, the types follow and the tables of
 * docs/wire-protocol.md are made (`npx tsx scripts/wire-doc.ts`).
 *
 * A code or the order of fields is never changed, only added to, with a new version of the protocol where an older peer
 * would misread it. `hello`, `welcome` and `error` keep their first bytes in all versions.
 */
import type { Shape, Values } from './fields.ts';
import {
  after,
  at,
  credit,
  limit,
  messageId,
  name,
  next,
  password,
  position,
  said,
  session,
  sessionRow,
} from './parts.ts';

interface MessageSpec {
  readonly code: number;
  /** What it says or asks for, as a sentence. */
  readonly about: string;
  readonly fields: Shape;
  /** Of a request: what it is answered with; undefined: it has no answer. */
  readonly answer?: string;
}

export const requests = {
  hello: {
    code: 0x01,
    about: 'The first frame: who speaks, and which versions.',
    fields: {
      magic: { kind: 'u32', about: '0x56524254, "VRBT"' },
      versionMin: { kind: 'u8', about: 'the oldest version that the client speaks' },
      versionMax: { kind: 'u8', about: 'the newest' },
      software: { kind: 'text', about: 'which program it is, for people' },
    },
    answer: 'welcome',
  },
  ping: { code: 0x02, about: 'Asks for a sign of life.', fields: {}, answer: 'pong' },
  register: {
    code: 0x03,
    about: 'Creates an account. It does not log in.',
    fields: { name, password },
    answer: 'registered',
  },
  logIn: {
    code: 0x04,
    about: 'Logs in: from then on the connection speaks for that user.',
    fields: { name, password },
    answer: 'loggedIn',
  },
  resume: {
    code: 0x05,
    about: 'Logs in with the token of an earlier log-in.',
    fields: {
      token: { kind: 'text', about: 'as `loggedIn` gave it' },
      position: {
        kind: 'u64',
        about: 'the highest position seen in any frame, so that nothing older is shown; or 0',
      },
    },
    answer: 'loggedIn',
  },
  logOut: {
    code: 0x06,
    about: 'Ends the log-in; within a second its token opens nothing any more.',
    fields: {},
    answer: 'done',
  },
  deleteAccount: { code: 0x07, about: 'Deletes the account for good.', fields: {}, answer: 'done' },
  changePassword: {
    code: 0x08,
    about: 'Changes the password, which ends all other log-ins.',
    fields: { password, newPassword: { kind: 'text', about: 'the new one' } },
    answer: 'done',
  },
  send: {
    code: 0x10,
    about: 'Sends a message, to a user or into a session: one of the two, the other is empty.',
    fields: {
      id: messageId,
      to: { kind: 'text', about: "a user's name, or empty" },
      session: { kind: 'text', about: "a session's id, or empty" },
      text: { kind: 'text', about: '1 to 16,384 bytes' },
    },
    answer: 'sent',
  },
  follow: {
    code: 0x11,
    about:
      "Comes online: the user's queue as `item` frames, and whatever is added to it. Items may come before the answer.",
    fields: { credit },
    answer: 'done',
  },
  taken: {
    code: 0x12,
    about: 'The items up to this place arrived: they will not be delivered again. Its number means nothing.',
    fields: { upTo: { kind: 'u64', about: '`place` of the last one' } },
  },
  credit: {
    code: 0x13,
    about: 'More items may come for the request of the same number.',
    fields: { more: { kind: 'u32', about: 'how many more' } },
  },
  cancel: { code: 0x14, about: 'Stops the replay of the same number, which then ends.', fields: {} },
  replay: {
    code: 0x15,
    about:
      'Plays a session back, as `played` frames with the original pauses. It begins when there is credit.',
    fields: {
      session,
      after: { kind: 'u64', about: 'only what stands after this position; 0: all' },
      speedPercent: { kind: 'u16', about: '100: as it was; 200: twice as fast' },
      maxGapMs: { kind: 'u32', about: 'no pause is longer, as it is played; 0xffffffff: as they were' },
      credit,
    },
    answer: 'ended',
  },
  users: {
    code: 0x20,
    about: 'Asks for users, by name.',
    fields: {
      prefix: { kind: 'text', about: 'how their names begin, or empty' },
      after: { kind: 'text', about: 'the last name of the page before, or empty' },
      limit,
    },
    answer: 'userPage',
  },
  sessions: {
    code: 0x21,
    about: "Asks for the user's own sessions, oldest first.",
    fields: { with: { kind: 'text', about: 'those with one other user, or empty' }, after, limit },
    answer: 'sessionPage',
  },
  transcript: {
    code: 0x22,
    about: 'Asks for what was said in a session, oldest first.',
    fields: { session, after, limit },
    answer: 'transcriptPage',
  },
  openGroup: {
    code: 0x30,
    about: 'Opens a group.',
    fields: {
      id: messageId,
      topic: { kind: 'text', about: 'what it is about, in one line of at most 256 bytes; or empty' },
      members: { list: { name }, about: 'the others in it: 1 to 99' },
    },
    answer: 'sent',
  },
  invite: {
    code: 0x31,
    about: 'Has somebody join a group, who sees what comes from then on.',
    fields: { id: messageId, session, name },
    answer: 'sent',
  },
  leave: { code: 0x32, about: 'Leaves a group.', fields: { id: messageId, session }, answer: 'sent' },
  setTopic: {
    code: 0x33,
    about: 'Says what a group is about.',
    fields: {
      id: messageId,
      session,
      topic: { kind: 'text', about: 'in one line of at most 256 bytes; or empty' },
    },
    answer: 'sent',
  },
} as const satisfies Record<string, MessageSpec>;

export const answers = {
  welcome: {
    code: 0x81,
    about: 'The version from here on, and the limits of this gateway.',
    fields: {
      version: { kind: 'u8', about: 'the newest that both speak' },
      requestBytesMax: { kind: 'u32', about: 'the longest frame that it takes, without the length itself' },
      inFlightMax: { kind: 'u16', about: 'it reads no further while so many requests have no answer' },
      idleMs: { kind: 'u32', about: 'it closes when nothing came for so long: ping a few times within' },
      software: { kind: 'text', about: 'which program it is, for people' },
    },
  },
  pong: { code: 0x82, about: 'A sign of life.', fields: {} },
  registered: {
    code: 0x83,
    about: 'The account exists.',
    fields: {
      recoveryCode: {
        kind: 'text',
        about: 'sets a forgotten password anew, with `verbatim recover`: no request here does; told once',
      },
    },
  },
  loggedIn: {
    code: 0x84,
    about: 'The connection speaks for that user.',
    fields: {
      name: { kind: 'text', about: 'as the account has it' },
      token: { kind: 'text', about: 'a secret, to log in with again' },
      position,
    },
  },
  done: { code: 0x85, about: 'It is done.', fields: {} },
  loggedOut: {
    code: 0x86,
    about: "By itself, number 0: the log-in has ended elsewhere, and the connection is nobody's.",
    fields: { message: { kind: 'text', about: 'why, for people' } },
  },
  sent: {
    code: 0x90,
    about: 'It is on disk, in the logs of a majority, and answers every repeat.',
    fields: {
      session: { kind: 'text', about: 'where it stands' },
      position,
      at,
      duplicate: { kind: 'flag', about: 'it was said before; this is the first answer again' },
    },
  },
  item: {
    code: 0x91,
    about: "An item of the queue, under the number of `follow`. In the queue's order, each once.",
    fields: { place: { kind: 'u64', about: 'where it stands in the queue: for `taken`' }, ...said },
  },
  played: {
    code: 0x92,
    about: 'An item of a replay, at its time.',
    fields: { offsetMs: { kind: 'u64', about: "since the replay's first item, as it was" }, ...said },
  },
  ended: {
    code: 0x93,
    about: 'A replay is over.',
    fields: { cancelled: { kind: 'flag', about: 'because the client asked for it' } },
  },
  userPage: {
    code: 0xa0,
    about: 'Users, by name.',
    fields: {
      users: { list: { name, online: { kind: 'flag', about: 'connected at present' } }, about: 'the page' },
      more: { kind: 'flag', about: 'there are more' },
    },
  },
  sessionPage: {
    code: 0xa1,
    about: 'Sessions, oldest first.',
    fields: {
      sessions: {
        list: sessionRow,
        about: 'the page',
      },
      next,
    },
  },
  transcriptPage: {
    code: 0xa2,
    about: 'What was said, oldest first.',
    fields: { messages: { list: said, about: 'the page' }, next },
  },
  error: {
    code: 0xff,
    about: 'The request of the same number is refused, or, with number 0, the connection is.',
    fields: {
      code: { kind: 'text', about: 'stable: see below' },
      retryable: { kind: 'flag', about: 'ask for the same again a little later, under the same id' },
      unknown: { kind: 'flag', about: 'whether it has happened is not known; else it certainly has not' },
      message: { kind: 'text', about: 'one sentence, for people' },
    },
  },
} as const satisfies Record<string, MessageSpec>;

const all = { ...requests, ...answers };

export type RequestName = keyof typeof requests;
export type AnswerName = keyof typeof answers;
type MessageName = keyof typeof all;

export type Content<N extends MessageName> = Values<(typeof all)[N]['fields']>;
export type Message<N extends MessageName = MessageName> = N extends MessageName
  ? { readonly type: N } & Content<N>
  : never;
export type Request = Message<RequestName>;
export type Answer = Message<AnswerName>;
/** What a request is answered with, if it is. */
export type AnswerTo<N extends RequestName> = (typeof requests)[N] extends {
  readonly answer: infer A extends AnswerName;
}
  ? Message<A>
  : never;
export type Said = Values<typeof said>;

export const specs: Readonly<Record<MessageName, MessageSpec>> = all;
