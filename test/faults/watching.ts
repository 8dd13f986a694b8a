/** What the nodes say of themselves while things go wrong: who leads, who is in sync, which state hashes they had. */
import type { StateAt } from '../../src/checkers/hashes.ts';
import { assess, type ClusterHealth } from '../../src/operator/health.ts';
import { type NodeStatus, Operator } from '../../src/operator/operator.ts';
import { plainText } from './plain-text.ts';
import { nodes } from './processes.ts';

interface Asked {
  readonly urls: readonly string[];
  readonly operatorPassword: string;
}

const answerMs = 500;
const lookEveryMs = 700;

export class Watching {
  readonly #cluster: Asked;
  readonly #hashes = new Map<string, Map<string, StateAt>>();
  #operator: Operator | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(cluster: Asked) {
    this.#cluster = cluster;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      void this.statuses().finally(() => this.#isOver || this.start());
    }, lookEveryMs);
  }

  /** Empty where nobody answers. */
  async statuses(): Promise<NodeStatus[]> {
    try {
      this.#operator ??= await Operator.connect(
        this.#cluster.urls,
        this.#cluster.operatorPassword,
        plainText,
      );
      const statuses = await this.#operator.status(answerMs, nodes.length);
      for (const status of statuses) this.#note(status);
      return statuses;
    } catch {
      return [];
    }
  }

  async leader(): Promise<string | undefined> {
    const leading = (await this.statuses()).filter(({ role }) => role === 'leader');
    return leading.sort((a, b) => b.epoch - a.epoch)[0]?.node;
  }

  /** Whether a leader serves, everybody holds the same and nobody has a problem. */
  async isInSync(): Promise<boolean> {
    const first = await this.statuses();
    return isWell(assess(first, await this.statuses(), nodes), first);
  }

  async inSync(timeoutMs: number): Promise<boolean> {
    const untilMs = performance.now() + timeoutMs;
    while (performance.now() < untilMs) {
      if (await this.isInSync()) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  }

  hashesOf(node: string): StateAt[] {
    return [...(this.#hashes.get(node)?.values() ?? [])];
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#operator?.close();
  }

  #note({ node, version, frame, state_hash: state, recent }: NodeStatus): void {
    const known = this.#hashes.get(node) ?? new Map<string, StateAt>();
    this.#hashes.set(node, known);
    for (const at of [{ frame, state_hash: state }, ...recent]) {
      if (at.state_hash === '') continue;
      known.set(`${at.frame}/${version}/${at.state_hash}`, {
        frame: at.frame,
        version,
        state: at.state_hash,
      });
    }
  }
}

function isWell({ leader, differAt, degraded }: ClusterHealth, statuses: readonly NodeStatus[]): boolean {
  const generations = new Set(statuses.map(({ generation }) => generation));
  const isEverybodyThere = statuses.length === nodes.length && generations.size === 1;
  return isEverybodyThere && leader !== undefined && differAt === undefined && degraded.length === 0;
}
