/** Does to a world what the plan says. */
import type { Fault, Moment, Target } from './faults.ts';
import type { SimulatedNode } from './node.ts';
import type { SeededRandom } from './random.ts';
import type { SimulatedUser } from './user.ts';
import type { World } from './world.ts';

const lookEveryMs = 3;
const patienceMs = 3_000;
const afterMomentMs = 4;

/** Puts right again what a fault did, when its time is over. */
type Undo = () => void;

const endsByItself: Undo = () => undefined;

export class Nemesis {
  readonly #world: World;
  readonly #random: SeededRandom;

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#random = random;
  }

  /** Plans what happens; it happens as time passes. */
  schedule(plan: readonly Fault[]): void {
    for (const fault of plan) this.#world.timeline.after(fault.atMs, () => this.#await(fault.moment, fault));
  }

  #await(moment: Moment, fault: Fault): void {
    if (moment === 'now') this.#strike(fault, undefined);
    else if (moment === 'campaign') this.#awaitCampaign(fault, this.#world.timeline.nowMs + patienceMs);
    else this.#awaitFrame(moment === 'elected', fault);
  }

  #awaitCampaign(fault: Fault, untilMs: number): void {
    const { nodes, timeline } = this.#world;
    const candidate = nodes.find((node) => node.replica?.state === 'campaigning');
    if (candidate) this.#soon(() => this.#strike(fault, candidate), 100);
    else if (timeline.nowMs >= untilMs) this.#strike(fault, undefined);
    else timeline.after(lookEveryMs, () => this.#awaitCampaign(fault, untilMs));
  }

  #awaitFrame(opensEpoch: boolean, fault: Fault): void {
    let isDone = false;
    const strike = (node: SimulatedNode | undefined) => {
      if (!isDone) this.#strike(fault, node);
      isDone = true;
    };
    this.#world.awaitFrame(opensEpoch, (leader) => this.#soon(() => strike(leader), afterMomentMs));
    this.#world.timeline.after(patienceMs, () => strike(undefined));
  }

  #soon(task: () => void, withinMs: number): void {
    this.#world.timeline.after(this.#random.between(0, withinMs), task);
  }

  #strike(fault: Fault, victim: SimulatedNode | undefined): void {
    const { trace, timeline, isHealed } = this.#world;
    if (isHealed) return;
    const node = victim ?? ('target' in fault ? this.#find(fault.target) : undefined);
    const { kind, atMs: _, moment: __, ...details } = fault;
    trace.note(
      'nemesis',
      `${kind} ${'target' in fault ? (node?.id ?? 'nobody') : ''} ${JSON.stringify(details)}`,
    );
    if ('target' in fault && this.#isMending()) {
      trace.note('nemesis', 'spares it');
      return;
    }
    const undo = 'target' in fault ? node && this.#strikeNode(fault, node) : this.#strikeWorld(fault);
    if (undo && 'forMs' in fault) timeline.after(fault.forMs, undo);
  }

  #strikeNode(fault: Extract<Fault, { target: Target }>, node: SimulatedNode): Undo {
    const { wire, process, disk } = node;
    switch (fault.kind) {
      case 'kill':
        node.kill(fault.power);
        return () => node.start();
      case 'stop':
        void node.stop();
        return () => node.start();
      case 'pause':
        process?.pause();
        return () => process?.resume();
      case 'sever':
        wire?.sever(fault.forMs);
        return endsByItself;
      case 'block':
        wire?.block(fault.forMs);
        return endsByItself;
      case 'slow-network':
        return slow(wire, fault.factor);
      case 'slow-disk':
        return slow(disk, fault.factor);
      case 'wall-jump':
        process?.jumpWallClock(fault.byMs);
        return endsByItself;
      case 'stuck-consumer':
        this.#world.stickConsumers(node);
        return endsByItself;
      default:
        return fault satisfies never;
    }
  }

  #strikeWorld(fault: Exclude<Fault, { target: Target }>): Undo {
    const { broker, trouble, timeline } = this.#world;
    switch (fault.kind) {
      case 'append-trouble':
        trouble.chance = fault.chance;
        return () => {
          trouble.chance = 0;
        };
      case 'hung-stream':
        trouble.hungUntilMs = timeline.nowMs + fault.forMs;
        return endsByItself;
      case 'server-restart':
        broker.stop();
        return () => broker.start();
      case 'stream-lost':
        if (fault.restart) broker.stop();
        broker.loseStreams();
        return fault.restart ? () => broker.start() : endsByItself;
      case 'stream-cut':
        if (!this.#areAllThere()) return endsByItself;
        broker.stop();
        this.#world.stream?.cut(fault.entries);
        return () => broker.start();
      default:
        return this.#strikeClient(fault);
    }
  }

  #strikeClient({ kind, forMs }: Extract<Fault, { kind: `${string}-client` }>): Undo {
    const user = this.#random.pick(this.#world.users as [SimulatedUser]);
    const { process, wire } = user;
    switch (kind) {
      case 'kill-client':
        user.kill();
        return () => user.start();
      case 'pause-client':
        process?.pause();
        return () => process?.resume();
      case 'sever-client':
        wire?.sever(forMs);
        return endsByItself;
      case 'block-client':
        wire?.block(forMs);
        return endsByItself;
      default:
        return kind satisfies never;
    }
  }

  #areAllThere(): boolean {
    return this.#world.nodes.every(({ process, wire }) => process?.isRunning && wire?.isConnected);
  }

  /**
   * Nodes hold what the stream has lost. The end of the stream and the one node that holds it, both lost at once, are
   * more than is promised: until a new generation was seeded, nodes are left alone.
   */
  #isMending(): boolean {
    const { broker, stream, nodes } = this.#world;
    const last = stream?.last ?? 0;
    return nodes.some(({ copy }) => copy?.tail.generation === broker.newest && copy.tailSequence > last);
  }

  /** Undefined where there is none such. */
  #find(target: Target): SimulatedNode | undefined {
    const up = this.#world.nodes.filter((node) => node.isUp);
    const leader = this.#world.leader;
    if (target === 'leader' && leader) return leader;
    const others = target === 'follower' ? up.filter((node) => node !== leader) : up;
    return others.length > 0 ? this.#random.pick(others as [SimulatedNode]) : undefined;
  }
}

function slow(part: { slowness: number } | undefined, factor: number): Undo {
  if (!part) return endsByItself;
  part.slowness = factor;
  return () => {
    part.slowness = 1;
  };
}
