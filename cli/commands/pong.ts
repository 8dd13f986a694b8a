/** `verbatim pong`: plays, looks on, lists, and plays without a screen. */
import { type Command, Option } from 'commander';
import type { MatchView } from '../../src/client/matches.ts';
import { type BotLevel, gameHash } from '../../src/client/pong.ts';
import { exitStatus, Refusal, Reported, UsageError } from '../failure.ts';
import { points, type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { matchWith, usualPoints } from '../pong/lobby.ts';
import { sideOf } from '../pong/state.ts';
import { matchJson, printMatches, scoreLine } from '../render/matches.ts';
import { withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly with?: string;
  readonly bot?: BotLevel;
  readonly points: number;
}

interface BotOptions extends Options {
  readonly match?: string;
  readonly level: BotLevel;
}

interface ListOptions extends UserOptions {
  readonly with?: string;
  readonly all?: boolean;
}

interface WatchOptions extends UserOptions {
  readonly plain?: boolean;
}

const levels = ['easy', 'hard'];
const examples = `
In a match W and S or the arrows move the paddle; the line at the foot says what else there is.

Examples:
  $ verbatim pong                       # your matches, invitations among them
  $ verbatim pong --with bob            # invites bob, or accepts what bob has asked
  $ verbatim pong --bot hard
  $ verbatim pong list --all
  $ verbatim pong watch p-0123456789abcdef
  $ verbatim replay --session p-0123456789abcdef`;

const botExamples = `
Without --with or --match it accepts the next invitation. It ends with the match, and tells its result.

Examples:
  $ verbatim pong bot --with bob --level hard
  $ verbatim pong bot --bot easy --points 3 --json`;

export function configure(command: Command): void {
  const opponent = withOpponent(withProfile(command));
  opponent.addHelpText('after', examples).action(play);
  // What both have is parsed by the outer one, wherever it stands.
  withProfile(command.command('watch').description('look on while a match is played'))
    .argument('<match>', 'as `verbatim pong list` names it')
    .option('--plain', 'a line at each change, as in a pipe')
    .action((match: string, _: unknown, own: Command) => watch(match, own.optsWithGlobals<WatchOptions>()));
  withProfile(command.command('list').description('list matches that are not over'))
    .option('--all', 'those that are over too')
    .option('--with <name>', 'only those of one player')
    .addHelpText('after', '\nExample:\n  $ verbatim pong list --all --with bob')
    .action((_: unknown, own: Command) => list(own.optsWithGlobals<ListOptions>()));
  withOpponent(withProfile(command.command('bot').description('play without a screen, for tests and load')))
    .addOption(new Option('--level <how>', 'how well it plays').choices(levels).default('hard'))
    .option('--match <id>', 'take the place that is yours in this match')
    .addHelpText('after', botExamples)
    .action((_: unknown, own: Command) => playBot(own.optsWithGlobals<BotOptions>()));
}

function withOpponent(command: Command): Command {
  return command
    .option('--with <name>', 'play against this user')
    .addOption(new Option('--bot <how>', 'play against a bot').choices(levels).conflicts('with'))
    .option('--points <n>', 'so many win a match that is opened now', points, usualPoints);
}

async function play(options: Options): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb';
  if (!isTerminal || options.json)
    throw new UsageError(
      'to play needs a terminal; `verbatim pong bot` plays without, `verbatim pong list` lists',
    );
  const { ScreenPong } = await import('../pong/screen-pong.ts');
  const left = await withUser(options, async ({ client, identity, leftMs }) => {
    void client.attend();
    const isChosen = options.with !== undefined || options.bot !== undefined;
    const first = isChosen ? await matchWith(client, identity.name, options, leftMs()) : undefined;
    return await new ScreenPong({ client, identity, hasHall: !isChosen, points: options.points }).run(first);
  });
  if (left.farewell) process.stderr.write(`${left.farewell}\n`);
  if (left.status !== exitStatus.done) throw new Reported(left.status);
}

async function watch(id: string, options: WatchOptions): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb';
  const output = new Output(options);
  await withUser(options, async ({ client, identity, leftMs }) => {
    const match = await client.matches.get(id, leftMs());
    if (isTerminal && !options.plain && !options.json) {
      const { ScreenPong } = await import('../pong/screen-pong.ts');
      const looksOn = { ...identity, name: '' };
      await new ScreenPong({ client, identity: looksOn, hasHall: false, points: match.points }).run(match);
      return;
    }
    const { watchInLines } = await import('../pong/watch.ts');
    await watchInLines(client, match, (fresh) => void output.emit(matchJson(fresh), scoreLine(fresh)));
  });
}

async function list(options: ListOptions): Promise<void> {
  const output = new Output(options);
  await withUser(options, async ({ client, leftMs }) => {
    const wanted = { player: options.with ?? null, isOpen: options.all ? null : true };
    const found: MatchView[] = [];
    for await (const match of client.matches.list(wanted, leftMs())) found.push(match);
    await printMatches(found, output);
  });
}

/** `--timeout` is for the beginning: a match takes as long as it takes. */
async function playBot(options: BotOptions): Promise<void> {
  const output = new Output(options);
  const [{ playHeadless }, { awaitInvitation }, { readMatch }] = await Promise.all([
    import('../pong/headless.ts'),
    import('../pong/watch.ts'),
    import('../pong/past.ts'),
  ]);
  await withUser(options, async ({ client, identity, leftMs }) => {
    const { name } = identity;
    const isOpening = options.with !== undefined || options.bot !== undefined;
    await client.line.ready(leftMs());
    void client.attend();
    const match = options.match
      ? await client.matches.get(options.match, leftMs())
      : isOpening
        ? await matchWith(client, name, options, leftMs())
        : await awaitInvitation(client, name);
    if (sideOf(match, name) === undefined)
      throw new Refusal(
        'not-your-match',
        `You do not play in ${match.match}; \`verbatim pong watch\` looks on.`,
      );
    await output.emit(matchJson(match), `match ${match.match}`);
    let before = scoreLine(match);
    const changed = (fresh: MatchView) => {
      const line = scoreLine(fresh);
      if (line !== before) output.note(line);
      before = line;
    };
    const played = await playHeadless({ client, me: name, match, level: options.level, changed });
    const { late, problem } = played;
    const { match: view, last } = problem ? played : await readMatch(client.matches, match.match);
    const [ticks, hash] = [last?.tick ?? 0, last ? gameHash(last) : null];
    await output.emit(
      { match: match.match, score: view.score, ticks, state_hash: hash, late_inputs: late },
      `${scoreLine(view)}; ${ticks} ticks, state hash ${hash ?? '–'}, ${late} late inputs`,
    );
    if (problem) throw problem;
  });
}
