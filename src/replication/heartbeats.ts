/**
 * What nodes say to one another besides the log: heartbeats, acknowledgements, marks, positions, and who leads.
 *
 * Nothing that is heard here decides anything: a heartbeat says when to try, an acknowledgement names a hash that is
 * checked, a mark is believed only in the epoch that the own copy ends in. The log has the last word.
 */
import type { ReplicaEvent } from '../actors/replica/machine.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, every } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { clientSubjects, type LeaderNotice } from '../protocol/subjects.ts';
import { deadAfterMs } from './copies.ts';
import type { Copy } from './copy.ts';
import type { Leadership } from './leadership.ts';
import {
  type Ack,
  type Beat,
  beatSchema,
  noticeSchema,
  type Position,
  parse,
  type Role,
  subjects,
} from './messages.ts';
import { Peers } from './peers.ts';

/** The node on whose behalf is spoken and heard. */
export interface Speaker {
  readonly id: string;
  readonly role: Role;
  /** The replica machine's state. */
  readonly state: string;
  readonly isFit: boolean;
  /** Undefined until it is open. */
  readonly openCopy: Copy | undefined;
  readonly leadership: Leadership | undefined;
  send(event: ReplicaEvent): void;
  /** While this node leads, another whose copy is verified says where it stands. */
  contested(beat: Beat): void;
}

const beatMs = 100;
const leaderNoticeMs = 500;
/** Beats that were due did not come. */
const missedAfterMs = 250;
/** This process did not run, so it cannot have heard anybody. */
const pausedAfterMs = 500;

export class Heartbeats {
  readonly #speaker: Speaker;
  readonly #bus: Bus;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #peers: Peers;
  #beatMs: number;
  #leader: LeaderNotice = { leader: null, epoch: 0 };
  /** When a leader was heard whose appends succeed. */
  #leaderMs = Number.NEGATIVE_INFINITY;
  /** Nodes that operators were told of as silent. */
  /** Whether operators were told who leads. */
  #isTold = true;
  readonly #silent = new Set<string>();

  constructor(speaker: Speaker, bus: Bus, clock: Clock, journal: Journal) {
    this.#speaker = speaker;
    this.#bus = bus;
    this.#journal = journal;
    this.#clock = clock;
    this.#beatMs = clock.monotonicMs();
    this.#peers = new Peers(clock);
  }

