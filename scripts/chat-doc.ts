/** `npx tsx scripts/chat-doc.ts` writes docs/chat.md from the tables that the chat itself uses; a test compares them. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commands, keys, listedCommands, marks } from '../cli/chat/commands.ts';

export const path = fileURLToPath(new URL('../docs/chat.md', import.meta.url));

export function chatDocument(): string {
  return `<!-- Made by scripts/chat-doc.ts from cli/chat/commands.ts; not to be edited. -->
# The chat

\`npm start\` opens it with a cluster, \`verbatim chat\` alone (\`--with bob\`: with bob at once). Whoever is not logged in is
asked for it, or registers.

## Commands
Whatever does not begin with a slash is said to whom you talk with; \`//\` at the start is one slash. Tab completes commands
and names. A command that is unknown says which one is near.

| command | does |
| --- | --- |
${listedCommands.map((name) => `| \`${cell(commands[name].usage)}\` | ${cell(commands[name].help)} |`).join('\n')}

## Keys
| key | does |
| --- | --- |
${keys.map(([key, help]) => `| ${cell(key)} | ${cell(help)} |`).join('\n')}

What is pasted is one message, whatever line breaks it holds, and is sent by Enter only.

## What stands on the screen
Behind messages of your own: \`${marks.sending}\` under way, \`${marks.acknowledged}\` acknowledged, \`${marks.delivered}\` delivered to all, \`${marks.read}\` read by all,
\`${marks.failed}\` not sent (Up brings its text back). In the list \`●\` is online, \`○\` is not, \`#\` is a group; a number is what you have
not read, in yellow where you were named. Below stand the server, the leader and its epoch, and how long an answer takes.

While nobody leads, or the server is out of reach, the line says so and takes nothing; what was typed stays, and it goes on by
itself. Were keys lost meanwhile, the first Enter only says so: nobody sends half a sentence without having seen it. Commands
that ask nobody work all the while: ${listedCommands
    .filter((name) => 'isLocal' in commands[name])
    .map((name) => `\`/${name}\``)
    .join(', ')}.

Text of others moves no cursor and changes no colour: control characters are shown as what they are. Line breaks within a
message are shown as \`⏎\`.

## Options
| option | does |
| --- | --- |
| \`--plain\`, \`--accessible\` | lines in, lines out; nothing is ever drawn anew, so a screen reader reads each line once |
| \`--no-bell\` | no bell for messages in pairs and for mentions |
| \`--time-format 24h\\|12h\\|seconds\\|iso\` | how times are shown |
| \`NO_COLOR\` (environment) | no colours |

Without a terminal, in a pipe, it is \`--plain\` by itself: each line is typed, \`--timeout\` is how long a line waits, and errors
show in the exit status.
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(path, chatDocument());
