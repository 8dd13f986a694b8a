/** `npx tsx scripts/pong-doc.ts` writes docs/pong.md from the tables that Pong itself uses; a test compares them. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type KeyUse, keyTable } from '../cli/pong/keys.ts';
import { initialState, type Where } from '../cli/pong/state.ts';
import { update } from '../cli/pong/update.ts';
import { view } from '../cli/pong/view.ts';
import { plainText } from '../cli/tui/spans.ts';
import type { MatchView } from '../src/client/matches.ts';
import { quietMsMax } from '../src/client/pong/netplay.ts';
import type { Shown } from '../src/client/pong/seat.ts';
import { court } from '../src/client/pong.ts';

export const path = fileURLToPath(new URL('../docs/pong.md', import.meta.url));

/** A rally of two people. */
export const exampleMatch: MatchView = {
  match: 'p-0123456789abcdef',
  state: 'rally',
  players: ['alice', 'bob'],
  bot: null,
  by: 'alice',
  joined: [true, true],
  ready: [false, false],
  score: [3, 2],
  points: 5,
  tick: 2_340,
  rules: 1,
  seed: 1,
  openedAt: 0,
  endedAt: null,
  deadline: null,
  pausedBy: null,
  winner: null,
  reason: null,
  continues: null,
  rematch: null,
};

const exampleShown: Shown = {
  ball: { x: court.width * 0.31, y: court.height * 0.28 },
  paddles: [court.height * 0.4, court.height * 0.66],
  score: [3, 2],
  phase: 'rally',
  countdown: 0,
  tick: 2_346,
  epoch: 4,
  lagMs: 38,
  span: 7,
  late: 0,
  away: [false, false],
  quietMs: 12,
};

/** A rally on a small terminal, as it is drawn. */
export function screenshot(): string {
  const events = [
    { type: 'line', line: { state: 'ready', leader: 'n2', epoch: 4 }, nowMs: 0 },
    { type: 'seated', match: exampleMatch, side: 0 },
    { type: 'frame', shown: exampleShown, nowMs: 0 },
    { type: 'key', key: { kind: 'text', text: 'o' }, nowMs: 0 },
  ] as const;
  const start = initialState({ columns: 72, rows: 22 }, 'alice', true, 0);
  const state = events.reduce((before, event) => update(before, event).state, start);
  return view(state)
    .lines.map((line) => plainText(line).trimEnd())
    .join('\n');
}

