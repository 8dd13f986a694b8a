/** What a chat knows while it lasts, and the ways in which it speaks to its user. */
import type { Identity, UserClient } from '../../src/client/client.ts';
import { exitStatus, failureFrom, tell } from '../failure.ts';
import { Output } from '../output.ts';
import type { Profile } from '../profile.ts';
import { visible } from '../render/text.ts';
import type { Screen } from './screen.ts';

export interface RoomOptions {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly screen: Screen;
  readonly json?: boolean;
  /** How long to wait for an answer; undefined: for ever. */
  readonly timeoutMs?: number;
}

export class Room {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly screen: Screen;
  readonly output: Output;
  readonly timeoutMs: number | undefined;
  /** Whom one talks with. */
  partner: string | undefined;
  /** Whatever was said last, by others. */
  lastHeard = '';
  hasLeft = false;
  /** Exit status: of the worst that happened. */
  status: number = exitStatus.done;

  constructor({ client, identity, profile, screen, json = false, timeoutMs }: RoomOptions) {
    this.client = client;
    this.identity = identity;
    this.profile = profile;
    this.screen = screen;
    this.output = new Output({ json }, (line) => screen.print(line));
    this.timeoutMs = timeoutMs;
  }

  /** A diagnostic; between the lines on a terminal, on standard error otherwise. */
  note(text: string): void {
    if (this.screen.isTerminal) void this.screen.print(this.output.palette.dim(text));
    else this.output.note(text);
  }

  /** Something went wrong: on a terminal the chat goes on, a script learns it from the exit status too. */
  complain(error: unknown): void {
    const failure = failureFrom(error);
    if (this.screen.isTerminal) void this.screen.print(this.output.palette.red(visible(failure.message)));
    else tell(failure, this.output.isJson);
    const isOver =
      failure.code === 'not-logged-in' ||
      (failure.status === exitStatus.unanswered && !this.screen.isTerminal);
    if (isOver || this.client.line.state === 'closed') this.hasLeft = true;
    if (this.hasLeft || !this.screen.isTerminal) this.status = Math.max(this.status, failure.status);
  }
}
