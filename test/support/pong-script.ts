/** An evening of Pong as a list of events: what the state becomes, what it wants done, and what the screen shows. */
import type { Effect, Event } from '../../cli/pong/events.ts';
import { initialState, type State } from '../../cli/pong/state.ts';
import { update } from '../../cli/pong/update.ts';
import { view } from '../../cli/pong/view.ts';
import { plainText } from '../../cli/tui/spans.ts';
import { exampleMatch } from '../../scripts/pong-doc.ts';
import type { MatchView } from '../../src/client/matches.ts';
import type { Shown } from '../../src/client/pong/seat.ts';
import { court } from '../../src/client/pong.ts';

const noon = new Date(2026, 10, 22, 12, 0).getTime();

export function matchView(about: Partial<MatchView> = {}): MatchView {
  const match = { match: 'p-1', by: 'bob', tick: 900, openedAt: noon } as const;
  return { ...exampleMatch, ...match, score: [2, 1], ...about };
}

function shownGame(about: Partial<Shown> = {}): Shown {
  return {
    ball: { x: court.width / 3, y: court.height / 3 },
    paddles: [court.height / 4, court.height / 2],
    score: [2, 1],
    phase: 'rally',
    countdown: 0,
    tick: 912,
    epoch: 3,
    lagMs: 41.6,
    span: 8,
    late: 2,
    away: [false, false],
    quietMs: 20,
    ...about,
  };
}

export class PongScript {
  state: State;
  effects: Effect[] = [];
  nowMs = noon;

  constructor(size = { columns: 80, rows: 24 }) {
    this.state = initialState(size, 'alice', true, noon);
    this.event({ type: 'line', line: { state: 'ready', leader: 'n2', epoch: 3 }, nowMs: noon });
  }

  event(...events: Event[]): this {
    for (const event of events) {
      const step = update(this.state, event);
      this.state = step.state;
      this.effects.push(...step.effects);
    }
    return this;
  }

  /** Text, and keys between angle brackets. */
  type(script: string): this {
    for (const part of script.split(/(<[^>]+>)/).filter(Boolean)) {
      const name = /^<(.+)>$/.exec(part)?.[1];
      const key = name ? ({ kind: 'key', name } as const) : ({ kind: 'text', text: part } as const);
      this.event({ type: 'key', key, nowMs: this.nowMs });
    }
    return this;
  }

  /** At a match, where that is shown of it. */
  at(match: Partial<MatchView> = {}, shown: Partial<Shown> = {}): this {
    this.event({ type: 'seated', match: matchView(match), side: 0 });
    return this.frame(0, shown);
  }

  match(about: Partial<MatchView>): this {
    return this.event({ type: 'match', match: matchView(about), nowMs: this.nowMs });
  }

  frame(laterMs: number, shown: Partial<Shown> = {}): this {
    this.nowMs += laterMs;
    return this.event({ type: 'frame', shown: shownGame(shown), nowMs: this.nowMs });
  }

  /** Effects of a kind since it was asked last. */
  took(kind: Effect['do']): Effect[] {
    const taken = this.effects.filter((effect) => effect.do === kind);
    this.effects = this.effects.filter((effect) => effect.do !== kind);
    return taken;
  }

  get directions(): number[] {
    return this.took('steer').map((effect) => (effect.do === 'steer' ? effect.direction : 9));
  }

  screen(): string {
    return view(this.state)
      .lines.map((line) => plainText(line).trimEnd())
      .join('\n');
  }
}
