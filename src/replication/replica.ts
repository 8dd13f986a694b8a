/**
 * One node's part in replication: the replica machine, bound to its ports.
 *
 * The machine says in which order things happen; this module does them. Everything that is heard from others is turned
 * into an event for the machine, an acknowledgement for the leadership, or a mark for the copy.
 */
import { type ActorRefFrom, createActor, fromPromise } from 'xstate';
import { headStartMs, type Strategy } from '../actors/replica/decide.ts';
import { type CampaignOutcome, replicaMachine } from '../actors/replica/machine.ts';
import type { Frame } from '../events/frame.ts';
import type { Random } from '../events/ids.ts';
import { LamportClock } from '../events/lamport.ts';
import type { NodeStore, OrderedLog } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, every } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { campaign } from './campaign.ts';
import { Copy } from './copy.ts';
import { Follower, verifySeam } from './follower.ts';
import { clusterOf, type LeaderService, Leadership } from './leadership.ts';
import {
  type Ack,
  type Beat,
  beatSchema,
  noticeSchema,
  type Position,
  parse,
  subjects,
} from './messages.ts';
import { clientSubjects, type LeaderNotice } from '../protocol/subjects.ts';
import { Peers } from './peers.ts';
import { Stamps } from './stamps.ts';
import { opensEpoch } from './tail.ts';

export interface ReplicaOptions {
  readonly id: string;
  readonly founding: { readonly members: readonly string[]; readonly copies: number };
  readonly strategy: Strategy;
  readonly store: NodeStore;
  /** Sync every batch to the disk (`--fsync nodes`). */
  readonly sync: boolean;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  /** The ordered log of a generation; created where it is missing if `create`, else undefined. */
  openLog(generation: number, create: boolean): Promise<OrderedLog | undefined>;
  /** The copy is open: reads can be answered from it. */
  opened(replica: Replica): void;
  /** This node leads and may serve. */
  serve(leadership: Leadership, replica: Replica): LeaderService;
}

