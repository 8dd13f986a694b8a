import { type ConversationView, unreadMax } from '../../src/client/conversations.ts';
import type { Palette } from './colour.ts';
import { table } from './table.ts';
import { visible } from './text.ts';
import { iso } from './time.ts';

export function renderConversations(conversations: readonly ConversationView[], palette: Palette): string[] {
  if (conversations.length === 0) return ['no conversations yet'];
  const columns = [
    { title: 'session' },
    { title: 'with' },
    { title: 'about' },
    { title: 'new', align: 'right' as const },
    { title: 'last message' },
  ];
  const rows = conversations.map(({ session, others, topic, unread, last }) => [
    session,
    others.map(({ name }) => palette.name(visible(name))).join(', '),
    visible(topic),
    unread < unreadMax ? String(unread) : `${unreadMax - 1}+`,
    last ? `${iso(last.at)} ${palette.name(visible(last.from))}` : '',
  ]);
  return table(columns, rows);
}

export function conversationJson({ conversation, kind, session, others, ...rest }: ConversationView) {
  const { topic, unread, read, isOpen, last } = rest;
  return {
    conversation,
    kind,
    session,
    others,
    ...(kind === 'group' ? { topic } : {}),
    unread,
    read,
    open: isOpen,
    last: last && { ...last, at: iso(last.at) },
  };
}
