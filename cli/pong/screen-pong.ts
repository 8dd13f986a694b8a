/** Pong on a terminal: what the state wants done, and what the cluster and the game tell, carried from one to the other. */
import type { Identity, UserClient } from '../../src/client/client.ts';
import type { MatchView } from '../../src/client/matches.ts';
import { Seat } from '../../src/client/pong/seat.ts';
import { systemClock as clock } from '../../src/system/clock.ts';
import { exitStatus, failureFrom } from '../failure.ts';
import { Terminal } from '../tui/terminal.ts';
import type { Effect, Event } from './events.ts';
import { matchWith } from './lobby.ts';
import { initialState, isPlayed, type State, sideOf } from './state.ts';
import { update } from './update.ts';
import { view } from './view.ts';

export interface ScreenPongOptions {
  readonly client: UserClient;
  readonly identity: Identity;
  /** Whether matches are chosen here, or one is given from the start. */
  readonly hasHall: boolean;
  /** How many points win a match that is opened here. */
  readonly points: number;
}

export interface Left {
  /** The exit status. */
  readonly status: number;
  readonly farewell: string | undefined;
}

const frameMs = 1_000 / 60;
/** While nothing moves: what is left of a pause is counted. */
const idleMs = 250;

export class ScreenPong {
  readonly #options: ScreenPongOptions;
  readonly #terminal: Terminal;
  #state: State;
  #seat: Seat | undefined;
  #timer: NodeJS.Timeout | undefined;
  #frameDueMs = 0;
  #left: ((left: Left) => void) | undefined;
  readonly #end = new Promise<Left>((resolve) => {
    this.#left = resolve;
  });

  constructor(options: ScreenPongOptions) {
    this.#options = options;
    this.#terminal = new Terminal({
      onKey: (key) => this.#dispatch({ type: 'key', key, nowMs: Date.now() }),
      onResize: (size) => this.#dispatch({ type: 'resized', size }),
      onHangUp: () => this.quit(),
      releases: {
        onRelease: (name) => this.#dispatch({ type: 'released', name }),
        onTold: () => this.#dispatch({ type: 'releasesTold' }),
      },
    });
    const { identity, hasHall } = options;
    this.#state = initialState(this.#terminal.size, identity.name, hasHall, Date.now());
  }

  /** @param first where to begin; undefined: where matches are chosen. @returns once it is left. */
  async run(first: MatchView | undefined): Promise<Left> {
    const { line, matches } = this.#options.client;
    const parts = [
      line.watch(() => this.#lineChanged()),
      matches.listen((match) => {
        if (match.match !== this.#seat?.match.match)
          this.#dispatch({ type: 'match', match, nowMs: Date.now() });
      }),
    ];
    this.#terminal.open();
    try {
      this.#lineChanged();
      if (first) this.#sit(first);
      else void this.#list();
      this.#frame();
      return await this.#end;
    } finally {
      clearTimeout(this.#timer);
      this.#seat?.leave();
      for (const part of parts) part.stop();
      this.#terminal.close();
    }
  }

  quit(): void {
    this.#leave({ status: exitStatus.done, farewell: undefined });
  }

  #dispatch(event: Event): void {
    const { state, effects } = update(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
    this.#terminal.paint(() => view(this.#state));
  }

  #do(effect: Effect): void {
    switch (effect.do) {
      case 'steer':
        this.#seat?.steer(effect.direction);
        break;
      case 'quit':
        this.quit();
        break;
      case 'suspend':
        this.#terminal.suspend();
        break;
      case 'redraw':
        this.#terminal.redraw();
        break;
      default:
        this.#ask(effect).catch((error: unknown) => this.#complain(error));
    }
  }

  async #ask(effect: Exclude<Effect, { do: 'steer' | 'quit' | 'suspend' | 'redraw' }>): Promise<void> {
    const { client, identity, points } = this.#options;
    const { matches } = client;
    switch (effect.do) {
      case 'invite':
        return this.#sit(await matchWith(client, identity.name, { with: effect.name, points }));
      case 'practise':
        return await this.#sitAt(await matches.open({ bot: effect.level }, points));
      case 'rematch':
        return await this.#sitAt(await matches.rematch(effect.match));
      case 'sit':
        return this.#sit(effect.match);
      case 'leave':
        this.#stand();
        return await this.#list();
      case 'decline':
        await matches.decline(effect.match);
        if (this.#state.place.kind === 'hall') await this.#list();
        return;
      case 'join':
      case 'ready':
      case 'pause':
      case 'forfeit':
        return await matches[effect.do](effect.match);
    }
  }

  async #sitAt(match: string): Promise<void> {
    this.#sit(await this.#options.client.matches.get(match));
  }

  #sit(match: MatchView): void {
    this.#stand();
    const { client, identity } = this.#options;
    const side = sideOf(match, identity.name);
    const changed = (fresh: MatchView) => this.#matchChanged(fresh);
    this.#seat = new Seat({ client, clock, match, side, changed });
    this.#dispatch({ type: 'seated', match, side });
    this.#matchChanged(match);
  }

  #stand(): void {
    this.#seat?.leave();
    this.#seat = undefined;
  }

  #matchChanged(match: MatchView): void {
    this.#dispatch({ type: 'match', match, nowMs: Date.now() });
    const side = sideOf(match, this.#options.identity.name);
    const waitsForOther = match.state === 'paused' && side !== undefined && match.pausedBy !== side;
    if (waitsForOther && !match.ready[side]) this.#do({ do: 'ready', match: match.match }); // who is here is ready
    this.#frame(); // perhaps there is something to be seen at once
  }

  async #list(): Promise<void> {
    const { client, identity } = this.#options;
    const open: MatchView[] = [];
    for await (const match of client.matches.list({ player: identity.name, isOpen: true })) open.push(match);
    this.#dispatch({ type: 'matches', matches: open, results: await client.matches.results() });
  }

  #lineChanged(): void {
    const { state, leader, problem } = this.#options.client.line;
    this.#dispatch({
      type: 'line',
      line: { state, leader: leader.id, epoch: leader.epoch },
      nowMs: Date.now(),
    });
    if (state !== 'closed') return;
    const failure = problem && failureFrom(problem);
    this.#leave({ status: failure?.status ?? exitStatus.done, farewell: failure?.message });
  }

  /** Frames lie on a grid, so that a late one makes none of the next late. */
  #frame(): void {
    clearTimeout(this.#timer);
    const seat = this.#seat;
    const nowMs = performance.now();
    const everyMs = seat && isPlayed(seat.match) ? frameMs : idleMs;
    this.#frameDueMs = Math.max(this.#frameDueMs + everyMs, nowMs);
    if (this.#frameDueMs > nowMs + everyMs) this.#frameDueMs = nowMs + everyMs;
    this.#timer = setTimeout(() => this.#frame(), this.#frameDueMs - nowMs);
    this.#dispatch({ type: 'frame', shown: seat?.frame(), nowMs: Date.now() });
  }

  #leave(left: Left): void {
    this.#left?.(left);
  }

  #complain(error: unknown): void {
    const failure = failureFrom(error);
    this.#dispatch({ type: 'note', text: failure.message, tone: 'problem', nowMs: Date.now() });
    if (failure.code === 'not-logged-in') this.#leave({ status: failure.status, farewell: failure.message });
  }
}
