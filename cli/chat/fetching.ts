/** What the screen's state lacks, asked of the cluster and given to it as events. */
import type { MessageView, UserClient } from '../../src/client/client.ts';
import type { ConversationView } from '../../src/client/conversations.ts';
import { collect } from '../collect.ts';
import type { Does } from './events.ts';
import { earlierThan, laterThan, searched } from './pages.ts';
import type { Screen } from './screen.ts';
import { type Conversation, conversationOf, currentOf, type Found } from './state.ts';
import { firstSaid, lastSaid, type Said } from './window.ts';

const lookedUpMax = 20;

export class Fetching {
  readonly #client: UserClient;
  readonly #screen: Screen;
  /** Of which conversations the receipts are known since there is a leader; undefined: there is none. */
  #receiptsOf: Set<string> | undefined;
  #searching: AbortController | undefined;

  constructor(client: UserClient, screen: Screen) {
    this.#client = client;
    this.#screen = screen;
  }

  /** There is a leader again: what was told meanwhile was told to nobody here. */
  async begin(): Promise<void> {
    this.#receiptsOf = new Set();
    const views = await collect(this.#client.conversations.list());
    this.#screen.dispatch({ type: 'conversations', views });
    await this.receipts();
    for await (const match of this.#client.matches.list({ player: this.#screen.state.me, isOpen: true })) {
      const notice = { type: 'match', position: 0, match } as const; // as if it were told now
      this.#screen.dispatch({ type: 'live', notice, nowMs: Date.now() });
    }
  }

  /** Of the conversation that is looked at, once; then they are told. */
  async receipts(): Promise<void> {
    const { id, key } = currentOf(this.#screen.state);
    const known = this.#receiptsOf;
    if (id === undefined || known === undefined || known.has(id)) return;
    known.add(id);
    const receipts = await this.#client.conversations.receipts(id).catch(() => undefined);
    if (receipts) this.#screen.dispatch({ type: 'receipts', key, receipts });
    else known.delete(id);
  }

  /** A conversation that is new here, or of which something else is new. */
  async opened(session: string): Promise<ConversationView> {
    const view = await this.#client.conversations.get(session);
    this.#screen.dispatch({ type: 'conversations', views: [view] });
    return view;
  }

  async load({ key, where }: Does<'load'>): Promise<void> {
    const conversation = this.#screen.state.conversations.find((one) => one.key === key);
    if (conversation?.id === undefined) return;
    void this.receipts();
    const { messages, hasMore } = await this.#part(conversation, conversation.id, where);
    this.#screen.dispatch({ type: 'page', key, where, messages, hasMore });
  }

  /** A page that ends with what was found; what follows is fetched as it is scrolled to. */
  async show({ found }: Does<'show'>): Promise<void> {
    const { conversation, session, position = 0 } = found;
    const known = conversationOf(this.#screen.state, conversation);
    const key = known?.key ?? (await this.opened(conversation)).conversation;
    const { messages } = await earlierThan(this.#client, conversation, { session, position: position + 1 });
    this.#screen.goTo(key);
    this.#screen.dispatch({ type: 'page', key, where: 'around', messages, hasMore: true, position });
  }

  /** In the conversation that is looked at; from the first window in all. Found is shown as it comes. */
  async search(text: string): Promise<void> {
    this.stopSearch();
    const searching = new AbortController();
    this.#searching = searching;
    const conversation = currentOf(this.#screen.state).id ?? null;
    this.#screen.dispatch({ type: 'searching', text });
    for await (const { messages, next } of searched(this.#client, text, conversation)) {
      if (searching.signal.aborted) return;
      this.#screen.dispatch({ type: 'found', text, found: messages.map(foundOf), isDone: next === null });
    }
  }

  stopSearch(): void {
    this.#searching?.abort();
  }

  /** Names for Tab, which is pressed once more then. */
  async lookUp({ prefix }: Does<'lookUp'>): Promise<void> {
    const names: string[] = [];
    for await (const { name } of this.#client.users(prefix)) {
      names.push(name);
      if (names.length === lookedUpMax) break;
    }
    this.#screen.dispatch({ type: 'names', names });
    const key = { kind: 'key', name: 'tab' } as const;
    if (names.length > 0) this.#screen.dispatch({ type: 'key', key, nowMs: Date.now() });
  }

  #part({ window }: Conversation, id: string, where: Does<'load'>['where']) {
    if (where === 'end') return earlierThan(this.#client, id, null);
    if (where === 'earlier') return earlierThan(this.#client, id, cursorOf(firstSaid(window)));
    const after = cursorOf(lastSaid(window)) ?? { session: id, position: 0 };
    return laterThan(this.#client, after);
  }
}

function cursorOf(said: Said | undefined) {
  return said?.position === undefined ? null : { session: said.session, position: said.position };
}

function foundOf({ id, kind, from, text, at, session, position, conversation }: MessageView): Found {
  return { type: 'said', id, kind, from, text, at, session, position, conversation, isOwn: false };
}
