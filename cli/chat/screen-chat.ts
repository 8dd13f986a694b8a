/** The chat on a screen: what the state wants done, and what the cluster tells, carried from one to the other. */
import type { Identity, ItemView, MessageView, UserClient } from '../../src/client/client.ts';
import type { LiveNotice } from '../../src/client/conversations.ts';
import { originalPace } from '../commands/replay.ts';
import { exitStatus, failureFrom } from '../failure.ts';
import { Output } from '../output.ts';
import type { Profile } from '../profile.ts';
import { paletteFor } from '../render/colour.ts';
import { visible } from '../render/text.ts';
import { act, talkWith } from './actions.ts';
import type { Does, Effect } from './events.ts';
import { Fetching } from './fetching.ts';
import { ReadMarks } from './read-marks.ts';
import type { Place, Room } from './room.ts';
import type { Screen } from './screen.ts';
import { type Conversation, conversationOf, currentOf, homeKey, titleOf } from './state.ts';

export interface ScreenChatOptions {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly screen: Screen;
  /** Whom to talk with from the start. */
  readonly partner: string | undefined;
}

export interface Left {
  /** The exit status. */
  readonly status: number;
  readonly farewell: string | undefined;
}

export class ScreenChat implements Room {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly output: Output;
  readonly timeoutMs = undefined;
  readonly #screen: Screen;
  readonly #partner: string | undefined;
  readonly #fetching: Fetching;
  readonly #marks: ReadMarks;
  #isReady = false;
  #giveUp: (() => void) | undefined;
  #left: ((left: Left) => void) | undefined;
  readonly #end = new Promise<Left>((resolve) => {
    this.#left = resolve;
  });

  constructor({ client, identity, profile, screen, partner }: ScreenChatOptions) {
    this.client = client;
    this.identity = identity;
    this.profile = profile;
    this.#screen = screen;
    this.#partner = partner;
    this.#fetching = new Fetching(client, screen);
    this.#marks = new ReadMarks(client);
    const print = (line: string) => screen.note(line, 'plain');
    this.output = new Output({}, print, paletteFor(false, process.env));
  }

  /** @returns once it is left. */
  async run(): Promise<Left> {
    const { client, identity } = this;
    this.#screen.dispatch({ type: 'loggedIn', name: identity.name });
    this.#screen.note(
      `you are ${visible(identity.name)}; /help says what you can do, /quit leaves`,
      'quiet',
      homeKey,
    );
    const parts = [client.line.watch(() => this.#lineChanged())];
    const lag = setInterval(() => this.#tellLine(), 1_000);
    try {
      const told = (notice: LiveNotice) => this.#screen.dispatch({ type: 'live', notice, nowMs: Date.now() });
      parts.push(client.conversations.listen(told));
      this.#lineChanged();
      void this.#begin();
      return await this.#end;
    } finally {
      clearInterval(lag);
      this.#marks.stop();
      for (const part of parts) part.stop();
    }
  }

  get place(): Place | undefined {
    const conversation = currentOf(this.#screen.state);
    const to = addressOf(conversation);
    if (to === undefined) return undefined;
    return { title: titleOf(conversation), to, isPair: conversation.kind === 'pair' };
  }

  get lastHeard(): string {
    return this.#screen.state.lastHeard;
  }

  note(text: string): void {
    this.#screen.note(text, 'quiet');
  }

  async ask(question: string, isHidden = false): Promise<string | undefined> {
    return await this.#screen.ask(question, isHidden);
  }

  async goTo({ to }: Place): Promise<void> {
    if (typeof to !== 'string') {
      const view = await this.#fetching.opened(to.session);
      this.#screen.goTo(view.conversation);
      return;
    }
    const user = await this.client.user(to);
    this.#screen.dispatch({ type: 'goTo', name: user?.name ?? to, online: user?.online ?? false });
  }

  async said({ to }: Place, message: MessageView): Promise<void> {
    const { conversation } = await this.#fetching.opened(
      typeof to === 'string' ? message.session : to.session,
    );
    const key = conversationOf(this.#screen.state, conversation)?.key;
    if (key) this.#screen.dispatch({ type: 'sent', key, message: { ...message, conversation } });
    if (key && key !== this.#screen.state.current) this.note(`said to ${visible(String(to))}`);
  }

  /** One's own doings come by no queue. */
  async changed(session: string): Promise<void> {
    const { conversation } = await this.#fetching.opened(session);
    this.#screen.dispatch({ type: 'stale', conversation });
  }

  async replay(session: string): Promise<void> {
    const [{ readFilm }, { playInTerminal }] = await Promise.all([
      import('../player/film.ts'),
      import('../player/terminal.ts'),
    ]);
    const film = await readFilm(this.client, session);
    await this.#screen.lend((signal) => playInTerminal(film, originalPace, signal));
  }

  async play(name: string): Promise<void> {
    const [{ ScreenPong }, { matchWith, usualPoints }] = await Promise.all([
      import('../pong/screen-pong.ts'),
      import('../pong/lobby.ts'),
    ]);
    const { client, identity } = this;
    const wanted = { with: name, points: usualPoints };
    const match = await matchWith(client, identity.name, wanted);
    await this.#screen.lend(async (signal) => {
      const pong = new ScreenPong({ client, identity, hasHall: false, points: usualPoints });
      signal.addEventListener('abort', () => pong.quit(), { once: true });
      await pong.run(match);
    });
  }

  async search(text: string): Promise<void> {
    await this.#fetching.search(text);
  }

  clear(): void {
    this.#screen.dispatch({ type: 'clear' });
  }

  leave(farewell?: string): void {
    this.#left?.({ status: exitStatus.done, farewell });
  }

  async interruptible<T>(work: () => Promise<T>): Promise<T> {
    this.#giveUp = () => void this.client.close();
    try {
      return await work();
    } finally {
      this.#giveUp = undefined;
    }
  }

  /** What the state wants done. */
  do(effect: Effect): void {
    this.#done(effect).catch((error: unknown) => this.#complain(error));
  }

  async #done(effect: Effect): Promise<void> {
    switch (effect.do) {
      case 'send':
        return await this.#send(effect);
      case 'command':
        return await act(this, { kind: 'command', name: effect.name, argument: effect.argument });
      case 'load':
        return await this.#load(effect);
      case 'show':
        return await this.#fetching.show(effect);
      case 'typing':
        return this.client.conversations.typing(effect.conversation);
      case 'read':
        return this.#marks.read(effect);
      case 'lookUp':
        return await this.#fetching.lookUp(effect);
      case 'renew':
        await this.#fetching.opened(effect.session).catch(() => undefined); // all are asked for with the next leader
        return;
      case 'stopSearch':
        return this.#fetching.stopSearch();
      case 'interrupt':
        if (this.#giveUp) this.#giveUp();
        else this.leave();
    }
  }

  async #begin(): Promise<void> {
    try {
      await this.client.follow((item) => this.#heard(item));
      if (this.#partner !== undefined) await talkWith(this, this.#partner);
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Of a conversation that is not known yet it is asked first what it is. */
  async #heard(item: ItemView): Promise<void> {
    const { state } = this.#screen;
    if (!conversationOf(state, item.conversation))
      await this.#fetching.opened(item.conversation).catch(() => undefined); // shown in the first window then
    this.#screen.dispatch({ type: 'heard', item });
  }

  #lineChanged(): void {
    const { state, problem } = this.client.line;
    this.#tellLine();
    if (state === 'closed') this.#closed(problem);
    const isReady = state === 'ready';
    if (isReady && !this.#isReady) {
      this.#fetching.begin().catch((error: unknown) => this.#complain(error));
    }
    this.#isReady = isReady;
  }

  #closed(problem: Error | undefined): void {
    const failure = problem && failureFrom(problem);
    this.#left?.({ status: failure?.status ?? exitStatus.done, farewell: failure?.message });
  }

  #tellLine(): void {
    const { state, server = '', leader, lagMs } = this.client.line;
    this.#screen.dispatch({
      type: 'line',
      line: { state, server, leader: leader.id, epoch: leader.epoch, lagMs },
    });
    void this.#fetching.receipts();
  }

  async #load(effect: Does<'load'>): Promise<void> {
    try {
      await this.#fetching.load(effect);
    } catch (error) {
      this.#screen.dispatch({ type: 'pageFailed', key: effect.key });
      throw error;
    }
  }

  async #send({ key, id, text }: Does<'send'>): Promise<void> {
    const to = addressOf(this.#screen.state.conversations.find((one) => one.key === key));
    if (to === undefined) return;
    try {
      const { session = '', at = 0, position = 0 } = await this.client.send(to, text, { id });
      const isNew = this.#screen.state.conversations.find((one) => one.key === key)?.id === undefined;
      const { conversation } = isNew ? await this.#fetching.opened(session) : { conversation: '' };
      const message = {
        id,
        session,
        from: this.identity.name,
        text,
        at,
        position,
        kind: 'message',
        conversation,
      } as const;
      this.#screen.dispatch({ type: 'sent', key, message });
      void this.#fetching.receipts();
    } catch (error) {
      const { message } = failureFrom(error);
      this.#screen.dispatch({ type: 'notSent', key, id, why: message, nowMs: Date.now() });
    }
  }

  #complain(error: unknown): void {
    const failure = failureFrom(error);
    this.#screen.note(failure.message, 'problem');
    if (failure.code === 'not-logged-in') this.#left?.({ status: failure.status, farewell: failure.message });
  }
}

/** Of a pair that spoke its session, so that whoever has its name later is not meant. */
function addressOf(conversation: Conversation | undefined): Place['to'] | undefined {
  if (conversation === undefined || conversation.kind === 'home') return undefined;
  const { session, others } = conversation;
  return session === undefined ? others[0]?.name : { session };
}
