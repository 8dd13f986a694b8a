/** What every part of a simulated world has in common. */
import type { Strategy } from '../actors/replica/decide.ts';
import type { Broker } from './broker.ts';
import type { History } from './history.ts';
import type { AppendTrouble } from './ordered-log.ts';
import type { SeededRandom } from './random.ts';
import type { Safeguard } from './safeguards.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';
import type { Watch } from './watch.ts';

export interface Settings {
  readonly members: readonly string[];
  /** Nodes that must hold a frame before it is committed. */
  readonly copies: number;
  /** And at least as many when others are dead. */
  readonly minCopies: number;
  readonly strategy: Strategy;
  /** Every write of a node is synced (`--fsync nodes`). */
  readonly sync: boolean;
  readonly sessionGapMs: number;
  /** A safeguard that is switched off, to show that the checks notice. */
  readonly without: Safeguard | undefined;
}

export interface Surroundings {
  readonly settings: Settings;
  readonly timeline: Timeline;
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly broker: Broker;
  readonly trouble: AppendTrouble;
  readonly watch: Watch;
  readonly history: History;
}
