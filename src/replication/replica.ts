/**
 * One node's part in replication: the replica machine, bound to its ports.
 *
 * The machine says in which order things happen; this module does them.
 */
import { type ActorRefFrom, createActor, fromPromise } from 'xstate';
import { headStartMs, type Strategy } from '../actors/replica/decide.ts';
import { type CampaignOutcome, type ReplicaEvent, replicaMachine } from '../actors/replica/machine.ts';
import type { Frame } from '../events/frame.ts';
import type { Random } from '../events/ids.ts';
import { LamportClock } from '../events/lamport.ts';
import type { NodeStore, OrderedLog } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, machineClock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { LeaderNotice } from '../protocol/subjects.ts';
import { campaign } from './campaign.ts';
import { Copy } from './copy.ts';
import { Follower, verifySeam } from './follower.ts';
import { Heartbeats } from './heartbeats.ts';
import { clusterOf, type LeaderService, Leadership } from './leadership.ts';
import type { Beat } from './messages.ts';
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
  /** The copy is damaged: nothing must be answered from it any more. */
  frozen(replica: Replica): void;
  /** This node leads and may serve. */
  serve(leadership: Leadership, replica: Replica): LeaderService;
}

const generation = 1;
const silenceMsMin = 400;
const silenceMsSpread = 100;
const heardWithinMs = 500;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #heartbeats: Heartbeats;
  readonly #actor: ActorRefFrom<typeof replicaMachine>;
  readonly #stops: { stop(): void }[] = [];
  readonly lamport = new LamportClock();
  #copy: Copy | undefined;
  #stamps: Stamps | undefined;
  #log: OrderedLog | undefined;
  #follower: Follower | undefined;
  #elected: Frame | undefined;
  #leadership: Leadership | undefined;
  #trouble = '';

  constructor(options: ReplicaOptions) {
    const { clock, random } = options;
    this.#options = options;
    this.#heartbeats = new Heartbeats(this, options.bus, clock, options.journal);
    const machine = replicaMachine.provide({
      actors: {
        recover: fromPromise(() => this.#recover()),
        join: fromPromise(({ signal }) => this.#join(signal)),
        campaign: fromPromise(({ signal }) => this.#campaign(signal)),
        lead: fromPromise(({ signal }) => this.#lead(signal)),
      },
      actions: { announceSilence: () => this.#heartbeats.announceSilence() },
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
      bus.onStatus((connected) => this.send({ type: connected ? 'CONNECTED' : 'DISCONNECTED' })),
      ...this.#heartbeats.start(clock),
    );
  }

  async stop(): Promise<void> {
    const wasLeading = this.#leadership !== undefined;
    this.send({ type: 'STOP' });
    this.#leadership?.stop();
    this.#leadership = undefined;
    if (wasLeading) this.#heartbeats.beat(); // no longer as leader: the others need not wait for silence
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

  get openCopy(): Copy | undefined {
    return this.#copy;
  }

  get leadership(): Leadership | undefined {
    return this.#leadership;
  }

  /** Whether this node could lead. */
  get isFit(): boolean {
    return this.state !== 'frozen' && this.state !== 'stopped';
  }

  /** The log's time, for what this node decides as leader. */
  get stamps(): Stamps {
    if (!this.#stamps) throw new Error('the copy is not open yet');
    return this.#stamps;
  }

  get leader(): LeaderNotice {
    return this.#heartbeats.leader;
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

  /** What is heard after the end changes nothing. */
  send(event: ReplicaEvent): void {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send(event);
  }

  async #recover(): Promise<void> {
    const { clock } = this.#options;
    const copy = await Copy.open(this.#options);
    this.#copy = copy;
    this.#stamps = new Stamps(clock, copy.tail.at);
    this.lamport.receive(copy.tail.clock);
    copy.listen({
      stored: () => {
        this.stamps.saw(copy.stored.at);
        this.#heartbeats.acknowledge(copy);
      },
      damaged: (reason) => this.#freeze(reason),
    });
    this.#options.opened(this);
  }

  /** This copy is not what it must be: nothing more is read, told or answered from it. */
  #freeze(reason: string): void {
    this.#follower?.stop();
    this.send({ type: 'DAMAGED', reason });
    this.#options.frozen(this);
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
    this.send({ type: 'LEADER_HEARD' });
    this.#heartbeats.heardLeader({ leader: frame.header.leader, epoch: frame.header.epoch });
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
        othersHeard: () => this.#heartbeats.recent(heardWithinMs).length,
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
      if (this.copy.tail.hash !== elected.hash) return resolve(); // somebody was elected since
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
            this.#heartbeats.heardLeader({ leader: node, epoch: elected.header.epoch });
            this.#heartbeats.noticeLeader();
            return serve(leadership, this);
          },
        },
        elected,
        this.#electedAs(elected),
      );
      this.#heartbeats.beat(); // the others need not wait for the next one to hear it
    });
  }

  #electedAs(frame: Frame): ReturnType<typeof clusterOf> {
    const event = frame.event(0);
    return event.type === 'LeaderElected' ? event.data : clusterOf(this.copy);
  }

  #now(): number {
    this.stamps.saw(this.copy.tail.at);
    return this.stamps.now();
  }

  #headStartMs(failures: number): number {
    const { id: node, strategy, random } = this.#options;
    const heard = this.#heartbeats.recent(heardWithinMs);
    return headStartMs({ strategy, node, heard, failures, random: random.next() });
  }

  /** Says something once, not at every retry. */
  #tell(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.journal.notice(trouble);
  }
}
