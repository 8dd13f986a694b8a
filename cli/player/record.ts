/** A session as a recording: what was said in it, and who came and went meanwhile. */
import type { MessageView, UserClient } from '../../src/client/client.ts';
import type { PassageView } from '../../src/client/conversations.ts';
import { collect } from '../collect.ts';
import { cut, firstSaidAt, type Moment } from '../playback.ts';
import type { Happening, Recording } from './model/recording.ts';

export interface Part {
  readonly from?: Moment;
  readonly to?: Moment;
}

/** In a larger group comings and goings would drown what was said. */
const watchedMax = 12;

/** All of it, or a part. */
export async function readRecording(
  client: UserClient,
  session: string,
  timeoutMs?: number,
  { from, to }: Part = {},
): Promise<Recording> {
  const entries = await collect(client.transcript(session, timeoutMs));
  const startedAt = entries[0]?.at ?? 0;
  const { others, topic } = await client.conversations.get(session, timeoutMs);
  const { name: self } = await client.whoAmI(timeoutMs);
  const participants = [self, ...others.map(({ name }) => name)];
  const passed =
    participants.length > watchedMax ? [] : await passedIn(client, session, participants, timeoutMs);
  const all = [
    ...entries.map((entry) => ({ ...entry, happening: happeningFrom(entry, startedAt) })),
    ...passed.map(({ at, kind, name, position }) => ({
      at,
      position,
      happening: { kind, name, what: '', offsetMs: at - startedAt },
    })),
  ].sort((one, other) => one.position - other.position); // much happens within one millisecond
  const happenings = cut(all, firstSaidAt(entries) ?? startedAt, from, to).map(({ happening }) => happening);
  return { title: topic || participants.join(', '), startedAt, happenings };
}

function happeningFrom({ at, kind, from, text, members = [] }: MessageView, startedAt: number): Happening {
  const offsetMs = at - startedAt;
  if (kind === 'message') return { kind: 'said', offsetMs, from, text };
  return { kind, offsetMs, name: from, what: kind === 'joined' ? members.join(', ') : text };
}

interface Passed {
  readonly kind: 'came' | 'went';
  readonly name: string;
  readonly at: number;
  readonly position: number;
}

async function passedIn(
  client: UserClient,
  session: string,
  names: readonly string[],
  timeoutMs: number | undefined,
): Promise<Passed[]> {
  const passed: Passed[] = [];
  for (const name of names) {
    const passages = await collect(client.conversations.passages(session, name, timeoutMs)).catch(goneFor);
    for (const { kind, at, position } of presenceOf(passages.reverse()))
      passed.push({ kind, at, name, position });
  }
  return passed;
}

/** Whose account is deleted has no comings and goings any more. */
function goneFor(error: Error & { readonly code?: string }): PassageView[] {
  if (error.code === 'unknown-user') return [];
  throw error;
}

/**
 * Somebody comes with the first client and goes with the last. Clients that go without having come were there from before.
 * @param passages oldest first.
 */
export function presenceOf(passages: readonly PassageView[]): PassageView[] {
  const here = new Set<string>();
  const came = new Set<string>();
  for (const { kind, client } of passages) {
    if (kind === 'went' && !came.has(client)) here.add(client);
    came.add(client);
  }
  return passages.filter(({ kind, client }) => {
    const before = here.size;
    if (kind === 'came') here.add(client);
    else here.delete(client);
    return (before === 0) !== (here.size === 0);
  });
}
