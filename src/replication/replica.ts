/**
 * One node's part in replication: the replica machine, bound to its ports.
 *
 * The machine says in which order things happen; this module does them.
 */
import { type ActorRefFrom, createActor, fromPromise } from 'xstate';
import { headStartMs, type Strategy, seedHeadStartMs } from '../actors/replica/decide.ts';
import { type Damaged, type ReplicaEvent, replicaMachine } from '../actors/replica/machine.ts';
import type { Random } from '../events/ids.ts';
import { LamportClock } from '../events/lamport.ts';
import { type OrderedLogs, StoreCorrupt, type StorePlace } from '../log/port.ts';
import type { Bus } from '../ports/bus.ts';
import { type Clock, machineClock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { LeaderNotice } from '../protocol/subjects.ts';
import type { Copy } from './copy.ts';
import { Duties, type Host, heardWithinMs } from './duties.ts';
import { Heartbeats } from './heartbeats.ts';
import type { LeaderService, Leadership } from './leadership.ts';
import type { Beat, Role } from './messages.ts';
import { type Opened, OwnCopy } from './own-copy.ts';
import type { Stamps } from './stamps.ts';

export interface ReplicaOptions {
  readonly id: string;
  /** Of a cluster that does not exist yet; later the log says. */
  readonly founding: {
    readonly members: readonly string[];
    readonly copies: number;
    readonly minCopies: number;
  };
  readonly strategy: Strategy;
  readonly place: StorePlace;
  /** Sync every batch to the disk (`--fsync nodes`). */
  readonly sync: boolean;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  /** Nobody counts unless it is given. */
  readonly metrics?: Metrics;
  readonly logs: OrderedLogs;
  /** A copy is open: reads can be answered from it. Again after every `closed`. */
  opened(replica: Replica): void;
  /** The copy is damaged: nothing must be answered from it any more. */
  closed(replica: Replica): void;
  /** This node leads and may serve. */
  serve(leadership: Leadership, replica: Replica): LeaderService;
}

const silenceMsMin = 400;
const silenceMsSpread = 100;
/** What was taken is committed in a few milliseconds, or nobody knows when. */
const resignMs = 300;

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #own: OwnCopy;
  readonly #heartbeats: Heartbeats;
  readonly #duties: Duties;
  readonly #actor: ActorRefFrom<typeof replicaMachine>;
  readonly #stops: { stop(): void }[] = [];
  readonly lamport = new LamportClock();
  #trouble = '';
  #givenUp: readonly string[] = [];

  constructor(options: ReplicaOptions) {
    const { clock, random } = options;
    this.#options = options;
    this.#own = new OwnCopy({
      ...options,
      seal: () => {
        this.#duties.stopFollowing();
        this.send({ type: 'SEALED' });
      },
      stored: (copy) => this.#heartbeats.acknowledge(copy),
      damaged: (damaged, reason) => this.#close(damaged, reason),
    });
    this.#heartbeats = new Heartbeats(this, options.bus, clock, options.journal);
    this.#duties = new Duties(options, this.#asHost());
    const machine = replicaMachine.provide({
      actors: {
        recover: fromPromise(() => this.#recover()),
        check: fromPromise(() => this.#own.check()),
        setAside: fromPromise(() => this.#setAside()),
        join: fromPromise(({ signal }) => this.#duties.join(signal)),
        campaign: fromPromise(async ({ signal }) => {
          const outcome = await this.#duties.campaign(signal);
          if (outcome !== 'undecided') options.metrics?.campaigned(outcome === 'won' ? 'won' : 'lost');
          return outcome;
        }),
        lead: fromPromise(({ signal }) => this.#duties.lead(signal)),
        seed: fromPromise(({ signal }) => this.#duties.seed(signal)),
      },
      actions: {
        announceSilence: () => this.#heartbeats.announceSilence(),
        announceDoubt: ({ context }) => this.#tell(`checking its copy: ${context.problem}`),
        announceProblem: ({ context }) => this.#tell(`stopped serving: ${context.problem}`),
      },
      guards: { isConnected: () => options.bus.connected },
      delays: {
        silence: () => silenceMsMin + random.next() * silenceMsSpread,
        headStart: ({ context }) => (context.isEager ? 0 : this.#headStartMs(context.failures)),
        seedHeadStart: ({ context }) => this.#seedHeadStartMs(context.failures),
      },
    });
    this.#actor = createActor(machine, { clock: machineClock(clock) });
  }

  start(): void {
    const { bus, clock } = this.#options;
    this.#actor.start();
    this.#stops.push(
      bus.onStatus((connected) => this.send({ type: connected ? 'CONNECTED' : 'DISCONNECTED' })),
      ...this.#heartbeats.start(clock),
    );
  }

  /** A leader hands over first, so that nobody has to wait for silence. */
  async stop(): Promise<void> {
    const successor = await this.leadership?.resign(resignMs);
    this.send({ type: 'STOP' });
    this.#duties.stopLeading();
    this.#heartbeats.sayGoodbye(successor);
    this.#duties.stopFollowing();
    for (const part of this.#stops) part.stop();
    await this.#own.end();
  }

  get id(): string {
    return this.#options.id;
  }

  /** @throws {Error} before the copy is open. */
  get copy(): Copy {
    return this.#opened.copy;
  }

  get openCopy(): Copy | undefined {
    return this.#own.opened?.copy;
  }

  get leadership(): Leadership | undefined {
    return this.#duties.leadership;
  }

  /** Whether this node could lead. */
  get isFit(): boolean {
    const { state } = this;
    return state === 'following' || state === 'catchingUp' || state === 'campaigning' || state === 'leading';
  }

  /** The log's time, for what this node decides as leader. */
  get stamps(): Stamps {
    return this.#opened.stamps;
  }

  get #opened(): Opened {
    const { opened } = this.#own;
    if (!opened) throw new Error('the copy is not open');
    return opened;
  }

  get leader(): LeaderNotice {
    return this.#heartbeats.leader;
  }

  /** Other nodes that take part at present. */
  get company(): string[] {
    return this.#heartbeats
      .recent(heardWithinMs)
      .filter(({ fit }) => fit)
      .map(({ node }) => node);
  }

  /** The machine as it runs, for those who only look. */
  get actor(): ActorRefFrom<typeof replicaMachine> {
    return this.#actor;
  }

  /** The replica machine's state, for operators. */
  get state(): string {
    const { value } = this.#actor.getSnapshot();
    return typeof value === 'string' ? value : Object.keys(value)[0]!;
  }

  /** Why it does not serve, while it does not. */
  get problem(): string | undefined {
    const { state } = this;
    return state === 'frozen' || state === 'checking' || state === 'settingAside'
      ? this.#actor.getSnapshot().context.problem
      : undefined;
  }

  /** Whose answers it takes to seed a lost stream anew, while they are missing. */
  get waitsFor(): readonly string[] {
    return this.state === 'seeding' ? this.#duties.waitsFor : [];
  }

  get role(): Role {
    const { state } = this;
    if (state === 'leading' && this.leadership) return 'leader';
    if (state === 'campaigning') return 'candidate';
    if (this.#duties.isSeeding) return 'seeder';
    return state === 'following' || state === 'catchingUp' ? 'follower' : 'other';
  }

  /** An operator declares members lost for good: a stream that is lost may be seeded without them. */
  giveUp(nodes: readonly string[]): void {
    this.#givenUp = [...new Set([...this.#givenUp, ...nodes])];
    this.#options.journal.notice(`given up by the operator: ${this.#givenUp.join(', ')}`);
  }

  /** Another node has verified its copy: if it has other rows than this leader, perhaps these are wrong. */
  contested({ node, mark }: Beat): void {
    const { copy } = this.#opened;
    if (!copy.agreement.isContradictedBy(mark) || this.#own.isConfirmed) return;
    this.#heartbeats.sayResigned();
    copy.doubt(`${node} has verified its copy and has another state hash at frame ${mark.number}`);
  }

  /** What is heard after the end changes nothing. */
  send(event: ReplicaEvent): void {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send(event);
  }

  async #recover(): Promise<void> {
    try {
      const { copy } = await this.#own.open();
      this.lamport.receive(copy.tail.clock);
      this.#options.opened(this);
    } catch (error) {
      if (!(error instanceof StoreCorrupt)) throw error;
      this.send({ type: 'DAMAGED', damaged: 'copy', reason: error.message });
    }
  }

  /** This copy is not what it must be: nothing more is read, told or answered from it. */
  #close(damaged: Damaged, reason: string): void {
    this.#duties.stopFollowing();
    this.#own.close();
    this.#options.closed(this);
    this.send({ type: 'DAMAGED', damaged, reason });
  }

  async #setAside(): Promise<void> {
    await this.#own.setAside();
    this.#options.metrics?.copiedFully();
  }

  #asHost(): Host {
    const replica = this;
    return {
      heartbeats: this.#heartbeats,
      lamport: this.lamport,
      get givenUp() {
        return replica.#givenUp;
      },
      opened: () => this.#opened,
      send: (event) => this.send(event),
      tell: (trouble) => this.#tell(trouble),
      untroubled: () => {
        this.#trouble = '';
        this.#own.joined();
      },
      damaged: (damaged, reason) => this.#close(damaged, reason),
      serve: (leadership) => this.#options.serve(leadership, this),
    };
  }

  #headStartMs(failures: number): number {
    const { id: node, strategy, random } = this.#options;
    const heard = this.#heartbeats.recent(heardWithinMs);
    return headStartMs({ strategy, node, heard, failures, random: random.next() });
  }

  #seedHeadStartMs(failures: number): number {
    const { id: node, random } = this.#options;
    const heard = this.#heartbeats.recent(heardWithinMs);
    return seedHeadStartMs({ node, heard, failures, random: random.next() });
  }

  /** Says something once, not at every retry. */
  #tell(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.journal.notice(trouble);
  }
}
