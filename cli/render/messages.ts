/** Messages as lines: of a transcript, of a replay, of an inbox. */
import type { ItemView, MessageView } from '../../src/client/client.ts';
import type { Palette } from './colour.ts';
import { visible } from './text.ts';
import { iso } from './time.ts';

/** What every line says of a message. */
export type Said = Pick<MessageView, 'id' | 'session' | 'from' | 'text' | 'at' | 'position'>;

/** `alice: 'hello'` */
export function renderSpoken({ from, text }: Pick<MessageView, 'from' | 'text'>, { name }: Palette): string {
  return `${name(visible(from))}: '${visible(text)}'`;
}

/** `alice: 'hello'; sent at 2026-11-21T19:30:12.345Z` */
export function renderSent(message: Said, palette: Palette): string {
  return `${renderSpoken(message, palette)}${palette.dim(`; sent at ${iso(message.at)}`)}`;
}

/** An item of a queue; what came back says so. */
export function renderItem(item: ItemView, palette: Palette): string {
  if (item.kind === 'message') return renderSent(item, palette);
  return `${palette.yellow('undeliverable')}: ${renderSent(item, palette)}`;
}

export function messageJson({ id, session, from, text, at, position }: Said) {
  return { id, session, from, text, at: iso(at), position };
}

export function itemJson(item: ItemView) {
  return { ...messageJson(item), ...(item.kind === 'returned' ? { undeliverable: true } : {}) };
}
