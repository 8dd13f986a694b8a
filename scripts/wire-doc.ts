/** `npx tsx scripts/wire-doc.ts` writes docs/wire-protocol.md from the table that the codec uses; a test compares them. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { refusals } from '../src/events/refusals.ts';
import { gatewayRefusals } from '../src/gateways/failure.ts';
import type { Field, Shape } from '../src/gateways/wire/fields.ts';
import { limits, versions } from '../src/gateways/wire/limits.ts';
import { wireRefusals } from '../src/gateways/wire/refusals.ts';
import { answers, requests } from '../src/gateways/wire/registry.ts';
import { recordSession } from './wire-doc/session.ts';

export const path = fileURLToPath(new URL('../docs/wire-protocol.md', import.meta.url));

type Spec = (typeof requests)[keyof typeof requests] | (typeof answers)[keyof typeof answers];

const hex = (code: number) => `0x${code.toString(16).padStart(2, '0')}`;
const cell = (text: string) => text.replaceAll('|', '\\|');

function kindOf(field: Field): string {
  if ('list' in field) {
    const inner = Object.entries(field.list).map(([name, one]) => `${name} ${kindOf(one)}`);
    return `list of (${inner.join(', ')})`;
  }
  if ('choice' in field)
    return `u8: ${field.choice.map((choice, index) => `${index} \`${choice}\``).join(', ')}`;
  return field.kind;
}

function fieldsTable(fields: Shape): string {
  const rows = Object.entries(fields).map(
    ([name, field]) => `| \`${name}\` | ${cell(kindOf(field))} | ${cell(field.about)} |`,
  );
  return rows.length === 0
    ? 'No fields.'
    : ['| field | kind | what |', '| --- | --- | --- |', ...rows].join('\n');
}

function section([name, spec]: readonly [string, Spec]): string {
  const answer = 'answer' in spec ? ` Answered with \`${spec.answer}\`.` : '';
  const isAnswer = spec.code >= 0x80;
  const none = !isAnswer && answer === '' ? ' It has no answer.' : '';
  return `### \`${name}\` ${hex(spec.code)}\n${spec.about}${answer}${none}\n\n${fieldsTable(spec.fields)}`;
}

function codes(table: Readonly<Record<string, string>>): string {
  return Object.entries(table)
    .map(([code, message]) => `| \`${code}\` | ${cell(message)} |`)
    .join('\n');
}

/** Those that a request of this protocol can meet. */
const ofVerbatim = Object.fromEntries(
  Object.entries(refusals)
    .filter(([code]) => !['malformed', 'nothing-new', 'unknown-match', 'too-many-matches'].includes(code))
    .map(([code, message]) => [
      code,
      code === 'not-logged-in'
        ? 'Nobody is logged in on this connection, or the token opens nothing.'
        : message,
    ]),
);

const count = (value: number) => value.toLocaleString('en');

