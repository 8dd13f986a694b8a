/** A node as an inspector sees it: its replica, the users and sessions of its copy, the way of its frames. */
import type { ActorRefFrom } from 'xstate';
import { replicaMachine } from '../actors/replica/machine.ts';
import { tellMoments, tellSteps } from '../inspector/source/frame-path.ts';
import { ReplicatedActors } from '../inspector/source/replicated.ts';
import { InspectionSource } from '../inspector/source/source.ts';
import type { Bus, Subscription } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import { inspectorSubjects } from '../protocol/subjects.ts';
import type { Copy } from '../replication/copy.ts';

export class NodeSeenByInspectors {
  readonly #id: string;
  readonly #clock: Clock;
  readonly #source: InspectionSource;
  #copy: Copy | undefined;
  #replicated: ReplicatedActors | undefined;
  #moments: Subscription | undefined;

  constructor(id: string, bus: Bus, clock: Clock) {
    this.#id = id;
    this.#clock = clock;
    const { interest: hears, node } = inspectorSubjects;
    this.#source = new InspectionSource({ bus, clock, process: id, kind: 'node', hears, tells: node(id) });
    this.#source.whenLooked({
      begun: () => this.#begin(),
      looks: () => this.#replicated?.looks(),
      ended: () => this.#end(),
    });
  }

  /** What a leader's metrics hear is told as well. */
  overhear(metrics: Metrics): Metrics {
    return tellSteps(metrics, this.#source, this.#clock);
  }

  start(actor: ActorRefFrom<typeof replicaMachine>): Subscription {
    const shown = ['failures', 'isEager', 'isAstray', 'damaged', 'problem', 'reason', 'output'];
    this.#source.add('replica', { kind: 'replica', label: this.#id, machine: replicaMachine, actor, shown });
    return this.#source.start();
  }

  opened(copy: Copy): void {
    this.#copy = copy;
    this.#replicated = new ReplicatedActors(this.#source, this.#id, copy);
    if (this.#source.interest) this.#begin();
  }

  closed(): void {
    this.#end();
    this.#copy = undefined;
    this.#replicated = undefined;
  }

  #begin(): void {
    if (this.#copy) this.#moments ??= tellMoments(this.#copy, this.#source, this.#id, this.#clock);
  }

  #end(): void {
    this.#replicated?.stop();
    this.#moments?.stop();
    this.#moments = undefined;
  }
}
