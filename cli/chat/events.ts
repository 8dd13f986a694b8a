/** What can happen to the chat on a terminal, and what it wants done about it. */
import type { ItemView, MessageView } from '../../src/client/client.ts';
import type { ConversationView, LiveNotice, ReceiptView } from '../../src/client/conversations.ts';
import type { Key } from '../tui/keys.ts';
import type { Size } from '../tui/terminal.ts';
import type { CommandName } from './commands.ts';
import type { Found, LineNews, Question } from './state.ts';
import type { Note } from './window.ts';

/** `nowMs`: milliseconds since 1970. */
export type Event =
  | { readonly type: 'key'; readonly key: Key; readonly nowMs: number }
  | { readonly type: 'resized'; readonly size: Size }
  | { readonly type: 'loggedIn'; readonly name: string }
  | { readonly type: 'line'; readonly line: LineNews }
  /** Conversations, as the log has them now. */
  | { readonly type: 'conversations'; readonly views: readonly ConversationView[] }
  /** An item of one's queue. */
  | { readonly type: 'heard'; readonly item: ItemView }
  | { readonly type: 'live'; readonly notice: LiveNotice; readonly nowMs: number }
  | { readonly type: 'receipts'; readonly key: string; readonly receipts: readonly ReceiptView[] }
  /** A part of a conversation, oldest first. */
  | {
      readonly type: 'page';
      readonly key: string;
      readonly where: 'earlier' | 'later' | 'end' | 'around';
      readonly messages: readonly MessageView[];
      readonly hasMore: boolean;
      /** Of `around`: the message that was looked for. */
      readonly position?: number;
    }
  | { readonly type: 'pageFailed'; readonly key: string }
  | { readonly type: 'sent'; readonly key: string; readonly message: MessageView }
  | {
      readonly type: 'notSent';
      readonly key: string;
      readonly id: string;
      readonly why: string;
      readonly nowMs: number;
    }
  | {
      readonly type: 'note';
      readonly text: string;
      readonly tone: Note['tone'];
      readonly key?: string;
      readonly nowMs: number;
    }
  /** A note that is not to stay, such as a recovery code. */
  | { readonly type: 'forget'; readonly text: string }
  | { readonly type: 'asked'; readonly question: Question | undefined }
  | { readonly type: 'goTo'; readonly name: string; readonly online: boolean }
  | { readonly type: 'goToKey'; readonly key: string }
  | { readonly type: 'names'; readonly names: readonly string[] }
  | {
      readonly type: 'found';
      readonly text: string;
      readonly found: readonly Found[];
      readonly isDone: boolean;
    }
  | { readonly type: 'searching'; readonly text: string }
  /** Something was said or done there that is told to nobody here. */
  | { readonly type: 'stale'; readonly conversation: string }
  | { readonly type: 'clear' }
  /** Something else has the terminal for a while: nobody sees what is said. */
  | { readonly type: 'covered'; readonly isCovered: boolean }
  | { readonly type: 'tick'; readonly nowMs: number };

export type Effect =
  | { readonly do: 'send'; readonly key: string; readonly id: string; readonly text: string }
  | { readonly do: 'command'; readonly name: CommandName; readonly argument: string }
  | { readonly do: 'answer'; readonly text: string | undefined }
  | { readonly do: 'load'; readonly key: string; readonly where: 'earlier' | 'later' | 'end' }
  | { readonly do: 'show'; readonly found: Found }
  /** Asks what a conversation is like now. */
  | { readonly do: 'renew'; readonly session: string }
  | { readonly do: 'typing'; readonly conversation: string }
  | { readonly do: 'read'; readonly conversation: string; readonly position: number }
  | { readonly do: 'lookUp'; readonly prefix: string }
  | { readonly do: 'interrupt' }
  | { readonly do: 'stopSearch' }
  | { readonly do: 'suspend' }
  | { readonly do: 'redraw' }
  | { readonly do: 'bell' };

export type Does<D extends Effect['do']> = Extract<Effect, { do: D }>;

export interface Ports {
  /** For a message of one's own. */
  newId(): string;
}
