/**
 * Notices: what users who are connected are told at once and what nobody keeps: who of those they talk with came or went,
 * who was shown and has read what they wrote, what they said on another client, how a match of theirs stands.
 *
 * Each commit changes many rows, and most of what follows from them is overtaken by the next commit. So changes are
 * gathered for a moment, and everybody gets one notice of all that concerns them. A new leader begins with nothing: a
 * client that needs to be certain asks when the leader changes.
 */
import type { Bus } from '../ports/bus.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { numberKey } from '../projections/rows.ts';
import { eventAt } from '../projections/stored.ts';
import {
  type Answer,
  answers,
  items,
  mailboxes,
  matches,
  memberships,
  pairs,
  reads,
  sessions,
  users,
} from '../projections/tables.ts';
import type { LiveNotice } from '../protocol/live.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import type { UserView } from '../protocol/views.ts';
import type { Copy } from '../replication/copy.ts';
import type { HeldFrame } from '../replication/held-frames.ts';
import { conversationOf } from './belonging.ts';
import { viewMatch } from './pong/match-reader.ts';
import type { Presence } from './presence.ts';
import { nameOf, viewMessage } from './views.ts';

const gatherMs = 200;
/** Users whose queues are looked at in one go; the others' turn comes next. */
const usersPerTurn = 64;
/** As far as a look goes back in a queue: what was shown at once after a long absence is told in part. */
const framesPerLook = 32;
/** In larger groups everybody's progress would be told to everybody; there one asks. */
const toldMembersMax = 32;
/** Sessions in which those are looked for who may care that somebody came. */
const sessionsPerLook = 500;
const changesPerNotice = 500;

type Receipt = Extract<LiveNotice, { type: 'receipts' }>['receipts'][number];

interface Known {
  readonly isOnline: boolean;
  readonly shown: number;
}

export interface NoticesOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly copy: Copy;
  readonly presence: Presence;
}

