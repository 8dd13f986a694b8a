/** Does to a world what the plan says. */
import type { Fault, Moment, Target } from './faults.ts';
import type { SimulatedNode } from './node.ts';
import type { SeededRandom } from './random.ts';
import type { World } from './world.ts';

const lookEveryMs = 3;
const patienceMs = 3_000;
const afterMomentMs = 4;

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
    const { trace, isHealed } = this.#world;
    if (isHealed) return;
    const node = victim ?? ('target' in fault ? this.#find(fault.target) : undefined);
    const { kind, atMs: _, moment: __, ...details } = fault;
    trace.note('nemesis', `${kind} ${'target' in fault ? (node?.id ?? 'nobody') : ''} ${JSON.stringify(details)}`);
    if ('target' in fault) {
      if (node) this.#strikeNode(fault, node);
    } else this.#strikeWorld(fault);
  }

  #strikeNode(fault: Extract<Fault, { target: Target }>, node: SimulatedNode): void {
    const { wire, process, disk } = node;
    switch (fault.kind) {
      case 'kill':
        node.kill(fault.power);
        return this.#later(fault.forMs, () => node.start());
      case 'pause':
        process?.pause();
        return this.#later(fault.forMs, () => process?.resume());
      case 'sever':
        return wire?.sever(fault.forMs);
      case 'block':
        return wire?.block(fault.forMs);
      case 'slow-network':
        if (wire) wire.slowness = fault.factor;
        return this.#later(fault.forMs, () => {
          if (wire) wire.slowness = 1;
        });
      case 'slow-disk':
        disk.slowness = fault.factor;
        return this.#later(fault.forMs, () => {
          disk.slowness = 1;
        });
      case 'wall-jump':
        return process?.jumpWallClock(fault.byMs);
      case 'stuck-consumer':
        return this.#world.stickConsumers(node);
      default:
        return fault satisfies never;
    }
  }

  #strikeWorld(fault: Exclude<Fault, { target: Target }>): void {
    const { broker, trouble, users, timeline } = this.#world;
    const user = this.#random.pick(users as [World['users'][number]]);
    switch (fault.kind) {
      case 'append-trouble':
        trouble.chance = fault.chance;
        return this.#later(fault.forMs, () => {
          trouble.chance = 0;
        });
      case 'hung-stream':
        trouble.hungUntilMs = timeline.nowMs + fault.forMs;
        return;
      case 'server-restart':
        broker.stop();
        return this.#later(fault.forMs, () => broker.start());
      case 'kill-client':
        user.kill();
        return this.#later(fault.forMs, () => user.start());
      case 'sever-client':
        return user.wire?.sever(fault.forMs);
      default:
        return fault satisfies never;
    }
  }

  #later(afterMs: number, task: () => void): void {
    this.#world.timeline.after(afterMs, task);
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
