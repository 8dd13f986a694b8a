/** What can be typed into the chat: commands that begin with a slash, and words that do not. Pure. */

export type Typed =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'command'; readonly name: SlashName; readonly argument: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly nearest: string | undefined }
  | { readonly kind: 'nothing' };

export const slashCommands = {
  msg: { usage: '/msg NAME [TEXT]', help: 'send a message; without TEXT, talk with NAME from now on' },
  users: { usage: '/users [AB]', help: 'list users, or those whose name begins so' },
  sessions: { usage: '/sessions [NAME]', help: 'list your sessions, or those with one user' },
  transcript: {
    usage: '/transcript [ID]',
    help: 'what was said in a session (default: the latest one here)',
  },
  replay: { usage: '/replay [ID]', help: 'the same with the original pauses; Ctrl-C ends it' },
  'delete account': { usage: '/delete account', help: 'delete your account for good' },
  logout: { usage: '/logout [everywhere]', help: 'log out here, or on all machines, and leave' },
  help: { usage: '/help', help: 'this list' },
  quit: { usage: '/quit', help: 'leave; you stay logged in' },
  parrot: { usage: '', help: '' }, // says nothing of itself
} as const;

export type SlashName = keyof typeof slashCommands;

const names = Object.keys(slashCommands) as SlashName[]; // of that very object

/** `//` at the start is one slash that is meant. */
export function parseTyped(line: string): Typed {
  if (line.trim() === '') return { kind: 'nothing' };
  if (!line.startsWith('/')) return { kind: 'words', text: line };
  if (line.startsWith('//')) return { kind: 'words', text: line.slice(1) };
  const typed = line.slice(1).trim();
  const name = names.find((one) => typed === one || typed.startsWith(`${one} `));
  if (name) return { kind: 'command', name, argument: typed.slice(name.length).trim() };
  const [word = ''] = typed.split(' ');
  return { kind: 'unknown', name: word, nearest: nearestTo(word) };
}

/** `NAME TEXT` taken apart; the text keeps its inner spaces. */
export function splitName(argument: string): { name: string; text: string } {
  const [, name = '', text = ''] = /^(\S*)\s*(.*)$/s.exec(argument) ?? [];
  return { name, text };
}

export function helpLines(): string[] {
  const shown = Object.values(slashCommands).filter(({ usage }) => usage !== '');
  const width = Math.max(...shown.map(({ usage }) => usage.length));
  return [
    ...shown.map(({ usage, help }) => `  ${usage.padEnd(width)}  ${help}`),
    '  anything else is said to whom you talk with',
  ];
}

function nearestTo(word: string): string | undefined {
  const listed = names.filter((name) => slashCommands[name].usage !== '');
  const begun = listed.find((name) => name.startsWith(`${word} `));
  if (begun) return begun;
  const [best] = listed
    .map((name) => ({ name, steps: editDistance(word, name) }))
    .sort((a, b) => a.steps - b.steps);
  return best && best.steps <= Math.max(2, word.length / 2) ? best.name : undefined;
}

/** Letters to add, leave out or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced));
    }
    row = next;
  }
  return row.at(-1)!;
}
