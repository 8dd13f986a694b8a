/** What an event makes of Pong on a terminal. Pure. */
import type { MatchView } from '../../src/client/matches.ts';
import type { Direction } from '../../src/client/pong.ts';
import { visible } from '../render/text.ts';
import type { Key } from '../tui/keys.ts';
import type { Effect, Event, Step } from './events.ts';
import { heldAt, pressed, released, running } from './held.ts';
import { type Act, useOf } from './keys.ts';
import { type AtMatch, emptyHall, type Hall, isPlayed, type LineNews, type State, whereIs } from './state.ts';
import { invitationFor } from './words.ts';

const noteMs = 4_000;

export function update(state: State, event: Event): Step {
  const step = react(state, event);
  return steered(state, step);
}

function react(state: State, event: Event): Step {
  switch (event.type) {
    case 'key':
      return typed({ ...state, nowMs: event.nowMs }, event.key);
    case 'released':
      return quiet({ ...state, held: letGo(state, event.name) });
    case 'releasesTold':
      return quiet({ ...state, held: { ...state.held, areReleasesTold: true } });
    case 'resized':
      return quiet({ ...state, size: event.size });
    case 'line':
      return quiet(withLine({ ...state, nowMs: event.nowMs }, event.line));
    case 'matches':
      return quiet(withMatches(state, event));
    case 'match':
      return quiet(withMatch({ ...state, nowMs: event.nowMs }, event.match));
    case 'seated': {
      const { match, side } = event;
      const place: AtMatch = {
        kind: 'match',
        match,
        side,
        shown: undefined,
        isRematchAsked: false,
        question: undefined,
      };
      return quiet({ ...state, place, held: running(state.held, 0) });
    }
    case 'frame':
      return quiet(withFrame(state, event));
    case 'note':
      return quiet(noted({ ...state, nowMs: event.nowMs }, event.text, event.tone));
  }
}

/** The paddle is told of every change of direction, whatever it came from. */
function steered(before: State, { state, effects }: Step): Step {
  const [was, is] = [steering(before), steering(state)];
  if (was === is) return { state, effects };
  return { state, effects: [...effects, { do: 'steer', direction: is }] };
}

function steering({ place, held }: State): Direction {
  return place.kind === 'match' && place.side !== undefined ? held.direction : 0;
}

function quiet(state: State): Step {
  return { state, effects: [] };
}

function does(state: State, ...effects: Effect[]): Step {
  return { state, effects };
}

function noted(state: State, text: string, tone: 'quiet' | 'problem' = 'quiet'): State {
  return { ...state, note: { text, tone, untilMs: state.nowMs + noteMs } };
}

function letGo({ held }: State, name: string): State['held'] {
  const act = useOf(name.toLowerCase().replace(/^s-/, ''), 'playing')?.act;
  return act?.kind === 'move' ? released(held, act.direction) : held;
}

/** What is typed fast comes together. */
function typed(state: State, key: Key): Step {
  if (key.kind === 'paste') return state.place.kind === 'hall' ? spelt(state, key) : quiet(state);
  const names = key.kind === 'key' ? [key.name] : [...key.text];
  return names.reduce<Step>((step, name) => {
    const single: Key = key.kind === 'key' ? key : { kind: 'text', text: name };
    const next = whereIs(step.state) === 'typing' ? spelt(step.state, single) : acted(step.state, name);
    return { state: next.state, effects: [...step.effects, ...next.effects] };
  }, quiet(state));
}

/** The name of whom to invite. */
function spelt(state: State, key: Key): Step {
  const { place } = state;
  if (place.kind !== 'hall' || place.typed === undefined) return quiet(state);
  const withTyped = (text: string | undefined) => ({ ...state, place: { ...place, typed: text } });
  if (key.kind !== 'key') return quiet(withTyped((place.typed + visible(key.text)).slice(0, nameMax)));
  if (key.name === 'backspace') return quiet(withTyped(place.typed.slice(0, -1)));
  if (key.name === 'C-u') return quiet(withTyped(''));
  if (key.name === 'enter') {
    const name = place.typed.trim();
    return name === '' ? quiet(withTyped(undefined)) : does(withTyped(undefined), { do: 'invite', name });
  }
  if (['escape', 'C-c', 'C-d'].includes(key.name)) return quiet(withTyped(undefined));
  return quiet(state);
}

const nameMax = 64;

function acted(state: State, name: string): Step {
  const act = useOf(name, whereIs(state))?.act;
  if (!act) return quiet(state);
  const { place } = state;
  return (
    anywhere(state, act) ?? (place.kind === 'hall' ? inHall(state, place, act) : atMatch(state, place, act))
  );
}

function anywhere(state: State, act: Act): Step | undefined {
  switch (act.kind) {
    case 'quit':
    case 'suspend':
    case 'redraw':
      return does(state, { do: act.kind });
    case 'overlay':
      return quiet({ ...state, hasOverlay: !state.hasOverlay });
    default:
      return undefined;
  }
}

