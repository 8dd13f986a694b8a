/**
 * A made-up log, frame by frame as a leader would have written it: users register, pairs of them talk. Deterministic, so
 * that runs can be compared.
 */
import { encodeEvent } from '../src/events/codec.ts';
import type { DomainEvent } from '../src/events/domain.ts';
import { Frame } from '../src/events/frame.ts';
import { hashToken } from '../src/events/tokens.ts';
import { emptyMark } from '../src/replication/rebuild.ts';
import { emptyTail, tailOf } from '../src/replication/tail.ts';

export interface SyntheticLog {
  readonly users: number;
  readonly messages: number;
  readonly eventsPerFrame: number;
}

/** User `index` of the log; every one of them can log in with `tokenOf` as token. */
export const userOf = (index: number) => `u-${String(index).padStart(16, '0')}`;
export const nameOf = (index: number) => `user${index}`;
export const tokenOf = (index: number) => `token-${index}`;

const startMs = Date.UTC(2026, 0, 1);
const text = 'x'.repeat(256);

export function* syntheticFrames({ users, messages, eventsPerFrame }: SyntheticLog): Generator<Frame> {
  let tail = emptyTail;
  let pending: string[] = [];
  const cut = (epoch: number): Frame => {
    const mark = { number: tail.number, state: emptyMark.state, version: 0 }; // of no version: compared with nothing
    const header = {
      generation: 1,
      epoch,
      number: tail.number + 1,
      prev: tail.hash,
      leader: 'n1',
      wall: startMs,
      mark,
    };
    const frame = Frame.encode({ ...header, position: tail.position + 1, clock: tail.clock + 1 }, pending);
    tail = tailOf(frame);
    pending = [];
    return frame;
  };
  const cluster = { members: ['n1', 'n2', 'n3'], copies: 2 };
  const base = { number: 0, hash: tail.hash };
  pending.push(
    encodeEvent({ type: 'Seeded', at: startMs, data: { generation: 1, base, ...cluster, minCopies: 1 } }),
  );
  yield cut(0);
  pending.push(encodeEvent({ type: 'LeaderElected', at: startMs, data: { node: 'n1', ...cluster } }));
  yield cut(1);
  for (const event of events(users, messages)) {
    pending.push(encodeEvent(event));
    if (pending.length === eventsPerFrame) yield cut(1);
  }
  if (pending.length > 0) yield cut(1);
}

function* events(users: number, messages: number): Generator<DomainEvent> {
  for (let index = 0; index < users; index++) yield* registered(index, startMs + index);
  const opened = new Set<string>();
  for (let index = 0; index < messages; index++) {
    const at = startMs + users + index;
    // Spread over all users by a step that shares no factor with their number; everyone has two partners.
    const from = (index * 7_919) % users;
    const to = (from + 1) % users;
    const [first, second] = [userOf(from), userOf(to)].sort() as [string, string];
    const session = `s-${String(Math.min(from, to)).padStart(8, '0')}${String(Math.max(from, to)).padStart(8, '0')}`;
    if (!opened.has(session)) {
      opened.add(session);
      yield { type: 'SessionOpened', at, data: { session, participants: [first, second], continues: null } };
    }
    const cause = { user: userOf(from), id: `m-${String(index).padStart(16, '0')}`, digest: '0'.repeat(32) };
    yield { type: 'MessagePosted', at, data: { session, from: userOf(from), text }, cause };
  }
}

function* registered(index: number, at: number): Generator<DomainEvent> {
  const user = userOf(index);
  const cause = (id: string) => ({
    user: 'g-0000000000000000',
    id: `${id}-${index}`,
    digest: '0'.repeat(32),
  });
  const secrets = { passwordHash: '$argon2id$nobody-can-log-in-with-this', recoveryHash: '0'.repeat(64) };
  yield {
    type: 'UserRegistered',
    at,
    data: { user, name: nameOf(index), skeletons: [], ...secrets },
    cause: cause('r'),
  };
  yield {
    type: 'LoggedIn',
    at,
    data: { user, tokenHash: hashToken(tokenOf(index)), expiresAt: Number.MAX_SAFE_INTEGER },
    cause: cause('l'),
  };
}
