/** A session as a recording: what was said in it, and who came and went meanwhile. */
import type { MessageView, UserClient } from '../../src/client/client.ts';
import { collect } from '../collect.ts';
import { cut, type Moment } from '../playback.ts';
import type { Happening, Passed, Recording } from './model/recording.ts';

export interface Part {
  readonly from?: Moment;
  readonly to?: Moment;
}

/** All of it, or a part. */
export async function readRecording(
  client: UserClient,
  session: string,
  timeoutMs?: number,
  { from, to }: Part = {},
): Promise<Recording> {
  const messages = await collect(client.transcript(session, timeoutMs));
  const startedAt = messages[0]?.at ?? 0;
  return recordingOf(cut(messages, startedAt, from, to), [], startedAt);
}

/** @param startedAt of the session's first message: what is cut away before it shifts no offset. */
function recordingOf(
  messages: readonly MessageView[],
  passed: readonly PassedAt[],
  startedAt: number,
): Recording {
  const said = messages.map(
    ({ at, from, text }): Happening => ({ kind: 'said', offsetMs: at - startedAt, from, text }),
  );
  const others = passed.map(({ at, kind, name }): Happening => ({ kind, offsetMs: at - startedAt, name }));
  return {
    title: [...new Set(messages.map(({ from }) => from))].join(', '),
    startedAt,
    happenings: [...said, ...others].sort((a, b) => a.offsetMs - b.offsetMs),
  };
}

interface PassedAt {
  readonly kind: Passed['kind'];
  readonly name: string;
  readonly at: number;
}
