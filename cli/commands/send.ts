/** `verbatim send`: one message, or one per line of standard input. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Answer, UserClient } from '../../src/client/client.ts';
import { exitStatus, type Failure, failureFrom, Refusal, Reported, tell } from '../failure.ts';
import { inputUntilInterrupted, type Line, linesOf } from '../lines.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { iso } from '../render/time.ts';
import { withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly id?: string;
}

/** Lines under way at a time: enough to fill frames, few enough to be resent in one batch. */
const inFlightMax = 256;
/** Beyond this a line is not even kept; what is shorter, the client judges. */
const lineBytesMax = 1024 * 1024;

export function configure(command: Command): void {
  withProfile(command)
    .argument('<name>', 'to whom')
    .argument('<text>', 'the message in quotes, or - for one message per line of standard input')
    .option('--id <id>', "the command's id, to repeat it safely; with -, line N has ID.N")
    .addHelpText(
      'after',
      `
A message is acknowledged when the log has it for good. Where no answer comes, the outcome is unknown: repeat the same
command with the same --id, and it is sent once, whatever happened the first time.

Examples:
  $ verbatim send bob 'hello'
  $ tail -f notes.txt | verbatim send bob -`,
    )
    .action(run);
}

async function run(name: string, text: string, options: Options): Promise<void> {
  const output = new Output(options);
  await withUser(options, async ({ client, leftMs }) => {
    await client.line.ready(leftMs());
    if (text === '-') return await sendLines(client, name, output, options);
    await sendOne(client, name, text, output, options.id ?? newId(), leftMs());
  });
}

async function sendOne(
  client: UserClient,
  name: string,
  text: string,
  output: Output,
  id: string,
  timeoutMs: number,
): Promise<void> {
  try {
    await print(await client.send(name, text, { id, timeoutMs }), output);
  } catch (error) {
    if (failureFrom(error).code === 'outcome-unknown')
      output.note(`repeat it with --id ${id}, and it is sent once`);
    throw error;
  }
}

function newId(): string {
  return `m-${randomUUID()}`;
}

/** Many lines are under way at a time, but each is told of in its turn. */
async function sendLines(client: UserClient, name: string, output: Output, options: Options): Promise<void> {
  const run = options.id ?? newId();
  const failures: Failure[] = [];
  const told: Promise<void>[] = [];
  let before: Promise<void> = Promise.resolve();
  for await (const line of linesOf(inputUntilInterrupted(), lineBytesMax)) {
    if (failures.some(({ status }) => status === exitStatus.unanswered)) break;
    const sent = sendLine(client, name, line, `${run}.${line.number}`, options.timeout);
    sent.catch(() => undefined); // told below, in its turn
    before = before
      .then(async () => await print(await sent, output))
      .catch((error: unknown) => void failures.push(tellOf(line, error, output.isJson)));
    told.push(before);
    if (told.length === inFlightMax) await told.shift();
  }
  await before;
  if (failures.length === 0) return;
  const status = Math.max(...failures.map((failure) => failure.status));
  if (status === exitStatus.unanswered)
    output.note(`repeat the same lines with --id ${run}, and each is sent once`);
  throw new Reported(status);
}

async function sendLine(
  client: UserClient,
  name: string,
  line: Line,
  id: string,
  timeoutMs: number,
): Promise<Answer> {
  if ('problem' in line) throw new Refusal(line.code, line.problem);
  return await client.send(name, line.text, { id, timeoutMs });
}

function tellOf({ number }: Line, error: unknown, isJson: boolean): Failure {
  const failure = failureFrom(error);
  tell({ ...failure, message: `line ${number}: ${failure.message}` }, isJson);
  return failure;
}

async function print(
  { id, session = '', position = 0, at = 0, duplicate }: Answer,
  output: Output,
): Promise<void> {
  const object = { id, session, position, at: iso(at), ...(duplicate ? { duplicate } : {}) };
  const { dim } = output.palette;
  await output.emit(
    object,
    `sent at ${iso(at)}${dim(` in ${session}`)}${duplicate ? ' before; not sent again' : ''}`,
  );
}