export class Notices {
  readonly #options: NoticesOptions;
  /** Those who are online, as last told. */
  readonly #known = new Map<string, Known>();
  readonly #changed = new Set<string>();
  /** Of rows that tell who has read what. */
  readonly #read = new Set<string>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** Somebody who was online before this leader began. */
  know(user: string): void {
    const row = users.get(this.#options.copy.rows, user);
    if (row?.state === 'online') this.#known.set(user, { isOnline: true, shown: row.shown });
  }

  committed(frames: readonly HeldFrame[]): void {
    for (const { frame, layer } of frames) {
      for (const key of layer.changed.keys()) {
        if (key.startsWith(users.key(''))) this.#changed.add(users.rest(key));
        else if (key.startsWith(reads.key(''))) this.#read.add(key);
        else if (key.startsWith(matches.key(''))) this.#tellOfMatch(matches.rest(key), { frame, layer });
      }
      for (const [key, value] of layer.additions)
        if (key.startsWith(answers.key(''))) this.#echo(key, value as Answer, { frame, layer }); // the key says so
    }
    this.#begin();
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** What a user says on one client is told to the others of the same user; nobody has it in a queue of their own. */
  #echo(key: string, [position]: Answer, { frame, layer }: HeldFrame): void {
    const [user = ''] = answers.rest(key).split('/');
    if (this.#options.presence.clientsOf(user) < 2) return;
    const message = viewMessage(layer, eventAt(frame, position));
    if (message) this.#tell(user, { type: 'said', message });
  }

  /** At once: its players wait for it. */
  #tellOfMatch(id: string, { frame, layer }: HeldFrame): void {
    const match = matches.get(layer, id);
    if (!match) return;
    const notice = { type: 'match', position: frame.last, match: viewMatch(layer, match) } as const;
    for (const player of match.players) if (player !== null) this.#tell(player, notice);
  }

  #begin(): void {
    if (this.#timer !== undefined || this.#isStopped) return;
    if (this.#changed.size === 0 && this.#read.size === 0) return;
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#tellAll().then(
        () => this.#begin(),
        () => undefined, // the store was closed: this leader is being stopped
      );
    }, gatherMs);
  }

  async #tellAll(): Promise<void> {
    const receipts = new Map<string, Receipt[]>();
    const arrivals = new Map<string, UserView[]>();
    for (const key of this.#read) this.#gatherRead(key, receipts);
    this.#read.clear();
    for (const user of [...this.#changed].slice(0, usersPerTurn)) {
      this.#changed.delete(user);
      const before = this.#known.get(user);
      const row = users.get(this.#options.copy.rows, user);
      const isOnline = row?.state === 'online';
      const shown = row?.shown ?? 0;
      if (isOnline) this.#known.set(user, { isOnline, shown });
      else this.#known.delete(user);
      if (shown > (before?.shown ?? 0)) this.#gatherShown(user, before?.shown ?? 0, shown, receipts);
      if (row && row.state !== 'deleted' && isOnline !== (before?.isOnline ?? false))
        await this.#gatherArrival(user, { name: row.name, online: isOnline }, arrivals);
    }
    if (this.#isStopped) return;
    const { shown: position } = this.#options.copy;
    for (const [user, list] of receipts)
      for (const part of inParts(list)) this.#tell(user, { type: 'receipts', position, receipts: part });
    for (const [user, list] of arrivals)
      for (const part of inParts(list)) this.#tell(user, { type: 'presence', position, users: part });
  }

  #gatherRead(key: string, receipts: Map<string, Receipt[]>): void {
    const { rows } = this.#options.copy;
    const [conversation = '', user = ''] = reads.rest(key).split('/');
    const read = reads.get(rows, conversation, user) ?? 0;
    const receipt = { conversation, name: nameOf(rows, user), read };
    for (const member of new Set([user, ...this.#company(conversation)]))
      this.#add(receipts, member, receipt);
  }

  /** Back through what the user was shown just now: to whom it matters, and up to where. */
  #gatherShown(user: string, after: number, upTo: number, receipts: Map<string, Receipt[]>): void {
    const { rows } = this.#options.copy;
    const newest = new Map<string, number>();
    let [position, frame] = mailboxes.get(rows, user)?.last ?? [0, 0];
    for (let looked = 0; looked < framesPerLook && position > after; looked++) {
      const row = items.get(rows, user, numberKey(frame));
      if (!row) break;
      for (const run of row.runs) {
        if ('returned' in run) continue;
        const session = 'group' in run ? run.group : pairs.get(rows, ...[run.from, user].sort());
        const last = run.at.findLast((at) => at <= upTo && at > after);
        if (session === undefined || last === undefined) continue;
        newest.set(session, Math.max(last, newest.get(session) ?? 0));
      }
      [position, frame] = row.prev;
    }
    for (const [session, delivered] of newest) {
      const receipt = { conversation: conversationOf(rows, session), name: nameOf(rows, user), delivered };
      for (const member of this.#company(session)) if (member !== user) this.#add(receipts, member, receipt);
    }
  }

  async #gatherArrival(user: string, arrival: UserView, arrivals: Map<string, UserView[]>): Promise<void> {
    const { store, rows } = this.#options.copy;
    const range = { from: memberships.key(user, ''), to: memberships.key(user, '~') };
    const own = await store.rangeRows({ ...range, limit: sessionsPerLook, reverse: true });
    const concerned = new Set<string>();
    for (const [, text] of own)
      for (const other of sessions.get(rows, JSON.parse(text) as string)?.participants ?? [])
        concerned.add(other); // rows of that table
    concerned.delete(user);
    for (const other of concerned) this.#add(arrivals, other, arrival);
  }

  /** Those who are told how far one of them is. */
  #company(session: string): readonly string[] {
    const { participants = [] } = sessions.get(this.#options.copy.rows, session) ?? {};
    return participants.length <= toldMembersMax ? participants : [];
  }

  #add<C>(changes: Map<string, C[]>, user: string, change: C): void {
    if (!this.#options.presence.isOnline(user)) return;
    const own = changes.get(user);
    if (own) own.push(change);
    else changes.set(user, [change]);
  }

  #tell(user: string, notice: LiveNotice): void {
    this.#options.bus.publish(clientSubjects.live(user), JSON.stringify(notice));
  }
}

function* inParts<T>(list: readonly T[]): Generator<T[]> {
  for (let at = 0; at < list.length; at += changesPerNotice) yield list.slice(at, at + changesPerNotice);
}