function inHall(state: State, hall: Hall, act: Act): Step {
  const chosen = hall.matches[hall.chosen];
  switch (act.kind) {
    case 'choose':
      return quiet(withChosen(state, hall, hall.chosen + act.by));
    case 'practise':
      return does(state, { do: 'practise', level: act.level });
    case 'invite':
      return quiet({ ...state, place: { ...hall, typed: '' } });
    case 'enter':
      return chosen ? does(state, ...entering(chosen, state.me)) : quiet(state);
    case 'decline':
      return chosen?.state === 'lobby' ? does(state, { do: 'decline', match: chosen.match }) : quiet(state);
    case 'leave':
      return does(state, { do: 'quit' });
    default:
      return quiet(state);
  }
}

function entering(match: MatchView, me: string): Effect[] {
  const side = match.players[0] === me ? 0 : 1;
  const isInvited = match.state === 'lobby' && !match.joined[side];
  return [...(isInvited ? [{ do: 'join', match: match.match } as const] : []), { do: 'sit', match }];
}

function withChosen(state: State, hall: Hall, chosen: number): State {
  return { ...state, place: { ...hall, chosen: Math.max(0, Math.min(chosen, hall.matches.length - 1)) } };
}

function atMatch(state: State, place: AtMatch, act: Act): Step {
  const { held, nowMs } = state;
  const { match } = place.match;
  const asking = (question: AtMatch['question']) => quiet({ ...state, place: { ...place, question } });
  switch (act.kind) {
    case 'move':
      return quiet({ ...state, held: pressed(held, act.direction, nowMs) });
    case 'run':
      return quiet({ ...state, held: running(held, act.direction) });
    case 'ready':
    case 'pause':
    case 'rematch':
      return does(state, { do: act.kind, match });
    case 'enter':
      return does(state, { do: 'join', match });
    case 'decline':
      return does(state, { do: 'decline', match });
    case 'forfeit':
      return asking('forfeit');
    case 'no':
      return asking(undefined);
    case 'yes': {
      const answered = { ...state, place: { ...place, question: undefined } };
      return place.question === 'leave' ? left(answered) : does(answered, { do: 'forfeit', match });
    }
    case 'leave':
      return place.side !== undefined && isPlayed(place.match) ? asking('leave') : left(state);
    default:
      return quiet(state);
  }
}

function left(state: State): Step {
  if (!state.hasHall) return does(state, { do: 'quit' });
  return does({ ...state, place: emptyHall }, { do: 'leave' });
}

function withLine(state: State, line: LineNews): State {
  return { ...state, line };
}

function withMatches(state: State, { matches, results }: Extract<Event, { type: 'matches' }>): State {
  const { place } = state;
  if (place.kind !== 'hall') return state;
  const chosen = Math.max(0, Math.min(place.chosen, matches.length - 1));
  return { ...state, place: { ...place, matches, results, chosen } };
}

function withMatch(state: State, match: MatchView): State {
  const { place } = state;
  if (place.kind === 'hall') return inList(state, place, match);
  if (match.continues === place.match.match && match.state === 'lobby' && match.by !== state.me)
    return { ...state, place: { ...place, isRematchAsked: true } };
  if (match.match !== place.match.match) return withInvitation(state, match);
  const question = match.state === 'over' ? undefined : place.question;
  return { ...state, place: { ...place, match, question } };
}

function inList(state: State, hall: Hall, match: MatchView): State {
  const isKnown = hall.matches.some((one) => one.match === match.match);
  const others = hall.matches.filter((one) => one.match !== match.match);
  if (match.state === 'over') return withChosen(state, { ...hall, matches: others }, hall.chosen);
  const matches = isKnown
    ? hall.matches.map((one) => (one.match === match.match ? match : one))
    : [match, ...others];
  return withChosen(state, { ...hall, matches }, hall.chosen);
}

function withInvitation(state: State, match: MatchView): State {
  const invitation = invitationFor(match, state.me);
  return invitation ? noted(state, `${invitation}; it waits in \`verbatim pong\``) : state;
}

function withFrame(state: State, { shown, nowMs }: Extract<Event, { type: 'frame' }>): State {
  const held = heldAt(state.held, nowMs);
  const note = state.note && nowMs < state.note.untilMs ? state.note : undefined;
  const next = { ...state, held, note, nowMs };
  const { place } = next;
  if (place.kind === 'hall') return next;
  const before = place.shown?.epoch;
  const seen = { ...next, place: { ...place, shown } };
  const isTakenOver = before !== undefined && shown !== undefined && shown.epoch > before;
  return isTakenOver
    ? noted(seen, `${state.line.leader ?? 'another node'} has taken over; the match goes on`)
    : seen;
}