export function pongDocument(): string {
  return `<!-- Made by scripts/pong-doc.ts, the keys from cli/pong/keys.ts and the picture from cli/pong/view.ts; not to be edited. -->
# Pong

Two players at two machines, a ball that is moved by neither, and a leader that may die in mid-rally. It is here to show
that the log, the election and the client carry more than text, and how games over a network are made.

\`\`\`
${screenshot()}
\`\`\`

\`verbatim pong --with bob\` invites bob, who reads it in his chat and accepts with \`/pong alice\` or \`verbatim pong --with
alice\`; \`verbatim pong\` lists the matches and invitations of one's own, \`verbatim pong --bot easy|hard\` needs nobody else.
\`verbatim pong watch ID\` looks on, \`verbatim pong list\` lists (\`--all\`: what is over too), \`verbatim pong bot\` plays without
a screen, and \`verbatim replay --session ID\` plays any match back, in the time that was played: a pause takes none there, and
a time of day after \`--from\` or \`--to\` is looked up in the log. Any terminal of 60 × 20 and more does.

## Keys
| where | key | does |
| --- | --- | --- |
${keyTable.map((use) => `| ${whereText(use)} | ${use.keys.map(keyText).join(' ')} | ${use.help.replaceAll('|', '\\|')} |`).join('\n')}

A terminal with the [kitty keyboard protocol](https://sw.kovidgoyal.net/kitty/keyboard-protocol/) tells when a key is let go,
and the paddle moves just as long as it is held. Others only repeat a key that is held: there a tap moves the paddle by about
its half, a held key moves it while it repeats, and with Shift it goes on until another key is pressed.

## How it works
**One decides.** The game is a function, \`step(game, inputs)\`: integers, no clock, no randomness but a generator in the game
itself ([rules](../src/pong/game.ts)). The leader calls it sixty times a second and tells everybody the whole game thirty
times a second, in about a hundred bytes. Players say where their paddle goes and from which tick on, and nothing else: whoever
cheats can say "down" at most. All that a match leaves in the log is these changes, about a byte each, a hash a second, and
its points ([ADR 0025](adr/0025-pong.md)).

**Nobody waits.** What the leader tells is old when it arrives, by half of what a message takes there and back; what a player
says arrives as late. With 150 ms between, waiting would mean that the paddle follows the key a sixth of a second later. So
each thing on the screen has a time of its own ([netplay](../src/client/pong/netplay.ts)):

| what | when | how |
| --- | --- | --- |
| one's own paddle | now, and a little before the leader's now | *predicted*: the last report, and one's own turns since, by the same rules. Turns carry their tick, so the leader takes them at just that one and comes to the same |
| the other's paddle | a moment ago | *interpolated* between two reports that have both arrived |
| the ball | at one's own paddle now, at the other's when that is seen, between in proportion | *extrapolated* by the rules |

The last line is the one that matters. The usual ways are to show the ball now, and then every hit of the other has to be
guessed and taken back, or to show it as old as the other's paddle, and then it flies through one's own. Here it crosses the
court and the time between with it (a *local perception filter*, Sharkey, Ryan and Roberts 1998): it flies to the other a
little slower than it comes back, by a tenth at 150 ms, and no hit is ever guessed.

**How far ahead.** A player's clock runs so far ahead of the leader's that nearly all that is said is there in time: every
report tells by how many ticks it was ([timing](../src/client/pong/timing.ts)). What varies in the network is covered by a
part of that lead in one direction, and by seeing the other a little later in the other one (a *jitter buffer*); both are
measured all the while and follow by going a few percent faster or slower, so that nothing jumps. Somebody's turn that comes
late all the same counts at the next tick: nobody waits for it.

**When it was wrong.** A report may show that something was otherwise, after a turn came late. Then the ball is put where it
belongs, and the difference between that and where it was shown is added and fades to a third in 70 ms (*reconciliation* with
smoothing). With nothing heard for ${quietMsMax} ms everything stands still: more would be made up.

**A point is said when it is kept.** The leader stands still at a point until the frame with it is committed, 5 to 20 ms; then
it tells it. No screen shows a point that could be taken back.

**When the leader dies.** Reports stop, and both screens stand still and say so. The nodes elect, as for the chat. The new
leader has the match up to the last record from the log, and what came after from the reports that all nodes hear; it checks
that the two fit, and goes on in the next epoch. Both players follow the highest epoch they have heard, ask for their
direction anew, and the ball goes on from where the new leader has it, mostly where it was last seen. What was committed, the
score first of all, is the log's and cannot change.

**Seen again.** \`verbatim replay --session ID\` has the seed and the inputs, computes every tick again and compares each
second's hash with the one in the log; it says how many, and refuses a record that leads elsewhere. It pauses, seeks and
plays up to 64 times as fast, in the same player as a talk.

## Measured
\`npm run bench -- pong-lines\`: 20 real matches, each player behind a proxy that makes 150 ms ± 30 ms there and back and lets
nothing pass for up to 250 ms every few seconds. In 35,734 reports the ball had been shown in a wrong place 13 times (p95 and
p99 of all: 0 px; the largest: 22.6 px); 165 turns came late. A player's connection carried at most 1.3 KB a second up and
4.5 KB down, TCP's own headers left out. \`npm run bench -- pong\` has the leader's side.

The terminal at 60 frames a second takes 7.7 % of a core (100 × 30) to 7.8 % (200 × 50), by \`/proc\`, on two busy cores. In a
match \`O\` shows its own figures: \`lag\` there and back, \`ahead\` of what is seen of the other, \`late\` turns.
`;
}

const places: Readonly<Record<Where, string>> = {
  hall: 'matches',
  typing: 'name',
  asked: 'question',
  waiting: 'waiting',
  invited: 'invited',
  readying: 'before a game, paused',
  readied: 'ready',
  playing: 'playing',
  over: 'over',
  watching: 'looking on',
};

function whereText({ where }: KeyUse): string {
  return where === undefined ? 'everywhere' : where.map((one) => places[one]).join(', ');
}

const letters: Readonly<Record<string, string>> = {
  ' ': 'Space',
  up: '↑',
  down: '↓',
  enter: 'Enter',
  escape: 'Esc',
  f1: 'F1',
  'S-up': 'Shift-↑',
  'S-down': 'Shift-↓',
};

function keyText(key: string): string {
  return letters[key] ?? key.replace(/^C-(.)$/, (_, letter: string) => `Ctrl-${letter.toUpperCase()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(path, pongDocument());
