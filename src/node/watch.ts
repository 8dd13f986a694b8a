/**
 * What a node shows of itself to whoever watches it: whether it lives, whether it is ready, its numbers.
 *
 * It is there before everything else, so that a node that waits for its server, or takes long to open its copy, can say
 * so; the replica is shown as soon as there is one.
 */
import { type Door, json, openDoor } from '../observability/door.ts';
import { PrometheusMetrics } from '../observability/prometheus.ts';
import type { Bus } from '../ports/bus.ts';
import type { Metrics } from '../ports/metrics.ts';
import { type FiguredNode, figuresOf } from '../service/figures.ts';
import { LeaderMark } from '../service/leader-mark.ts';
import { type ObservedNode, whyNotReady } from '../service/readiness.ts';

export interface WatchOptions {
  readonly id: string;
  /** 0: any that is free. */
  readonly port: number;
  nowMs(): number;
}

export interface Watched {
  readonly replica: FiguredNode & ObservedNode;
  readonly bus: Bus;
  /** Attached clients, where this node leads. */
  clients(): number;
}

export class Watch {
  readonly #id: string;
  readonly #startedMs: number;
  readonly #nowMs: () => number;
  readonly #metrics: PrometheusMetrics;
  readonly #leaderMark = new LeaderMark();
  #door: Door | undefined;
  #watched: Watched | undefined;

  private constructor({ id, nowMs }: WatchOptions) {
    this.#id = id;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
    this.#metrics = new PrometheusMetrics({ node: id, nowMs, figures: () => this.#figures() });
  }

  /** @throws {PortInUse} in one sentence. */
  static async open(options: WatchOptions): Promise<Watch> {
    const watch = new Watch(options);
    watch.#door = await openDoor(options.port, {
      '/healthz': () => watch.#health(),
      '/readyz': () => watch.#readiness(),
      '/metrics': async () => {
        const body = await watch.#metrics.text();
        return { status: 200, type: watch.#metrics.contentType, body };
      },
    });
    return watch;
  }

  get metrics(): Metrics {
    return this.#metrics;
  }

  /** Where it can be seen. */
  get url(): string {
    return this.#door?.url ?? '';
  }

  /** The newest epoch that this node has heard of or stored a frame of; undefined before that. */
  get epoch(): number | undefined {
    const replica = this.#watched?.replica;
    return Math.max(replica?.leader.epoch ?? 0, replica?.openCopy?.tail.epoch ?? 0) || undefined;
  }

  uptimeMs(): number {
    return this.#nowMs() - this.#startedMs;
  }

  show(watched: Watched): void {
    this.#watched = watched;
    this.#leaderMark.start(watched.bus);
  }

  async stop(): Promise<void> {
    await this.#door?.stop();
  }

  #health() {
    const uptime_ms = Math.round(this.uptimeMs());
    return json(200, { alive: true, node: this.#id, pid: process.pid, uptime_ms });
  }

  #readiness() {
    const node = this.#id;
    const { role, epoch = null } = this.#figures();
    const reason = this.#whyNotReady();
    return reason === undefined
      ? json(200, { ready: true, node, role, epoch })
      : json(503, { ready: false, node, role, epoch, reason });
  }

  #whyNotReady(): string | undefined {
    return whyNotReady(this.#watched?.replica, this.#watched?.bus.connected ?? false);
  }

  #figures() {
    return figuresOf(this.#watched?.replica, {
      isReady: this.#whyNotReady() === undefined,
      clients: this.#watched?.clients() ?? 0,
      lagOf: (position) => this.#leaderMark.lagOf(position),
    });
  }
}