const generation = 1;
const beatMs = 100;
const leaderNoticeMs = 500;
const silenceMsMin = 400;
const silenceMsSpread = 100;
const heardWithinMs = 500;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #peers: Peers;
  readonly #actor: ActorRefFrom<typeof replicaMachine>;
  readonly #stops: { stop(): void }[] = [];
  readonly lamport = new LamportClock();
  #copy: Copy | undefined;
  #stamps: Stamps | undefined;
  #log: OrderedLog | undefined;
  #follower: Follower | undefined;
  #elected: Frame | undefined;
  #leadership: Leadership | undefined;
  #leader: LeaderNotice = { leader: null, epoch: 0 };
  #trouble = '';

  constructor(options: ReplicaOptions) {
    const { clock, random } = options;
    this.#options = options;
    this.#peers = new Peers(clock);
    const machine = replicaMachine.provide({
      actors: {
        recover: fromPromise(() => this.#recover()),
        join: fromPromise(({ signal }) => this.#join(signal)),
        campaign: fromPromise(({ signal }) => this.#campaign(signal)),
        lead: fromPromise(({ signal }) => this.#lead(signal)),
      },
      actions: { announceSilence: () => this.#announceSilence() },
      guards: { isConnected: () => options.bus.connected },
      delays: {
        silence: () => silenceMsMin + random.next() * silenceMsSpread,
        headStart: ({ context }) => this.#headStartMs(context.failures),
      },
    });
    this.#actor = createActor(machine, { clock: machineClock(clock) });
    this.#actor.subscribe(({ context }) => {
      if (context.problem) this.#tell(`stopped serving: ${context.problem}`);
    });
  }

  start(): void {
    const { bus, clock } = this.#options;
    this.#actor.start();
    this.#stops.push(
      bus.onStatus((connected) => this.#actor.send({ type: connected ? 'CONNECTED' : 'DISCONNECTED' })),
      bus.subscribe(subjects.beat, ({ data }) => this.#heardBeat(parse(beatSchema, data))),
      bus.subscribe(subjects.mark, ({ data }) => {
        const notice = parse(noticeSchema, data);
        if (notice) this.#heardMark(notice);
      }),
      bus.subscribe(subjects.position, (message) => message.respond(JSON.stringify(this.#position()))),
      every(clock, beatMs, () => this.#beat()),
      every(clock, leaderNoticeMs, () => this.#leadership?.isServing && this.#noticeLeader()),
    );
  }

  async stop(): Promise<void> {
    const wasLeading = this.#leadership !== undefined;
    this.#actor.send({ type: 'STOP' });
    this.#leadership?.stop();
    this.#leadership = undefined;
    if (wasLeading) this.#beat(); // no longer as leader: the others need not wait for silence
    this.#follower?.stop();
    for (const part of this.#stops) part.stop();
    await this.#options.store.close();
  }

  get id(): string {
    return this.#options.id;
  }

  /** @throws {Error} before the copy is open. */
  get copy(): Copy {
    if (!this.#copy) throw new Error('the copy is not open yet');
    return this.#copy;
  }

  get isOpen(): boolean {
    return this.#copy !== undefined;
  }

  /** The log's time, for what this node decides as leader. */
  get stamps(): Stamps {
    if (!this.#stamps) throw new Error('the copy is not open yet');
    return this.#stamps;
  }

  get leader(): LeaderNotice {
    return this.#leader;
  }

  /** The replica machine's state, for operators. */
  get state(): string {
    const { value } = this.#actor.getSnapshot();
    return typeof value === 'string' ? value : Object.keys(value)[0]!;
  }

  get role(): Beat['role'] {
    const state = this.state;
    if (state === 'leading' && this.#leadership) return 'leader';
    if (state === 'campaigning') return 'candidate';
    return state === 'following' || state === 'catchingUp' ? 'follower' : 'other';
  }

  async #recover(): Promise<void> {
    const { clock } = this.#options;
    const copy = await Copy.open(this.#options);
    this.#copy = copy;
    this.#stamps = new Stamps(clock, copy.tail.at);
    this.lamport.receive(copy.tail.clock);
    copy.listen({
      stored: () => this.#acknowledge(),
      damaged: (reason) => this.#actor.send({ type: 'DAMAGED', reason }),
    });
    this.#options.opened(this);
  }

  async #join(signal: AbortSignal): Promise<void> {
    this.#follower?.stop();
    try {
      const log = await this.#options.openLog(generation, this.copy.tail.number === 0);
      if (!log) throw new Error(`the stream of generation ${generation} is gone`);
      await verifySeam(log, this.copy);
      const last = await log.last();
      if (signal.aborted) return; // given up: the next attempt follows with a follower of its own
      this.#log = log;
      this.#follower = new Follower(log, this.copy, {
        read: (frame) => this.#readFrame(frame),
        lost: (reason) => this.#tell(reason),
      });
      await this.#follower.reached(last, signal);
      this.#trouble = '';
    } catch (error) {
      this.#tell(`cannot follow: ${(error as Error).message}`);
      throw error;
    }
  }

  /** Whoever opens an epoch leads, even before its first heartbeat. */
  #readFrame(frame: Frame): void {
    this.lamport.receive(frame.header.clock);
    if (!opensEpoch(frame) || frame.header.leader === this.id || frame.header.epoch === 0) return;
    this.#actor.send({ type: 'LEADER_HEARD' });
    this.#heardLeader({ leader: frame.header.leader, epoch: frame.header.epoch });
  }

  async #campaign(signal: AbortSignal): Promise<CampaignOutcome> {
    const { id, founding, bus, clock, journal } = this.#options;
    if (!this.#log || !this.#follower) return 'lost';
    try {
      const elected = await campaign({
        node: id,
        generation,
        founding,
        log: this.#log,
        copy: this.copy,
        follower: this.#follower,
        bus,
        clock,
        journal,
        signal,
        stamp: () => ({ at: this.#now(), clock: this.lamport.receive(this.copy.tail.clock) }),
        othersHeard: () => this.#peers.recent(heardWithinMs).length,
      });
      if (signal.aborted || !elected) return 'lost'; // a campaign that was given up may end in the midst of the next
      this.#elected = elected;
      return 'won';
    } catch (error) {
      journal.detail(`campaign failed: ${(error as Error).message}`);
      return 'lost';
    }
  }

  /** Resolves when deposed. */
  #lead(signal: AbortSignal): Promise<void> {
    const { id: node, bus, clock, serve } = this.#options;
    const elected = this.#elected;
    const log = this.#log;
    this.#follower?.stop(); // a leader knows what it writes; whatever another writes deposes it
    return new Promise((resolve) => {
      if (!elected || !log) return resolve();
      const end = () => {
        this.#leadership?.stop();
        this.#leadership = undefined;
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      const { copies } = this.#electedAs(elected);
      const deposed = () => {
        this.#options.journal.notice(`${node} was deposed from epoch ${elected.header.epoch}`);
        end();
      };
      this.#leadership = new Leadership(
        {
          node,
          log,
          copy: this.copy,
          bus,
          clock,
          lamport: this.lamport,
          deposed,
          serve: (leadership) => {
            this.#heardLeader({ leader: node, epoch: elected.header.epoch });
            this.#noticeLeader();
            return serve(leadership, this);
          },
        },
        elected,
        copies,
      );
      this.#beat(); // the others need not wait for the next one to hear it
    });
  }

  #electedAs(frame: Frame): { copies: number } {
    const event = frame.event(0);
    return event.type === 'LeaderElected' ? event.data : clusterOf(this.copy);
  }

  #now(): number {
    this.stamps.saw(this.copy.tail.at);
    return this.stamps.now();
  }

  #beat(): void {
    if (!this.#copy) return;
    const { id: node, bus } = this.#options;
    const { mark, stored, tail } = this.#copy;
    const { generation, epoch } = tail;
    const { number, hash } = stored;
    const leadership = this.#leadership;
    const state = this.state;
    const beat: Beat = {
      node,
      generation,
      epoch,
      number,
      hash,
      mark,
      role: this.role,
      healthy: leadership?.isHealthy ?? false,
      fit: state !== 'frozen' && state !== 'stopped',
    };
    this.stamps.saw(stored.at);
    bus.publish(subjects.beat, JSON.stringify(beat));
  }

  #heardBeat(beat: Beat | undefined): void {
    if (!beat || beat.node === this.id || !this.#copy) return;
    this.#peers.hear(beat);
    this.#leadership?.heardBeat(beat);
    const { generation, epoch } = this.copy.tail;
    const isOlder = beat.generation < generation || (beat.generation === generation && beat.epoch < epoch);
    if (isOlder) return;
    if (beat.epoch > epoch) this.#leadership?.depose();
    if (beat.role === 'leader') {
      if (beat.healthy) this.#actor.send({ type: 'LEADER_HEARD' });
      this.#heardLeader({ leader: beat.node, epoch: beat.epoch });
      this.#heardMark(beat);
    } else if (beat.node === this.#leader.leader && beat.epoch === this.#leader.epoch) {
      this.#leader = { leader: null, epoch: beat.epoch };
      this.#actor.send({ type: 'RESIGNED' });
    }
  }

  /** Marks are believed from the leader of the epoch that this copy ends in: then its numbers mean the same frames. */
  #heardMark({ generation, epoch, mark }: Pick<Beat, 'generation' | 'epoch' | 'mark'>): void {
    const tail = this.#copy?.tail;
    if (!tail || this.#leadership || generation !== tail.generation || epoch !== tail.epoch) return;
    this.copy.announce(mark);
    this.copy.commitUpTo(mark.number);
    this.copy.flush();
  }

  #heardLeader(notice: LeaderNotice): void {
    if (notice.leader === this.#leader.leader && notice.epoch === this.#leader.epoch) return;
    this.#leader = notice;
    this.#options.journal.notice(`${notice.leader} leads epoch ${notice.epoch}`);
  }

  #announceSilence(): void {
    const { journal, bus } = this.#options;
    const { leader, epoch } = this.#leader;
    journal.notice(leader ? `${leader} is silent; electing` : 'no leader; electing');
    if (leader) this.#peers.forget(leader);
    this.#leader = { leader: null, epoch };
    bus.publish(clientSubjects.leader, JSON.stringify(this.#leader));
  }

  #noticeLeader(): void {
    this.#options.bus.publish(clientSubjects.leader, JSON.stringify(this.#leader));
  }

  #acknowledge(): void {
    if (this.#leadership) return;
    const { generation, number, hash } = this.copy.stored;
    const ack: Ack = { node: this.id, generation, number, hash };
    this.#options.bus.publish(subjects.ack, JSON.stringify(ack));
  }

  #position(): Position {
    const { generation, epoch, number } = this.#copy?.stored ?? { generation: 0, epoch: 0, number: 0 };
    return { node: this.id, generation, epoch, number, sequence: this.#copy?.store.bookmark?.sequence ?? 0 };
  }

  #headStartMs(failures: number): number {
    const { id: node, strategy, random } = this.#options;
    const heard = this.#peers.recent(heardWithinMs);
    return headStartMs({ strategy, node, heard, failures, random: random.next() });
  }

  /** Says something once, not at every retry. */
  #tell(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.journal.notice(trouble);
  }
}

/** XState takes timers from here, so that a simulation owns them too. */
function machineClock(clock: Clock) {
  return {
    setTimeout: (task: (...args: unknown[]) => void, delayMs: number) => clock.setTimeout(() => task(), delayMs),
    clearTimeout: (timer: unknown) => clock.clearTimeout(timer),
  };
}
