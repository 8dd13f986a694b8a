/**
 * What can be typed into the chat: commands that begin with a slash, and words that do not. `/help`, Tab and the document
 * (`docs/chat.md`) are made from this one table. Pure.
 */
import { nearest } from './nearest.ts';

export type Typed =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'command'; readonly name: CommandName; readonly argument: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly nearest: string | undefined }
  | { readonly kind: 'nothing' };

/** What Tab offers after the command's name. */
type Completes = 'names' | 'commands' | 'everywhere' | 'nothing';

export interface Command {
  readonly usage: string;
  readonly help: string;
  readonly completes: Completes;
  /** Asks nobody, so it is done also while nobody leads. */
  readonly isLocal?: true;
  /** Shown in no list. */
  readonly isHidden?: true;
}

export const commands = {
  msg: {
    usage: '/msg NAME [TEXT]',
    help: 'send a message; without TEXT, talk with NAME from now on',
    completes: 'names',
  },
  query: { usage: '/query NAME', help: 'talk with NAME from now on', completes: 'names' },
  me: { usage: '/me TEXT', help: 'say what you do: * alice waves', completes: 'names' },
  new: { usage: '/new NAME...', help: 'begin a group with them', completes: 'names' },
  invite: { usage: '/invite NAME', help: 'bring somebody into this group', completes: 'names' },
  leave: { usage: '/leave', help: 'leave this group; what was said stays readable', completes: 'nothing' },
  topic: { usage: '/topic [TEXT]', help: 'show or set what this group is about', completes: 'nothing' },
  who: { usage: '/who', help: 'who is in this conversation, online or not', completes: 'nothing' },
  whois: { usage: '/whois NAME', help: 'since when somebody is here, and when last', completes: 'names' },
  users: {
    usage: '/users [AB]',
    help: 'list users, or those whose name begins so',
    completes: 'nothing',
  },
  sessions: {
    usage: '/sessions [NAME]',
    help: 'list your sessions, or those with one user',
    completes: 'names',
  },
  transcript: {
    usage: '/transcript [ID]',
    help: 'what was said in a session (default: the latest one here)',
    completes: 'nothing',
  },
  replay: {
    usage: '/replay [ID]',
    help: 'play it with the original pauses, like a video; q comes back',
    completes: 'nothing',
  },
  pong: {
    usage: '/pong [NAME]',
    help: 'play Pong against NAME, or accept their invitation; q comes back',
    completes: 'names',
  },
  search: {
    usage: '/search TEXT',
    help: 'find what was said here; from the first window: everywhere',
    completes: 'nothing',
  },
  status: {
    usage: '/status',
    help: 'the server, the leader, its epoch, and how long an answer takes',
    completes: 'nothing',
    isLocal: true,
  },
  passwd: { usage: '/passwd', help: 'change your password', completes: 'nothing' },
  logout: {
    usage: '/logout [everywhere]',
    help: 'log out here, or on all machines, and leave',
    completes: 'everywhere',
  },
  'delete account': {
    usage: '/delete account',
    help: 'delete your account for good',
    completes: 'nothing',
  },
  clear: {
    usage: '/clear',
    help: 'empty the screen; what was said is still above it',
    completes: 'nothing',
    isLocal: true,
  },
  help: { usage: '/help [COMMAND]', help: 'this list', completes: 'commands', isLocal: true },
  quit: { usage: '/quit', help: 'leave; you stay logged in', completes: 'nothing', isLocal: true },
  parrot: { usage: '/parrot', help: 'verbatim', completes: 'nothing', isLocal: true, isHidden: true },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

const names = Object.keys(commands) as CommandName[]; // of that very object
export const listedCommands = names.filter((name) => !commandOf(name).isHidden);

export function commandOf(name: CommandName): Command {
  return commands[name];
}

/** Keys, as `/help` and the document list them. */
export const keys: readonly (readonly [string, string])[] = [
  ['Tab, Shift-Tab', 'complete a command or a name; again: the next one, the one before'],
  ['Up, Down', 'what you typed before'],
  ['PgUp, PgDn', 'through what was said, as far as the log goes; Ctrl-End: back to now'],
  ['Ctrl-A, Ctrl-E', 'to the beginning, to the end of the line; Home and End do the same'],
  ['Ctrl-W, Ctrl-U, Ctrl-K', 'cut the word, all before the cursor, all behind it; Ctrl-Y puts it back'],
  ['Alt-Enter', 'a line break within the message'],
  ['Alt-1 ... Alt-0', 'go to a conversation; Alt-Up, Alt-Down: the one above, below'],
  ['Alt-A', 'go to the next conversation with something new'],
  ['Ctrl-L', 'draw the screen anew'],
  ['Ctrl-Z', 'suspend; `fg` comes back'],
  ['Ctrl-C', 'empty the line; in an empty one: leave'],
];

/** `//` at the start is one slash that is meant. */
export function parseTyped(line: string): Typed {
  if (line.trim() === '') return { kind: 'nothing' };
  if (!line.startsWith('/')) return { kind: 'words', text: line };
  if (line.startsWith('//')) return { kind: 'words', text: line.slice(1) };
  const typed = line.slice(1).trim();
  const name = names.find((one) => typed === one || typed.startsWith(`${one} `));
  if (name === 'me' && typed !== 'me') return { kind: 'words', text: line.trimEnd() }; // said as it is, shown as done
  if (name) return { kind: 'command', name, argument: typed.slice(name.length).trim() };
  const [word = ''] = typed.split(' ');
  return { kind: 'unknown', name: word, nearest: nearest(word, listedCommands) };
}

/** `NAME TEXT` taken apart; the text keeps its inner spaces. */
export function splitName(argument: string): { name: string; text: string } {
  const [, name = '', text = ''] = /^(\S*)\s*(.*)$/s.exec(argument) ?? [];
  return { name, text };
}

export function helpLines(argument = ''): string[] {
  const asked = names.find((name) => name === argument.replace(/^\//, ''));
  if (asked) return [`  ${commands[asked].usage}  ${commands[asked].help}`];
  const width = Math.max(...listedCommands.map((name) => commands[name].usage.length));
  return [
    ...listedCommands.map((name) => `  ${commands[name].usage.padEnd(width)}  ${commands[name].help}`),
    '  anything else is said to whom you talk with; // at the start is one slash',
  ];
}

export function keyLines(): string[] {
  const width = Math.max(...keys.map(([key]) => key.length));
  return keys.map(([key, help]) => `  ${key.padEnd(width)}  ${help}`);
}

/** What stands behind messages of one's own. */
export const marks = { sending: '…', acknowledged: '✓', delivered: '✓✓', read: '✓✓✓', failed: '✗' } as const;
export const marksHelp =
  '  behind your messages: … under way, ✓ acknowledged, ✓✓ delivered, ✓✓✓ read by all, ✗ not sent';
