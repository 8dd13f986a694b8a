/** `verbatim send`: one message, or one per line of standard input. */
import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import type { Answer, UserClient } from '../../src/client/client.ts';
import { exitStatus, failureFrom, Refusal, Reported, tell, UsageError } from '../failure.ts';
import { inputUntilInterrupted, type Line, linesOf } from '../lines.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { iso } from '../render/time.ts';
import { withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly id?: string;
  readonly session?: string;
}

/** A user's name, or a session. */
type Addressee = Parameters<UserClient['send']>[0];

const idLengthMax = 64;
/** With `-` the number of a line follows it. */
const runIdLengthMax = 48;
/** Lines under way at a time: enough to fill frames, few enough to be resent in one batch. */
const inFlightMax = 256;
/** Beyond this a line is not even kept; what is shorter, the client judges. */
const lineBytesMax = 1024 * 1024;

export function configure(command: Command): void {
  withProfile(command)
    .argument('[name]', 'to whom; left out with --session')
    .argument('[text]', 'the message in quotes, or - for one message per line of standard input')
    .option('--session <id>', 'to a group, or on with whomever that session is with')
    .option('--id <id>', "the command's id, to repeat it safely; with -, line N has ID.N", commandId)
    .addHelpText(
      'after',
      `
A message is acknowledged when the log has it for good. Where no answer comes, the outcome is unknown: repeat the same
command with the same --id, and it is sent once, whatever happened the first time. With -, a line that cannot be sent,
such as an empty one, is named and refused (exit status 1); the others are sent all the same.

Examples:
  $ verbatim send bob 'hello'
  $ tail -f notes.txt | verbatim send bob -
  $ verbatim send --session s-0123456789abcdef 'hello, all of you'`,
    )
    .action(run);
}

/** With --session the text is all there is. @throws {UsageError} */
function addressed(words: readonly (string | undefined)[], session?: string): [Addressee, string] {
  const [first, second] = words;
  if (session !== undefined && first !== undefined && second === undefined) return [{ session }, first];
  if (session === undefined && first !== undefined && second !== undefined) return [first, second];
  const wanted =
    session === undefined ? 'a name and a text are needed' : 'with --session only a text is needed';
  throw new UsageError(`${wanted}; --help says more`);
}

async function run(first: string | undefined, second: string | undefined, options: Options): Promise<void> {
  const [to, text] = addressed([first, second], options.session);
  const isRun = text === '-';
  if (isRun && (options.id?.length ?? 0) > runIdLengthMax)
    throw new UsageError(`with - an id has at most ${runIdLengthMax} characters, for line N has ID.N`);
  const output = new Output(options);
  await withUser(options, async ({ client, leftMs }) => {
    await client.line.ready(leftMs());
    if (isRun) return await sendLines(client, to, output, options);
    await sendOne(client, to, text, output, options.id ?? newId(), leftMs());
  });
}

async function sendOne(
  client: UserClient,
  to: Addressee,
  text: string,
  output: Output,
  id: string,
  timeoutMs: number,
): Promise<void> {
  try {
    await print(await client.send(to, text, { id, timeoutMs }), output);
  } catch (error) {
    if (failureFrom(error).code === 'outcome-unknown')
      output.note(`repeat it with --id ${id}, and it is sent once`);
    throw error;
  }
}

/** As the border takes it: refused here, it is not even sent. */
function commandId(text: string): string {
  if (text.length <= idLengthMax && /^[\w.:-]+$/.test(text)) return text;
  throw new InvalidArgumentError(`an id is 1 to ${idLengthMax} characters of A-Z a-z 0-9 _ . : and -.`);
}

function newId(): string {
  return `m-${randomUUID()}`;
}

/** Many lines are under way at a time, but each is told of in its turn. */
async function sendLines(client: UserClient, to: Addressee, output: Output, options: Options): Promise<void> {
  const run = options.id ?? newId();
  let worst: number = exitStatus.done;
  const told: Promise<void>[] = [];
  let before: Promise<void> = Promise.resolve();
  for await (const line of linesOf(inputUntilInterrupted(), lineBytesMax)) {
    if (worst === exitStatus.unanswered) break;
    const sent = sendLine(client, to, line, `${run}.${line.number}`, options.timeout);
    sent.catch(() => undefined); // told below, in its turn
    before = before
      .then(async () => await print(await sent, output))
      .catch((error: unknown) => {
        worst = Math.max(worst, tellOf(line, error, output.isJson));
      });
    told.push(before);
    if (told.length === inFlightMax) await told.shift();
  }
  await before;
  if (worst === exitStatus.unanswered)
    output.note(`repeat the same lines with --id ${run}, and each is sent once`);
  if (worst !== exitStatus.done) throw new Reported(worst);
}

async function sendLine(
  client: UserClient,
  to: Addressee,
  line: Line,
  id: string,
  timeoutMs: number,
): Promise<Answer> {
  if ('problem' in line) throw new Refusal(line.code, line.problem);
  return await client.send(to, line.text, { id, timeoutMs });
}

/** @returns the exit status that says so. */
function tellOf({ number }: Line, error: unknown, isJson: boolean): number {
  const failure = failureFrom(error);
  tell({ ...failure, message: `line ${number}: ${failure.message}` }, isJson);
  return failure.status;
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
