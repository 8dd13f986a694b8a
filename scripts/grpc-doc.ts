/** `npx tsx scripts/grpc-doc.ts` writes docs/grpc.md from the tables that the gateway uses; a test compares them. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DescService } from '@bufbuild/protobuf';
import { AccountService } from '../src/gateways/grpc/generated/verbatim/v1/accounts_pb.js';
import { ChatService } from '../src/gateways/grpc/generated/verbatim/v1/chat_pb.js';
import { bounds } from '../src/gateways/grpc/grpc.ts';
import { reasonOf, statuses } from '../src/gateways/grpc/status.ts';

export const path = fileURLToPath(new URL('../docs/grpc.md', import.meta.url));

const kinds = {
  unary: 'one message, one answer',
  server_streaming: 'one message, a stream of answers',
  client_streaming: 'a stream of messages, one answer',
  bidi_streaming: 'a stream each way',
} as const;

function methodsOf(service: DescService): string {
  return service.methods
    .map(({ name, methodKind }) => `| \`${service.name}/${name}\` | ${kinds[methodKind]} |`)
    .join('\n');
}

function statusRows(): string {
  const names = [...new Set(Object.values(statuses).map(({ status }) => status))];
  const reasonsOf = (name: string) =>
    Object.entries(statuses)
      .filter(([, { status }]) => status === name)
      .map(
        ([code, { retryMs }]) => `\`${reasonOf(code)}\`${retryMs === undefined ? '' : ` (${retryMs} ms)`}`,
      );
  return names.map((name) => `| \`${name}\` | ${reasonsOf(name).join(', ')} |`).join('\n');
}

export function grpcDocument(): string {
  return `<!-- Made by scripts/grpc-doc.ts from the .proto files and src/gateways/grpc/status.ts; not to be edited. -->
# Verbatim over gRPC

\`verbatim gateway grpc\` listens on 127.0.0.1:7401 (\`--host\`, \`--port\`; \`--tls-cert\` and \`--tls-key\` for anything but this
machine; \`--credential\` where the cluster's data folder is elsewhere). What can be called stands, with every field, in
[proto/verbatim/v1](../proto/verbatim/v1/chat.proto); a client of another language is generated from there, or asks the
gateway itself, which has reflection (v1, v1alpha) and health (\`grpc.health.v1\`).

\`\`\`
$ alias call='buf curl --protocol grpc --http2-prior-knowledge'      # or grpcurl -plaintext
$ call -d '{"name":"alice","password":"correct horse"}' http://127.0.0.1:7401/verbatim.v1.AccountService/LogIn
{ "name": "alice", "token": "u-…" }
$ call -H 'authorization: Bearer u-…' -d '{"message":{"to":"bob","text":"hello","id":"hello-1"}}' \\
    http://127.0.0.1:7401/verbatim.v1.ChatService/Send
{ "receipt": { "id": "hello-1", "session": "s-…", "position": "8", "at": "2026-11-22T10:41:45.836Z" } }
\`\`\`

[examples/grpc_chat.py](../examples/grpc_chat.py) is a chat in Python.

## Calls
| call | kind |
| --- | --- |
${methodsOf(AccountService)}
${methodsOf(ChatService)}

- **Who calls.** \`Register\`, \`LogIn\` and \`Recover\` are for everybody; all else needs the metadata
  \`authorization: Bearer TOKEN\`. The token is good on every connection until its log-in ends. After
  \`LogOut\` it opens nothing on the same connection at once, and elsewhere within about a second.
- **Once.** A message that is sent under an \`id\` happens once, however often it is sent, for ever; the repeat gets the first
  receipt, with \`duplicate\`.
- **Deadlines.** A call is tried for as long as its deadline leaves (without one, ${'`--timeout`'}, 10 s), through a change of
  leader too. Streams have no end but their deadline: a failover is a pause in them.
- **Delivery.** \`FollowInbox\` comes online and delivers the queue in order. With \`DELIVERY_TAKEN\` an item counts when
  \`TakeItems\` says so, at most 256 are under way before that; with \`DELIVERY_WRITTEN\` when it was handed to the connection.
  On a \`Chat\` the client says \`taken\`; each message there needs an \`id\`, and one without ends the call. What does not count is delivered again by the next stream.
- **Flow control.** Whoever does not read is not sent more than HTTP/2's window and 256 items; the rest waits in the queue where
  it is kept. Of what a client sends, 64 messages are under way, then no more is read.
- **Reading one's own writes.** Answers carry the trailer \`verbatim-position\`. Within a connection reads never go back by
  themselves; on a new one they do not where the call brings it along as metadata. A position that the cluster has not
  reached is waited for, by every later call of that token on that connection too, and ends as \`UNAVAILABLE\`: bring along
  none but what a trailer said, and after repeated \`UNAVAILABLE\` come on a new connection without one.
- **Bounds.** A request has at most ${bounds.messageBytesMax / 1024} KiB, a connection ${bounds.streamsMax} calls at a time and 16 of those that need a
  connection to the broker of their own (a token in use, \`FollowInbox\`, \`Chat\`, a registration, a log-in on its way); among
  tokens that no call uses the one idle longest makes room. The gateway pings every ${bounds.pingMs / 1000} s and drops who does not answer
  for ${bounds.pingTimeoutMs / 1000} s. \`--connections\` and \`--connections-per-network\` say how many may be connected.

## Failures
The details of a failed call hold \`google.rpc.ErrorInfo\`: its \`reason\` is stable, its metadata says the \`outcome\`
(\`not-done\` or \`unknown\`) and the \`id\` of the command, and \`google.rpc.RetryInfo\` where to try again helps (the time in
brackets).

**What was done** the details say, and not the status: with the \`outcome\` \`not-done\` nothing was done; with \`unknown\`, or
without an \`ErrorInfo\`, nobody knows. The client's own library says \`UNAVAILABLE\` for a connection that broke, as of a
gateway that was killed, and \`DEADLINE_EXCEEDED\` when the deadline has passed: either way it may have happened. Repeat it
under the same id, and it happens once. Of a \`SendMany\` or \`Chat\` that failed, whatever its \`outcome\`, messages may have
been accepted before: repeat those that were not answered, under their ids.

| status | reasons |
| --- | --- |
${statusRows()}

With details, \`UNAVAILABLE\` means that there is no leader or no server at the moment, or that the gateway is being stopped. What is no gRPC gets the library's own word without details: \`UNIMPLEMENTED\` for a method that there is not, or a
request without a message; \`RESOURCE_EXHAUSTED\` for one too large; \`INTERNAL\` for what cannot be decompressed.

A gateway that is stopped ends its streams with \`GOING_AWAY\` and answers what is under way; its health is \`NOT_SERVING\` while no
server of the cluster can be reached.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(path, grpcDocument());