  start(clock: Clock): { stop(): void }[] {
    const bus = this.#bus;
    return [
      bus.subscribe(subjects.beat, ({ data }) => this.#heardBeat(parse(beatSchema, data))),
      bus.subscribe(subjects.mark, ({ data }) => {
        const notice = parse(noticeSchema, data);
        if (notice) this.#heardMark(notice);
      }),
      bus.subscribe(subjects.position, (message) => {
        const { id, openCopy: copy } = this.#speaker;
        const asker = Buffer.from(message.data).toString();
        // Who sends no heartbeats is not counted on either: an answer of its would be taken for that of one who is.
        if (copy && asker !== id) message.respond(JSON.stringify(this.#position(copy)));
      }),
      bus.onStatus(() => this.#peers.listenAnew()),
      every(clock, beatMs, () => this.beat()),
      every(clock, leaderNoticeMs, () => this.#remindClients()),
    ];
  }

  /** Who leads, as far as is known. */
  get leader(): LeaderNotice {
    return this.#leader;
  }

  /** When a leader of this or a newer epoch was heard last, whose appends succeed; by the monotonic clock. */
  get leaderMs(): number {
    return this.#leaderMs;
  }

  /** Other nodes heard within the last `withinMs`. */
  recent(withinMs: number): Beat[] {
    return this.#peers.recent(withinMs);
  }

  /** Whether a node was heard within the last `withinMs`, or could not have been heard. */
  mayBeThere(node: string, withinMs: number): boolean {
    return !this.#peers.isGone(node, withinMs);
  }

  /** Whether a node took part within the last second, or could not have been heard. */
  isAlive(node: string): boolean {
    return !this.#peers.isAbsent(node, deadAfterMs);
  }

  beat(): void {
    this.#watchOthers();
    this.#beat(this.#speaker.role, null);
  }

  /** This node stops. @param successor who should lead, if this node did. */
  sayGoodbye(successor: string | undefined): void {
    this.#beat('gone', successor ?? null);
  }

  /** This node leads no more, and stays: the others need not wait for its silence. */
  sayResigned(): void {
    this.#beat('other', null);
  }

  #beat(role: Beat['role'], successor: string | null): void {
    const { id: node, isFit: fit, openCopy: copy, leadership } = this.#speaker;
    if (!copy) return;
    const { mark, stored, tail } = copy;
    const { generation, epoch } = tail;
    const { number, hash } = stored;
    const healthy = leadership?.isHealthy ?? false;
    const { promised } = copy.store.standing;
    const held = { generation, epoch, number, hash, mark, promised };
    const standsBy = copy.agreement.standsIn(tail);
    const beat: Beat = { node, ...held, role, healthy, standsBy, fit, successor };
    this.#bus.publish(subjects.beat, JSON.stringify(beat));
  }

  #heardBeat(beat: Beat | undefined): void {
    const { id, openCopy: copy, leadership } = this.#speaker;
    if (!beat || beat.node === id) return;
    this.#peers.hear(beat);
    if (this.#silent.delete(beat.node)) this.#journal.notice(`${beat.node} is back`);
    if (!copy) return; // who is there is known all the same, for the moment when it has one again
    leadership?.heardBeat(beat);
    const { generation, epoch } = copy.tail;
    if (beat.generation > generation) this.#heardNewerGeneration(beat.generation, copy);
    if (beat.generation !== generation) return;
    if (beat.epoch < epoch) return;
    if (beat.epoch > epoch) leadership?.depose();
    else if (leadership && beat.standsBy) this.#speaker.contested(beat);
    if (this.#speaker.openCopy !== copy) return; // it is in doubt now
    if (beat.role === 'leader') {
      if (beat.healthy) this.#heardHealthyLeader(beat);
      this.#heardMark(beat);
    } else if (beat.node === this.#leader.leader && beat.epoch === this.#leader.epoch) {
      this.#heardResignation(beat);
    }
    if (beat.role === 'gone') this.#peers.leave(beat.node);
  }

  #heardHealthyLeader({ node: leader, epoch }: Beat): void {
    this.#leaderMs = this.#clock.monotonicMs();
    this.#speaker.send({ type: 'LEADER_HEARD' });
    this.heardLeader({ leader, epoch });
  }

  /** It was asked to stop and names who should follow, or it died and came back before anybody missed it. */
  #heardResignation({ node, epoch, successor }: Beat): void {
    this.#leader = { leader: null, epoch };
    this.#journal.notice(`${node} leads no more; electing`);
    this.noticeLeader();
    if (successor === null) this.#speaker.send({ type: 'RESIGNED' });
    else if (successor === this.#speaker.id) this.#speaker.send({ type: 'APPOINTED' });
  }

  /** Unless this node is on its way there. */
  #heardNewerGeneration(generation: number, copy: Copy): void {
    this.#speaker.leadership?.depose();
    const { promised } = copy.store.standing;
    const isAwaited = generation === promised && this.#speaker.state === 'seeding';
    if (generation > promised || isAwaited) this.#speaker.send({ type: 'ASTRAY' });
  }

  /** Marks are believed from the leader of the epoch that this copy ends in: then its numbers mean the same frames. */
  #heardMark({ generation, epoch, mark }: Pick<Beat, 'generation' | 'epoch' | 'mark'>): void {
    const { openCopy: copy, leadership } = this.#speaker;
    if (!copy || leadership || generation !== copy.tail.generation || epoch !== copy.tail.epoch) return;
    copy.announce(mark);
    copy.commitUpTo(mark.number);
    copy.flush();
  }

  /** Somebody leads; operators are told once. */
  heardLeader(notice: LeaderNotice): void {
    const isTold = this.#isTold && isSame(notice, this.#leader);
    this.#leader = notice;
    this.#isTold = true;
    if (!isTold) this.#journal.notice(`${notice.leader} leads epoch ${notice.epoch}`);
  }

  /** Somebody led when what is caught up on was written: whether that is so still, their heartbeat says. */
  readLeader(notice: LeaderNotice): void {
    if (isSame(notice, this.#leader)) return;
    this.#leader = notice;
    this.#isTold = false;
  }

  /** A follower's death stops nothing, but somebody should know. */
  #watchOthers(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#beatMs > pausedAfterMs) this.#peers.listenAnew();
    this.#beatMs = nowMs;
    for (const node of this.#peers.silent(deadAfterMs)) {
      if (this.#silent.has(node)) continue;
      this.#silent.add(node);
      this.#journal.notice(`${node} is silent`);
    }
  }

  /** Nothing was heard of a leader for too long: operators and clients are told. */
  announceSilence(): void {
    const { leader, epoch } = this.#leader;
    const isSilent = leader !== null && this.#peers.isSilent(leader, missedAfterMs);
    const why = isSilent ? `${leader} is silent` : `the log does not answer ${leader}`;
    this.#journal.notice(`${leader === null ? 'no leader' : why}; electing`);
    if (isSilent) {
      this.#peers.forget(leader);
      this.#silent.add(leader);
    }
    this.#leader = { leader: null, epoch };
    this.noticeLeader();
  }

  /** A leader whom the log does not answer may have been followed by another, whom it cannot hear; it leads nobody now. */
  #remindClients(): void {
    const { leadership } = this.#speaker;
    if (leadership && !leadership.isHealthy) this.#notice({ ...this.#leader, leader: null });
    else if (leadership?.isServing) this.noticeLeader();
  }

  noticeLeader(): void {
    this.#notice(this.#leader);
  }

  #notice(notice: LeaderNotice): void {
    this.#bus.publish(clientSubjects.leader, JSON.stringify(notice));
  }

  /** Tells the leader what is stored here. */
  acknowledge({ stored }: Copy): void {
    const { generation, number, hash } = stored;
    if (this.#speaker.leadership || this.#speaker.openCopy?.store.standing.promised !== generation) return;
    const ack: Ack = { node: this.#speaker.id, generation, number, hash };
    this.#bus.publish(subjects.ack, JSON.stringify(ack));
  }

  #position({ stored, store }: Copy): Position {
    const { generation, epoch, number } = stored;
    return { node: this.#speaker.id, generation, epoch, number, sequence: store.bookmark?.sequence ?? 0 };
  }
}

function isSame(one: LeaderNotice, other: LeaderNotice): boolean {
  return one.leader === other.leader && one.epoch === other.epoch;
}
