/**
 * The chat without a screen: lines in, lines out, nothing is ever drawn anew. For scripts, and for people who have the
 * screen read to them.
 */
import type { Identity, ItemView, LineState, MessageView, UserClient } from '../../src/client/client.ts';
import type { MatchView } from '../../src/client/matches.ts';
import { printReplay } from '../commands/replay.ts';
import { exitStatus, failureFrom, Refusal, tell } from '../failure.ts';
import { Output } from '../output.ts';
import { hearInvitation } from '../pong/invitations.ts';
import { matchWith, usualPoints } from '../pong/lobby.ts';
import type { Profile } from '../profile.ts';
import { matchJson } from '../render/matches.ts';
import { itemJson, messageJson, renderItem, renderSent } from '../render/messages.ts';
import { visible } from '../render/text.ts';
import { sessionAt } from '../which-session.ts';
import { act, talkWith } from './actions.ts';
import { commandOf, parseTyped } from './commands.ts';
import { type LineInput, personInput, scriptInput } from './line-input.ts';
import { searched } from './pages.ts';
import type { Place, Room } from './room.ts';

export interface PlainOptions {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly json: boolean;
  /** Whom to talk with from the start. */
  readonly partner: string | undefined;
  /** Somebody sits there: errors are told and the chat goes on, and what is typed while nobody leads is not taken. */
  readonly isForPeople: boolean;
  /** How long to wait for an answer; undefined: for ever. */
  readonly timeoutMs: number | undefined;
  /** Answers come from there too. */
  readonly input?: LineInput;
}

/** A leader usually answers at once; only if not there is something to say. */
const atOnceMs = 500;

/** @returns the exit status, once it is left. @throws {Unanswered | Refused} when it cannot begin. */
export async function plainChat(options: PlainOptions): Promise<number> {
  const room = new PlainRoom(options);
  try {
    return await room.run();
  } finally {
    room.close();
  }
}

/** Whatever ends the chat ends what it plays. */
const endings = ['SIGINT', 'SIGTERM'] as const;

class PlainRoom implements Room {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly output: Output;
  readonly timeoutMs: number | undefined;
  place: Place | undefined;
  lastHeard = '';
  readonly #options: PlainOptions;
  readonly #input: LineInput;
  #hasLeft = false;
  #invitations: readonly string[] = [];
  /** Exit status: of the worst that happened. */
  #status: number = exitStatus.done;

  constructor(options: PlainOptions) {
    const { client, identity, profile, json, isForPeople, timeoutMs } = options;
    this.#options = options;
    this.client = client;
    this.identity = identity;
    this.profile = profile;
    this.output = new Output({ json });
    this.timeoutMs = timeoutMs;
    this.#input = options.input ?? (isForPeople ? personInput((line) => this.#mayTake(line)) : scriptInput());
  }