export async function wireDocument(): Promise<string> {
  return `<!-- Made by scripts/wire-doc.ts from src/gateways/wire/registry.ts; not to be edited. -->
# The wire protocol

Version ${versions.max}. Binary frames over TCP or TLS, spoken by \`verbatim gateway wire\` (port 7400 unless said otherwise). This
document is all that one needs to write a client; [examples/wire_client.py](../examples/wire_client.py) was written from it.

## Framing
Every frame, in both directions:

| bytes | what |
| --- | --- |
| 4 | length: how many bytes follow, 5 at least |
| 1 | code: which message it is |
| 4 | number: ties an answer to its request |
| rest | the message's fields, one after the other, nothing between and nothing behind |

Numbers are unsigned, the most significant byte first.

| kind | bytes |
| --- | --- |
| u8, u16, u32, u64 | 1, 2, 4, 8; a u64 is at most 2^53 - 1 |
| flag | 1: 0 is no, 1 is yes |
| text | a u16, how many bytes follow; then those, UTF-8 |
| list of (…) | a u16, how many members follow; then each, field by field |

A field that says nothing is an empty text, 0 or an empty list.

## A connection
1. The client's first frame is \`hello\`, within ${limits.helloMs / 1_000} seconds, with the versions that it speaks. The gateway answers \`welcome\` with the
   newest that both speak, which holds from then on, or an \`error\` and closes. \`hello\`, \`welcome\` and \`error\` begin the same in
   all versions. New codes may come with the same version: a client leaves out frames whose code it does not know.
2. \`register\` makes an account. \`logIn\` or \`resume\` makes the connection speak for a user; before that every other request is
   refused with \`not-logged-in\`. One connection speaks for one user at a time. A token is a secret as good as the password,
   until \`logOut\` (it may open a connection for up to a second more, where a node has not heard of that yet), or until it
   expires. A user has at most 32 connections at once, through all doors: one more is refused with \`too-many\`, or with
   \`not-logged-in\` where the gateway cannot tell, because the others came through another one.
3. Requests have numbers that the client chooses: any but 0, and none whose request is still open (a followed queue stays
   open). Many may be under way at a time. Answers come when there is one, in any order, under the number of their request.
   What one connection sends is put into the log in the order in which it was sent.
4. Either side may close at any time. A client that ends its side is still answered what it has asked; then the gateway
   closes, when the client has read it, or after ${count(limits.idleMs)} ms.
   A gateway that is being stopped says \`error\` 0 \`going-away\`, answers what is under way, and closes: connect again.
   \`taken\` still counts until the connection is closed.
5. Over TLS (1.2 or later) the first byte is already TLS's: port and protocol are the same, and nothing is upgraded.

## Once, whatever happens
A message's \`id\` is the client's. When a connection is lost before the answer came, or the answer is an error with
\`retryable\`, the client repeats **the same request with the same id**, on whatever connection, as often as it takes: it is
said once, and the answer to a repeat is the first one, with \`duplicate\`. The same id with other words is refused with
\`id-reused\`. A leader that dies is not noticed but for a pause: the gateway sends again by itself, and answers
\`unavailable\` only when nobody could answer for as long as it is told to wait (10 seconds unless its operator says otherwise).

Before it repeats what was \`retryable\`, a client waits: 200 ms, twice as long each time, up to 5 seconds.

After a reconnect a client sends \`resume\` with its token and the highest \`position\` that it has seen in any frame: then
nothing older than that is shown to it. A position that no frame has said may be one that the log has not got to: then
nobody can answer, and \`unavailable\` comes each time.

## Deliveries
\`follow\` begins where the queue was left: with what no client has taken yet. Items come in order, each once on a connection.
The client acknowledges with \`taken\` what it has shown or stored, gathered as it likes: an item that was not taken comes
again on the next connection, known by its \`place\`. \`credit\` carries the number of \`follow\`; for \`taken\` any will do.
Items may come before the \`done\` that answers \`follow\`.

## Flow control
- **Credit.** \`follow\` and \`replay\` say how many items may come; \`credit\`, under the number of that request, adds to it. Without
  credit nothing more comes for that request, and everything else goes on.
- **Requests.** The gateway takes no more of a connection, not even what it has received, while ${count(limits.inFlightMax)} requests, ${count(limits.inFlightBytesMax)} bytes
  of them, or ${limits.pagesInFlightMax} that ask for pages, have no answer, and while ${count(limits.unreadBytesMax)} bytes or more wait for a client that does not
  read. Nothing is lost by that: it goes on when there is room.

## Keep-alive
A client from which nothing came for \`idleMs\` (of \`welcome\`; ${count(limits.idleMs)}) is cut off with \`error\` 0 \`idle\`. Whoever only listens
sends \`ping\` a few times within; a \`pong\` that does not come says that the connection is dead. A client that is not
listened to because it reads slowly is not silent, as long as it takes some of what waits for it; one that takes nothing for
as long is cut off without a word.

## Limits
| what | most |
| --- | --- |
| a frame from a client, without the length | ${count(limits.requestBytesMax)} bytes |
| a frame from the gateway, without the length | ${count(limits.answerBytesMax)} bytes |
| requests without an answer | ${count(limits.inFlightMax)}, ${count(limits.inFlightBytesMax)} bytes |
| among them \`users\`, \`sessions\` and \`transcript\` | ${limits.pagesInFlightMax} |
| open streams: \`follow\`, and every \`replay\`; one more is refused with \`too-many\` | ${limits.streamsMax} |
| \`register\`, \`logIn\` and \`resume\` under way on a connection | 1 |
| members of a page | ${count(limits.pageMax)} |
| a message's text | 16,384 bytes |
| a name | 32 characters |
| a password | 8 to 256 characters |
| a topic | 256 bytes |
| members of a group | 100 |
| silence before \`hello\`, and later | ${count(limits.helloMs)} ms, ${count(limits.idleMs)} ms |

How many connections there may be, in all and from one network, is the operator's to say (\`--connections\`,
\`--connections-per-network\`); one too many is told \`too-many\` and closed; over TLS it
is closed before the handshake, and told nothing.

## Errors
An \`error\` carries the number of the request that is refused: the others go on. One with number 0 is about the connection,
which is closed after it. \`code\` is stable. \`retryable\`: the same request may succeed a little later. \`unknown\`: it may have
happened, and a repeat under the same id finds out; otherwise it certainly has not.

| code of the protocol | |
| --- | --- |
${codes(wireRefusals)}
${codes(gatewayRefusals)}
| \`malformed\` | The request is not understood; the message says where. |

What has no number ends the connection after an \`error\` 0: bytes that cannot be told apart as frames (\`frame-too-large\`),
frames of fewer than 5 bytes (\`malformed\`), requests with number 0, and anything but a good hello at first, a \`malformed\`
one included (\`hello-first\`). Everything else ends only the request. Of Verbatim itself come:

| code | |
| --- | --- |
${codes(ofVerbatim)}

Of all codes \`unavailable\`, \`too-many\`, \`going-away\`, \`slow-down\`, \`not-now\` and \`too-early\` are \`retryable\`.

## Requests
${Object.entries(requests).map(section).join('\n\n')}

## Answers
${Object.entries(answers).map(section).join('\n\n')}

## A session, byte by byte
From a real connection. Left the bytes, right what they are.

\`\`\`
${await recordSession()}
\`\`\`
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(path, await wireDocument());
