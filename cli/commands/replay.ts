/** `verbatim replay`: plays a session or a match back with the original pauses, like a video, or makes a file that does. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { UserClient } from '../../src/client/client.ts';
import { collect } from '../collect.ts';
import { UsageError } from '../failure.ts';
import { duration, type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { type Cue, cuesOf, type Moment, type Pace, play } from '../playback.ts';
import type { Part } from '../player/record.ts';
import { messageJson, renderSpoken } from '../render/messages.ts';
import { withUser } from '../session.ts';
import { isMatch, needSession, type SessionChoice, sessionOf } from '../which-session.ts';

interface Options extends UserOptions, SessionChoice {
  readonly speed: number;
  readonly maxGap?: number;
  readonly from?: Moment;
  readonly to?: Moment;
  readonly plain?: boolean;
  readonly export?: 'cast' | 'html';
  readonly out?: string;
}

export const originalPace: Pace = { speed: 1, maxGapMs: Number.POSITIVE_INFINITY };

export function configure(command: Command): void {
  withProfile(command)
    .option('--session <id>', 'as `verbatim sessions` lists them, or a match of `verbatim pong list`')
    .addOption(new Option('--with <name>', 'the latest session with this user').conflicts('session'))
    .option('--speed <times>', 'how many times as fast', speed, 1)
    .option('--max-gap <duration>', 'no pause is longer than this', duration)
    .option('--from <moment>', "begin here: a time, or how long after the session's first message", moment)
    .option('--to <moment>', 'end here', moment)
    .option('--plain', 'lines with the original pauses, as in a pipe, where a terminal has the player')
    .addOption(
      new Option('--export <format>', 'an asciinema recording, or a page that plays it by itself')
        .choices(['cast', 'html'])
        .conflicts(['plain', 'json']),
    )
    .option('--out <file>', 'where to (default: standard output)')
    .addHelpText(
      'after',
      `
Examples:
  $ verbatim replay --session s-0123456789abcdef --speed 2 --max-gap 3s
  $ verbatim replay --with bob
  $ verbatim replay --with bob --export html --max-gap 3s --out bob.html
  $ verbatim replay --session s-0123456789abcdef --from 90s --to 2026-11-21T19:30:00Z
  $ verbatim replay --session p-0123456789abcdef --speed 4    # a match of Pong, verified`,
    )
    .action(run);
}

/** Everything is read before it is played: the connection is not needed for as long as a session took. */
async function run(options: Options): Promise<void> {
  const { speed, maxGap = Number.POSITIVE_INFINITY, from, to } = options;
  needSession(options);
  if (options.out !== undefined && options.export === undefined)
    throw new UsageError('--out is for --export cast or --export html');
  if (from && to && isBefore(to, from)) throw new UsageError('--to lies before --from');
  const part = { ...(from ? { from } : {}), ...(to ? { to } : {}) };
  const pace = { speed, maxGapMs: maxGap };
  if (options.export || isForPlayer(options)) await playRecording(options, part, pace);
  else await playLines(options, { ...part, ...pace });
}

async function playLines(options: Options, pace: Pace): Promise<void> {
  const output = new Output(options);
  if (isMatch(options.session ?? '')) return await playMatchLines(options, pace, output);
  const entries = await withUser(options, async ({ client, leftMs }) =>
    collect(client.transcript(await sessionOf(client, options, leftMs()), leftMs())),
  );
  const cues = cuesOf(entries, pace);
  if (cues.length === 0)
    output.note(entries.length === 0 ? 'nothing was said' : 'nothing was said in that part');
  await play(cues, (cue) => printCue(cue, output));
}

async function playMatchLines(options: Options, pace: Pace, output: Output): Promise<void> {
  const [{ readMatch }, { printMatchReplay }] = await Promise.all([
    import('../pong/past.ts'),
    import('../player/match-lines.ts'),
  ]);
  const past = await withUser(options, async ({ client, leftMs }) =>
    readMatch(client.matches, options.session ?? '', leftMs()),
  );
  await printMatchReplay(past, output, pace);
}

async function playRecording(options: Options, part: Part, pace: Pace): Promise<void> {
  const { readFilm } = await import('../player/film.ts');
  const film = await withUser(options, async ({ client, leftMs }) =>
    readFilm(client, await sessionOf(client, options, leftMs()), leftMs(), part),
  );
  if (options.export) {
    const { exportRecording } = await import('../player/export.ts');
    await exportRecording(film.recording, pace, options.export, options.out);
  } else {
    const { playInTerminal } = await import('../player/terminal.ts');
    await playInTerminal(film, pace);
  }
}

function isForPlayer({ plain, json }: Pick<Options, 'plain' | 'json'>): boolean {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb';
  return isTerminal && !plain && !json;
}

export async function printReplay(
  client: UserClient,
  output: Output,
  session: string,
  signal: AbortSignal,
  timeoutMs?: number,
): Promise<void> {
  if (isMatch(session)) {
    const [{ readMatch }, { printMatchReplay }] = await Promise.all([
      import('../pong/past.ts'),
      import('../player/match-lines.ts'),
    ]);
    const past = await readMatch(client.matches, session, timeoutMs);
    return await printMatchReplay(past, output, originalPace, signal);
  }
  const entries = await collect(client.transcript(session, timeoutMs));
  await play(cuesOf(entries, originalPace), (cue) => printCue(cue, output), signal);
}

/** As far as they can be compared before the session is known. */
function isBefore(one: Moment, other: Moment): boolean {
  if ('at' in one && 'at' in other) return one.at < other.at;
  return 'offsetMs' in one && 'offsetMs' in other && one.offsetMs < other.offsetMs;
}

async function printCue({ message, offsetMs }: Cue, output: Output): Promise<void> {
  await output.emit({ ...messageJson(message), offset_ms: offsetMs }, renderSpoken(message, output.palette));
}

function speed(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError(`a number above 0 is needed, not ${JSON.stringify(text)}.`);
}

function moment(text: string): Moment {
  if (/^\d+(\.\d+)?[a-z]+$/.test(text)) return { offsetMs: duration(text) };
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return { at };
  throw new InvalidArgumentError(
    `a moment is a time such as 2026-11-21T19:30:00Z or an offset such as 90s, not ${JSON.stringify(text)}.`,
  );
}
