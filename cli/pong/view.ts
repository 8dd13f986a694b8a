/** Pong on a terminal as a frame, made of the state alone. Pure. */
import type { MatchView } from '../../src/client/matches.ts';
import { ticksPerSecond } from '../../src/client/pong.ts';
import { visible } from '../render/text.ts';
import { type Frame, fitLine, type Line, lineWidth, type Span, span } from '../tui/spans.ts';
import { cut, widthOf } from '../tui/width.ts';
import { drawCourt, emptyCourt, gameTime, type Message } from './court.ts';
import { helpFor } from './keys.ts';
import { type AtMatch, type Hall, isPlayed, type State, whereIs } from './state.ts';
import { howItEnded, matchState } from './words.ts';

export const smallest = { columns: 60, rows: 20 } as const;
const bar = { inverse: true } as const;
const nameColumns = 20;
/** A report comes every 33 ms: without any for so long it is said that there is nothing new. */
const quietMs = 600;

export function view(state: State): Frame {
  const { columns, rows } = state.size;
  if (columns < smallest.columns || rows < smallest.rows) return tooSmall(state);
  const head = fitLine(headOf(state), columns, bar);
  const foot = footOf(state).map((line) => fitLine(line, columns));
  const middle = rows - 1 - foot.length;
  const { place } = state;
  const body =
    place.kind === 'hall'
      ? hallLines(state, place, columns, middle)
      : courtLines(state, place, columns, middle);
  return { lines: [head, ...body, ...foot], ...cursorOf(state) };
}

function tooSmall({ size }: State): Frame {
  const text = `Pong needs ${smallest.columns} columns and ${smallest.rows} rows; here are ${size.columns} and ${size.rows}.`;
  const lines = Array.from({ length: size.rows }, (_, row) =>
    fitLine(row === 0 ? [span(text)] : [], size.columns),
  );
  return { lines };
}

function headOf(state: State): Line {
  const { place, me } = state;
  const right = standing(state);
  const left = place.kind === 'hall' ? [span(` Pong  ${visible(me)}`, bar)] : titleOf(place);
  const room = state.size.columns - lineWidth(right) - 1;
  return [...fitLine(left, room, bar), ...right, span(' ', bar)];
}

function titleOf({ match, shown, side }: AtMatch): Line {
  const [left, right] = scoreOf(match, shown);
  const name = (index: 0 | 1) =>
    span(cut(visible(match.players[index]), nameColumns), { ...bar, bold: side === index });
  const parts: Span[] = [
    span(' ', bar),
    name(0),
    span(` ${left} : ${right} `, { ...bar, bold: true }),
    name(1),
  ];
  return [...parts, span(`  first to ${match.points}${side === undefined ? '  looking on' : ''}`, bar)];
}

function standing({ line, place }: State): Line {
  if (line.state === 'ready' || line.state === 'connecting' || line.state === 'authenticating') {
    const lag = place.kind === 'match' ? place.shown?.lagMs : undefined;
    const parts = [
      lag === undefined ? '' : `${Math.round(lag)} ms`,
      line.leader === null ? '' : `${line.leader} leads`,
    ];
    return [span(parts.filter(Boolean).join('  '), bar)];
  }
  const text = line.state === 'leaderless' ? ' no leader ' : ' no server ';
  return [span(text, { inverse: true, bold: true, colour: 'red' })];
}

function footOf(state: State): Line[] {
  const { note, place } = state;
  if (place.kind === 'match' && place.question) {
    const asked =
      place.question === 'forfeit'
        ? 'Forfeit this match?'
        : 'Leave? The match is paused then, and forfeited a minute later.';
    return [[span(`${asked}  `, { bold: true }), span(helpFor('asked').join(helpGap), { dim: true })]];
  }
  if (place.kind === 'hall' && place.typed !== undefined)
    return [[span(prompt, { bold: true }), span(place.typed)]];
  if (note) return [[span(note.text, note.tone === 'problem' ? { colour: 'yellow' } : {})]];
  const help = packed(helpFor(whereIs(state)), helpGap, state.size.columns);
  return help.map((parts) => [span(parts.join(helpGap), { dim: true })]);
}

const prompt = 'Whom? ';
const helpGap = ' · ';

/** In as few rows as there have to be. */
function packed(parts: readonly string[], gap: string, width: number): string[][] {
  const rows: string[][] = [];
  for (const part of parts) {
    const row = rows.at(-1);
    if (row && widthOf([...row, part].join(gap)) <= width) row.push(part);
    else rows.push([part]);
  }
  return rows;
}

function cursorOf({ place, size }: State): Pick<Frame, 'cursor'> {
  if (place.kind !== 'hall' || place.typed === undefined) return {};
  const column = Math.min(size.columns - 1, lineWidth([span(prompt + place.typed)]));
  return { cursor: { row: size.rows - 1, column } };
}

function hallLines(state: State, { matches, results, chosen }: Hall, columns: number, rows: number): Line[] {
  const lines: Line[] = [[]];
  if (matches.length === 0)
    lines.push([span('  No match is open. Invite somebody, or play against a bot.', { dim: true })]);
  else lines.push([span('  Your matches', { bold: true })]);
  const told = resultLines(results, columns);
  const room = rows - lines.length - told.length;
  const first = Math.max(0, chosen - room + 1);
  matches.slice(first, first + room).forEach((match, index) => {
    lines.push(matchLine(state, match, first + index === chosen));
  });
  lines.push(...told);
  return Array.from({ length: rows }, (_, row) => fitLine(lines[row] ?? [], columns));
}

const resultsTitle = '  Won and lost  ';
const resultsGap = '   ';
const resultRowsMax = 4;