  async run(): Promise<number> {
    const { client, identity, output } = this;
    const { isForPeople, partner } = this.#options;
    if (isForPeople) await client.line.ready(atOnceMs).catch(() => undefined);
    else await client.line.ready(this.timeoutMs);
    this.note(
      `you are ${output.palette.name(visible(identity.name))}; /help says what you can do, /quit leaves`,
    );
    const watching = this.#watchLeader();
    const invitations = client.matches.listen((match) => this.#hearInvitation(match));
    try {
      await client.follow((item) => this.#show(item));
      const open = client.matches.list({ player: identity.name, isOpen: true }, this.timeoutMs);
      for await (const match of open) this.#hearInvitation(match);
      if (partner !== undefined) await this.#beginWith(partner);
      while (!this.#hasLeft) await this.#oneTurn();
    } finally {
      invitations.stop();
      watching.stop();
    }
    return this.#status;
  }

  close(): void {
    this.#input.close();
  }

  note(text: string): void {
    this.output.note(text);
  }

  async ask(question: string, isHidden = false): Promise<string | undefined> {
    if (isHidden && this.#options.isForPeople)
      throw new Refusal('would-be-shown', 'What is typed here is seen; run `verbatim passwd` instead.');
    process.stderr.write(`${question}\n`);
    return await this.#input.next();
  }

  goTo(place: Place): void {
    this.place = place;
    this.note(`talking with ${visible(place.title)} now`);
  }

  async said(_: Place, message: MessageView): Promise<void> {
    await this.output.emit(messageJson(message), renderSent(message, this.output.palette));
  }

  changed(_: string, text: string): void {
    this.note(text);
  }

  async replay(session: string): Promise<void> {
    const ended = new AbortController();
    const stop = (signal: NodeJS.Signals) => {
      ended.abort();
      if (signal === 'SIGTERM') this.#hasLeft = true; // what is typed behind it is said to nobody
    };
    for (const signal of endings) process.once(signal, stop);
    try {
      await printReplay(this.client, this.output, session, ended.signal, this.timeoutMs);
    } finally {
      for (const signal of endings) process.off(signal, stop);
    }
  }

  /** There is no screen to play on. */
  async play(name: string): Promise<void> {
    const { client, identity, output, timeoutMs } = this;
    const match = await matchWith(client, identity.name, { with: name, points: usualPoints }, timeoutMs);
    const how = `\`verbatim pong --with ${visible(name)}\` in another terminal plays`;
    await output.emit(matchJson(match), `match ${match.match} with ${visible(name)}; ${how}`);
  }

  /** Newest first. */
  async search(text: string): Promise<void> {
    const { client, output, place, timeoutMs } = this;
    const conversation = place ? await sessionAt(client, place.to, timeoutMs) : null;
    for await (const { messages } of searched(client, text, conversation, timeoutMs))
      for (const message of messages)
        await output.emit(messageJson(message), renderSent(message, output.palette));
  }

  clear(): void {}

  leave(farewell?: string): void {
    if (farewell) this.note(farewell);
    this.#hasLeft = true;
  }

  async interruptible<T>(work: () => Promise<T>): Promise<T> {
    return await work(); // Ctrl-C closes the client
  }

  #hearInvitation(match: MatchView): void {
    const { invitations, text } = hearInvitation(this.#invitations, match, this.identity.name);
    this.#invitations = invitations;
    if (text !== undefined) this.note(text);
  }

  async #oneTurn(): Promise<void> {
    try {
      if (!this.#options.isForPeople) await this.client.line.ready(this.timeoutMs); // nothing is read that nobody could answer for
      const line = await this.#input.next();
      if (line === undefined) this.#hasLeft = true;
      else await act(this, parseTyped(line));
    } catch (error) {
      this.#complain(error);
    }
  }

  /** A script would say the rest to nobody; people are told. */
  async #beginWith(partner: string): Promise<void> {
    try {
      await talkWith(this, partner);
    } catch (error) {
      if (!this.#options.isForPeople) throw error;
      this.#complain(error);
    }
  }

  async #show(item: ItemView): Promise<void> {
    const { output } = this;
    this.lastHeard = item.text;
    await output.emit(itemJson(item), renderItem(item, output.palette));
  }

  /** While nobody leads only what asks nobody is done; the rest would be said late, and perhaps to another. */
  #mayTake(line: string): boolean {
    if (this.client.line.state === 'ready') return true;
    const typed = parseTyped(line);
    if (typed.kind === 'nothing' || (typed.kind === 'command' && commandOf(typed.name).isLocal)) return true;
    this.note('not taken: until somebody leads there are only /help, /status and /quit');
    return false;
  }

  /** Something went wrong: people go on, a script learns it from the exit status too. */
  #complain(error: unknown): void {
    const { isForPeople } = this.#options;
    const failure = failureFrom(error);
    tell(failure, this.output.isJson);
    const isOver =
      failure.code === 'not-logged-in' || (failure.status === exitStatus.unanswered && !isForPeople);
    if (isOver || this.client.line.state === 'closed') this.#hasLeft = true;
    if (this.#hasLeft || !isForPeople) this.#status = Math.max(this.#status, failure.status);
  }

  #watchLeader(): { stop(): void } {
    const { line } = this.client;
    let before: LineState = 'ready';
    const look = () => {
      const { state, problem } = line;
      if (state === 'closed') {
        if (problem) this.#complain(problem);
        this.close();
      } else if (state !== before && news[state] !== undefined) {
        before = state;
        this.note(news[state]);
      }
    };
    look();
    return line.watch(look);
  }
}

const news: Readonly<Partial<Record<LineState, string>>> = {
  ready: 'there is a leader; go on',
  leaderless: 'nobody leads at present; nothing is taken until somebody does, but for /help and /quit',
  disconnected: 'the server is out of reach; nothing is taken until it is back, but for /help and /quit',
};
