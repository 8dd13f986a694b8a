/** Messages as lines: of a transcript, of a replay, of an inbox. */
import type { ItemView, MessageView } from '../../src/client/client.ts';
import type { Palette } from './colour.ts';
import { visible } from './text.ts';
import { iso } from './time.ts';

type Words = Pick<MessageView, 'from' | 'text'> & Partial<Pick<MessageView, 'members'>>;

/** What every line says of a message, or of somebody who came to a group, left it or said what it is about. */
export type Said = Pick<MessageView, 'id' | 'session' | 'at' | 'position'> & Words & { readonly kind?: Kind };
type Kind = ItemView['kind'];

/** `alice: 'hello'`, and of a group also `* bob invited carol`. */
export function renderSpoken(
  { kind = 'message', ...words }: Words & { readonly kind?: Kind },
  palette: Palette,
): string {
  const name = (user: string) => palette.name(visible(user));
  const { from, text, members = [] } = words;
  switch (kind) {
    case 'message':
    case 'returned':
      return `${name(from)}: '${visible(text)}'`;
    case 'opened':
      return `* ${name(from)} opened the group for ${members.map(name).join(', ')}${about(text)}`;
    case 'joined':
      return `* ${name(from)} invited ${members.map(name).join(', ')}`;
    case 'left':
      return `* ${name(from)} left`;
    case 'topic':
      return `* ${name(from)} ${text === '' ? 'took the topic away' : `set the topic '${visible(text)}'`}`;
    default:
      return kind satisfies never;
  }
}

function about(topic: string): string {
  return topic === '' ? '' : ` about '${visible(topic)}'`;
}

/** `alice: 'hello'; sent at 2026-11-21T19:30:12.345Z` */
export function renderSent(message: Said, palette: Palette): string {
  const when = message.kind === undefined || isSaid(message.kind) ? 'sent at' : 'at';
  return `${renderSpoken(message, palette)}${palette.dim(`; ${when} ${iso(message.at)}`)}`;
}

/** An item of a queue; what came back says so. */
export function renderItem(item: Said & { readonly kind: Kind }, palette: Palette): string {
  if (item.kind !== 'returned') return renderSent(item, palette);
  return `${palette.yellow('undeliverable')}: ${renderSent(item, palette)}`;
}

/** `kind` and `members` only of what is no message. */
export function messageJson({ id, session, from, text, at, position, kind = 'message', members }: Said) {
  const message = { id, session, from, text, at: iso(at), position };
  return isSaid(kind) ? message : { ...message, kind, ...(members ? { members } : {}) };
}

export function itemJson(item: ItemView) {
  return { ...messageJson(item), ...(item.kind === 'returned' ? { undeliverable: true } : {}) };
}

function isSaid(kind: Kind): boolean {
  return kind === 'message' || kind === 'returned';
}
