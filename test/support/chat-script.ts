/** An evening of chatting as a list of events: what the state becomes, what it wants done, and what the screen shows. */

import type { Effect, Event } from '../../cli/chat/events.ts';
import { initialState, type LineNews, type State } from '../../cli/chat/state.ts';
import { update } from '../../cli/chat/update.ts';
import { view } from '../../cli/chat/view.ts';
import { plainText } from '../../cli/tui/spans.ts';
import type { ItemView, MessageView } from '../../src/client/client.ts';
import type { ConversationView } from '../../src/client/conversations.ts';

/** A moment in the local time zone, so that what is shown does not depend on it. */
export const noon = new Date(2026, 10, 22, 12, 0).getTime();
export const minuteMs = 60_000;

const ready: LineNews = { state: 'ready', server: '127.0.0.1:4222', leader: 'n2', epoch: 4, lagMs: 2 };

export class ChatScript {
  state: State;
  effects: Effect[] = [];
  nowMs = noon;
  #ids = 0;

  constructor(size = { columns: 80, rows: 24 }) {
    this.state = initialState(size, { hasBell: true, timeFormat: '24h' });
    this.event({ type: 'loggedIn', name: 'alice' });
    this.event({ type: 'line', line: ready });
  }

  event(...events: Event[]): this {
    for (const event of events) {
      const step = update(this.state, event, { newId: () => `m-${this.#ids++}` });
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

  line(news: Partial<LineNews>): this {
    return this.event({ type: 'line', line: { ...ready, ...news } });
  }

  hear(text: string, position: number, about: Partial<ItemView> = {}): this {
    const item = {
      ...messageView(text, position),
      kind: 'message',
      prev: 0,
      item: position,
      ...about,
    } as const;
    return this.event({ type: 'heard', item });
  }

  /** What was wanted since it was asked last, of one kind. */
  took<D extends Effect['do']>(kind: D): Extract<Effect, { do: D }>[] {
    const took = this.effects.filter((one): one is Extract<Effect, { do: D }> => one.do === kind);
    this.effects = this.effects.filter((one) => one.do !== kind);
    return took;
  }

  screen(): string {
    return view(this.state)
      .lines.map((line) => plainText(line).trimEnd())
      .join('\n');
  }
}

export function messageView(text: string, position: number, from = 'bob'): MessageView {
  return {
    id: `${from}-${position}`,
    session: 's-1',
    conversation: 's-1',
    kind: 'message',
    from,
    text,
    at: noon + position * minuteMs,
    position,
  };
}

export function conversationView(about: Partial<ConversationView> = {}): ConversationView {
  return {
    conversation: 's-1',
    kind: 'pair',
    session: 's-1',
    others: [{ name: 'bob', online: true }],
    isOpen: true,
    topic: '',
    unread: 0,
    read: 0,
    last: null,
    ...about,
  };
}