/** Those that do not fit are counted. */
function resultLines(results: Hall['results'], columns: number): Line[] {
  if (results.length === 0) return [];
  const told = results.map(({ name, won, lost }) => `${cut(visible(name), nameColumns)} ${won} : ${lost}`);
  const all = packed(told, resultsGap, columns - resultsTitle.length);
  const rows = all.slice(0, resultRowsMax);
  const left = results.length - rows.flat().length;
  const texts = [...rows.map((row) => row.join(resultsGap)), ...(left > 0 ? [`and ${left} more`] : [])];
  const titled = texts.map((text, row) => [
    span(row === 0 ? resultsTitle : ' '.repeat(resultsTitle.length), { bold: true }),
    span(text),
  ]);
  return [[], ...titled];
}

function matchLine(state: State, match: MatchView, isChosen: boolean): Line {
  const [left, right] = match.players.map((name) => cut(visible(name), nameColumns));
  const text = ` ${left} – ${right}  ${matchState(match, state.me)}  `;
  return [
    span(isChosen ? ' ▸' : '  '),
    span(text, isChosen ? { inverse: true } : {}),
    span(` ${match.match}`, { dim: true }),
  ];
}

function courtLines(state: State, place: AtMatch, columns: number, rows: number): Line[] {
  const shown = { ...(place.shown ?? emptyCourt), score: scoreOf(place.match, place.shown) };
  return drawCourt(
    { shown, messages: messagesOf(state, place), aside: overlayOf(state, place) },
    columns,
    rows,
  );
}

/** Of a match that is over no report has to come any more. */
function scoreOf(match: MatchView, shown: AtMatch['shown']): MatchView['score'] {
  return match.state === 'over' || !shown ? match.score : [...shown.score];
}

function messagesOf(state: State, { match, side, shown, isRematchAsked }: AtMatch): Message[] {
  const { line } = state;
  const others = side === undefined ? 'both' : visible(match.players[side === 0 ? 1 : 0]);
  const quiet = { dim: true };
  if (match.state === 'over') {
    const rematch = isRematchAsked ? [{ text: `${others} would like a rematch`, style: quiet }] : [];
    return [{ text: howItEnded(match, state.me) }, ...rematch];
  }
  if (line.state === 'leaderless')
    return [
      { text: 'the leader is gone' },
      { text: 'another node takes over; the score is safe', style: quiet },
    ];
  if (line.state === 'disconnected')
    return [
      { text: 'no server is reached' },
      { text: 'trying on; your paddle stays yours for 10 s', style: quiet },
    ];
  if (match.state === 'paused') return pausedMessages(state, match, side, shown);
  if (match.state === 'lobby') return lobbyMessages(match, side, others);
  if (!shown) return [{ text: 'waiting for the game', style: quiet }];
  if (shown.quietMs > quietMs) return [{ text: 'nothing is heard of the game', style: quiet }];
  const away = match.players.filter((_, index) => shown.away[index as 0 | 1]);
  return away.map((name) => ({ text: `nothing is heard of ${visible(name)}`, style: quiet }));
}

function lobbyMessages(match: MatchView, side: AtMatch['side'], others: string): Message[] {
  const quiet = { dim: true };
  if (side === undefined) return [{ text: 'they have not begun yet', style: quiet }];
  if (!match.joined[side])
    return [{ text: `${visible(match.by)} invites you` }, { text: 'Enter accepts', style: quiet }];
  if (!match.joined[side === 0 ? 1 : 0])
    return [
      { text: `${others} is invited` },
      { text: 'they see it in their chat, and in `verbatim pong`', style: quiet },
    ];
  return readiness(match, side, others);
}

function readiness({ ready }: MatchView, side: 0 | 1, others: string): Message[] {
  if (ready[side]) return [{ text: `waiting for ${others}` }];
  const isOther = ready[side === 0 ? 1 : 0];
  return [
    { text: 'Ready? Press Space' },
    ...(isOther ? [{ text: `${others} is ready`, style: { dim: true } }] : []),
  ];
}

function pausedMessages(
  { nowMs }: State,
  match: MatchView,
  side: AtMatch['side'],
  shown: AtMatch['shown'],
): Message[] {
  const left =
    match.deadline === null ? '' : `, ${Math.max(0, Math.ceil((match.deadline - nowMs) / 1_000))} s left`;
  const head = { text: `${whyPaused(match, shown)}${left}` };
  if (side === undefined) return [head];
  return [head, ...readiness(match, side, visible(match.players[side === 0 ? 1 : 0]))];
}

/** The last report before the pause knew whether somebody was away; whoever comes later is told of neither. */
function whyPaused({ players, pausedBy }: MatchView, shown: AtMatch['shown']): string {
  if (pausedBy === null || !shown) return 'paused';
  const side = pausedBy === 0 ? 0 : 1;
  const name = visible(players[side]);
  return shown.away[side] ? `paused: ${name} is away` : `paused by ${name}`;
}

function overlayOf({ hasOverlay, line }: State, { match, shown, side }: AtMatch): string[] {
  if (!hasOverlay || !shown) return [];
  const ahead = (shown.span * 1_000) / ticksPerSecond;
  return [
    `lag    ${shown.lagMs === undefined ? '–' : `${Math.round(shown.lagMs)} ms`}`,
    ...(side === undefined ? [] : [`ahead  ${Math.round(ahead)} ms`, `late   ${shown.late}`]),
    `tick   ${shown.tick} (${gameTime(shown.tick)})`,
    `epoch  ${shown.epoch}`,
    `node   ${line.leader ?? '–'}`,
    `match  ${match.match}`,
    `state  ${isPlayed(match) ? shown.phase : match.state}`,
  ].map((text) => text.padEnd(26));
}
