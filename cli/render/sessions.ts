import type { SessionView } from '../../src/client/client.ts';
import type { Palette } from './colour.ts';
import { table } from './table.ts';
import { visible } from './text.ts';
import { iso } from './time.ts';

export function renderSessions(sessions: readonly SessionView[], palette: Palette): string[] {
  if (sessions.length === 0) return ['no sessions yet'];
  const columns = [
    { title: 'session' },
    { title: 'participants' },
    { title: 'opened' },
    { title: 'last message' },
    { title: 'messages', align: 'right' as const },
    { title: 'state' },
  ];
  const rows = sessions.map(({ session, participants, openedAt, lastAt, messages, state }) => [
    session,
    participants.map((name) => palette.name(visible(name))).join(', '),
    iso(openedAt),
    iso(lastAt),
    String(messages),
    state,
  ]);
  return table(columns, rows);
}

export function sessionJson({
  session,
  participants,
  openedAt,
  lastAt,
  messages,
  state,
  topic,
}: SessionView) {
  const group = topic === undefined ? {} : { topic };
  return { session, participants, opened_at: iso(openedAt), last_at: iso(lastAt), messages, state, ...group };
}
