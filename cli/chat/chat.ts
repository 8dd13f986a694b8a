/** The interactive client: reads what is typed, says it, shows what comes, and waits while there is no leader. */
import type { Identity, ItemView, UserClient } from '../../src/client/client.ts';
import { printReplay } from '../commands/replay.ts';
import { printSessions } from '../commands/sessions.ts';
import { printTranscript } from '../commands/transcript.ts';
import { printUsers } from '../commands/users.ts';
import { exitStatus, failureFrom } from '../failure.ts';
import { Output } from '../output.ts';
import type { Profile } from '../profile.ts';
import { itemJson, renderItem, renderSent } from '../render/messages.ts';
import { visible } from '../render/text.ts';
import { iso } from '../render/time.ts';
import { parrot } from './parrot.ts';
import type { Screen } from './screen.ts';
import { helpLines, parseTyped, type SlashName, splitName, type Typed } from './slash.ts';

export interface ChatOptions {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly screen: Screen;
  readonly json?: boolean;
  /** Whom to talk with from the start. */
  readonly with?: string;
  /** How long to wait for a leader; undefined: for ever. */
  readonly timeoutMs?: number;
}

export class Chat {
  readonly #options: ChatOptions;
  readonly #output: Output;
  #partner: string | undefined;
  /** The words heard last, whoever said them. */
  #lastHeard = '';
  #hasLeft = false;
  /** Of the worst that happened. */
  #status: number = exitStatus.done;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#partner = options.with;
    this.#output = new Output(options, (line) => options.screen.print(line));
  }

  /** @returns the exit status, once it is left. */
  async run(): Promise<number> {
    const { client, identity, screen } = this.#options;
    const watching = client.line.watch(() => this.#lookAtLine());
    this.#lookAtLine();
    this.#note(`you are ${this.#output.palette.name(visible(identity.name))}; /help says what you can do, /quit leaves`);
    await client.follow((item) => this.#show(item));
    try {
      while (!this.#hasLeft && (await this.#oneTurn()));
    } finally {
      watching.stop();
    }
    return this.#status;
  }

  /** Nothing is taken before there is a leader who can answer for it. @returns false at the end of the input. */
  async #oneTurn(): Promise<boolean> {
    const { client, screen, timeoutMs } = this.#options;
    if (!screen.isTerminal) await client.line.ready(timeoutMs);
    const line = await screen.read();
    if (line === undefined) return false;
    try {
      await this.#handle(parseTyped(line));
    } catch (error) {
      this.#tell(error);
    }
    return true;
  }

  async #handle(typed: Typed): Promise<void> {
    switch (typed.kind) {
      case 'nothing':
        return;
      case 'words':
        if (this.#partner !== undefined) return await this.#say(this.#partner, typed.text);
        return this.#complain('To whom? /msg NAME talks with somebody from now on.');
      case 'unknown': {
        const hint = typed.nearest ? `did you mean /${typed.nearest}?` : '/help lists what there is.';
        return this.#complain(`There is no /${visible(typed.name)}; ${hint}`);
      }
      case 'command':
        return await this.#command(typed.name, typed.argument);
    }
  }

  async #command(name: SlashName, argument: string): Promise<void> {
    const { client } = this.#options;
    switch (name) {
      case 'msg':
        return await this.#message(argument);
      case 'users':
        return await printUsers(client, this.#output, argument);
      case 'sessions':
        return await printSessions(client, this.#output, argument || undefined);
      case 'transcript':
        return await printTranscript(client, this.#output, argument || (await this.#latestSession()));
      case 'replay':
        return await this.#replay(argument || (await this.#latestSession()));
      case 'delete account':
        return await this.#deleteAccount();
      case 'logout':
        return await this.#logOut();
      case 'help':
        for (const line of helpLines()) await this.#output.say(line);
        return;
      case 'parrot':
        for (const line of parrot(visible(this.#lastHeard))) await this.#output.say(line);
        return;
      case 'quit':
        this.#hasLeft = true;
    }
  }

  async #message(argument: string): Promise<void> {
    const { name, text } = splitName(argument);
    if (!name) return this.#complain('To whom? /msg NAME TEXT.');
    if (text) await this.#say(name, text);
    if (text && this.#partner !== undefined) return;
    this.#partner = name;
    this.#lookAtLine();
  }

  /** What was said comes back as the log has it. Ctrl-C meanwhile leaves, and the outcome is unknown. */
  async #say(to: string, text: string): Promise<void> {
    const { client, identity, screen, timeoutMs } = this.#options;
    screen.onInterrupt = () => void client.close();
    try {
      const sent = await client.send(to, text, timeoutMs === undefined ? {} : { timeoutMs });
      const { id, session = '', at = 0, position = 0 } = sent;
      const message = { id, session, from: identity.name, text, at, position };
      screen.eraseTyped();
      await this.#output.emit({ ...message, at: iso(at) }, renderSent(message, this.#output.palette));
    } finally {
      screen.onInterrupt = undefined;
    }
  }

  async #show(item: ItemView): Promise<void> {
    this.#lastHeard = item.text;
    await this.#output.emit(itemJson(item), renderItem(item, this.#output.palette));
  }

  async #latestSession(): Promise<string> {
    let latest: string | undefined;
    for await (const { session } of this.#options.client.sessions(this.#partner ?? null)) latest = session;
    if (latest === undefined) throw Object.assign(new Error('There is no session yet.'), { name: 'Refused', code: 'unknown-session' });
    return latest;
  }

  async #replay(session: string): Promise<void> {
    const { client, screen } = this.#options;
    const ended = new AbortController();
    screen.onInterrupt = () => ended.abort();
    try {
      await printReplay(client, this.#output, session, ended.signal);
    } finally {
      screen.onInterrupt = undefined;
    }
  }

  async #deleteAccount(): Promise<void> {
    const { client, identity, profile, screen } = this.#options;
    const answer = await screen.ask(`Delete ${visible(identity.name)} for good? Type the name to confirm: `);
    if (answer?.trim() !== identity.name) return this.#complain('That is not the name; nothing was deleted.');
    await client.deleteAccount();
    profile.remove();
    this.#note(`deleted ${visible(identity.name)}`);
    this.#hasLeft = true;
  }

  async #logOut(): Promise<void> {
    const { client, profile } = this.#options;
    await client.logOut();
    profile.remove();
    this.#note('logged out');
    this.#hasLeft = true;
  }
}
