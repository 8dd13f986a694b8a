/** Fields that several messages have. */
import type { Shape } from './fields.ts';
import { limits } from './limits.ts';

export const name = {
  kind: 'text',
  about:
    "a user's name: 1 to 32 letters, digits, `.`, `_`, `-`, the first a letter or digit; large or small is the same",
} as const;
export const password = { kind: 'text', about: 'the password: 8 to 256 characters' } as const;
export const session = { kind: 'text', about: "a session's id" } as const;
export const credit = { kind: 'u32', about: 'how many items may come before more are granted' } as const;
export const position = { kind: 'u64', about: 'position in the log' } as const;
export const at = { kind: 'u64', about: 'when, in milliseconds since 1970' } as const;
export const after = { kind: 'u64', about: '`next` of the page before; 0: from the beginning' } as const;
export const limit = {
  kind: 'u16',
  about: `how many at most, 1 to ${limits.pageMax}; a page may end earlier, \`next\` or \`more\` tells`,
} as const;
export const next = { kind: 'u64', about: '`after` of the next page; 0: there is none' } as const;
export const messageId = {
  kind: 'text',
  about:
    "an id of the client's own making: 1 to 64 of A-Z a-z 0-9 `_` `.` `:` `-`; a repeat is answered as the first was",
} as const;

export const said = {
  kind: {
    choice: ['message', 'opened', 'joined', 'left', 'topic', 'returned'],
    about:
      'what it is; `returned`: own words that came back unseen, since their receiver deleted the account',
  },
  id: { kind: 'text', about: "the message's id, as its sender made it" },
  session: { kind: 'text', about: 'in which session' },
  conversation: { kind: 'text', about: 'the first session of the conversation that it belongs to' },
  from: { kind: 'text', about: 'who said or did it' },
  text: { kind: 'text', about: 'what was said; of `opened` and `topic` the topic' },
  at,
  position,
  members: {
    list: { name },
    about: 'of `joined` who was invited, of `opened` the first members, else empty',
  },
} as const satisfies Shape;

export const sessionRow = {
  session,
  conversation: { kind: 'text', about: 'the first session of its conversation' },
  state: {
    kind: 'text',
    about: '`opened`, `active`, `quiet` (nothing was said for a while) or `closed` (nothing more can be)',
  },
  topic: { kind: 'text', about: 'of a group; else empty' },
  openedAt: at,
  lastAt: at,
  messages: { kind: 'u32', about: 'how many' },
  participants: { list: { name }, about: 'who takes part' },
} as const satisfies Shape;
