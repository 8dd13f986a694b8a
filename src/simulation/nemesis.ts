/** Does to a world what the plan says, when its moment has come. */
import type { Fault, Moment, Target } from './faults.ts';
import { reasonToSpare } from './limits.ts';
import type { SimulatedNode } from './node.ts';
import type { SeededRandom } from './random.ts';
import { strike } from './strikes.ts';
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
    const { trace, timeline, isHealed } = this.#world;
    if (isHealed) return;
    const node = victim ?? ('target' in fault ? this.#find(fault.target) : undefined);
    const { kind, atMs: _, moment: __, ...details } = fault;
    const whom = 'target' in fault ? (node?.id ?? 'nobody') : '';
    trace.note('nemesis', `${kind} ${whom} ${JSON.stringify(details)}`);
    const reason = reasonToSpare(this.#world, fault, node);
    if (reason) {
      trace.note('nemesis', `spares it: ${reason}`);
      return;
    }
    const undo = strike(fault, { world: this.#world, random: this.#random, node });
    if ('forMs' in fault) timeline.after(fault.forMs, undo);
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
