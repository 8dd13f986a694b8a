/** What the chat's commands see of it, on a screen as in a pipe. */
import type { Identity, MessageView, UserClient } from '../../src/client/client.ts';
import type { Output } from '../output.ts';
import type { Profile } from '../profile.ts';

/** Where what is typed goes. */
export interface Place {
  readonly title: string;
  readonly to: string | { readonly session: string };
  /** Two people, who have no topic and nobody to invite. */
  readonly isPair?: boolean;
}

export interface Room {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
  readonly output: Output;
  /** How long to wait for an answer; undefined: for ever. */
  readonly timeoutMs: number | undefined;
  readonly place: Place | undefined;
  /** Whatever was said last, by others. */
  readonly lastHeard: string;
  /** A word of the chat's own. */
  note(text: string): void;
  /** The answer; undefined when it was refused, or none will come. */
  ask(question: string, isHidden?: boolean): Promise<string | undefined>;
  /** From now on. */
  goTo(place: Place): Promise<void> | void;
  /** One's own words, acknowledged. */
  said(to: Place, message: MessageView): Promise<void> | void;
  /** Something was done in a group, which `text` tells where it is not shown anyway. */
  changed(session: string, text: string): Promise<void> | void;
  /** Plays a session; what ends it is the room's. */
  replay(session: string): Promise<void>;
  /** Pong, against somebody. */
  play(name: string): Promise<void>;
  search(text: string): Promise<void>;
  clear(): void;
  leave(farewell?: string): void;
  /** Does it so that Ctrl-C gives up on it, and its outcome is unknown then. */
  interruptible<T>(work: () => Promise<T>): Promise<T>;
}
