/** What the page knows: what the server told, folded, and where the reader is. Draws are gathered to one a frame. */
import type { Graph } from '../../protocol/inspection.ts';
import { Tree } from '../model/tree.ts';
import type { FramePath, Happening, NodeRow, Update } from '../model/view.ts';

const token = new URLSearchParams(location.search).get('token') ?? '';
const framesMax = 40;
const happeningsMax = 500;

/** Where something is on this server. */
export function address(path: string, query: Readonly<Record<string, string | number>> = {}): string {
  const entries = Object.entries(query).map(([key, value]) => [key, String(value)] as [string, string]);
  return `${path}?${new URLSearchParams([['token', token], ...entries])}`;
}

/** @throws {Error} as the server says. */
export async function ask<T>(path: string, query: Readonly<Record<string, string | number>>): Promise<T> {
  const response = await fetch(address(path, query));
  const body = (await response.json()) as T & { error?: string }; // our own server's
  if (!response.ok) throw new Error(body.error ?? response.statusText);
  return body;
}

export class Store {
  readonly tree = new Tree();
  machines: Readonly<Record<string, Graph>> = {};
  nodes: readonly NodeRow[] = [];
  leader: string | null = null;
  happenings: readonly Happening[] = [];
  frames: readonly FramePath[] = [];
  position = 0;
  dropped = 0;
  bodies = true;
  isConnected = false;
  readonly #draw: () => void;
  #isDue = false;
  #source: EventSource | undefined;
  #everybody: boolean | undefined;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /**
   * Live from here on; the browser connects again by itself, and is then told everything.
   * @param everybody whether users and sessions are looked at too: it costs a node something to tell of them.
   */
  connect(everybody: boolean): void {
    if (everybody === this.#everybody) return;
    this.#everybody = everybody;
    const before = this.#source;
    const source = new EventSource(address('/stream', everybody ? { everybody: 1 } : {}));
    this.#source = source;
    source.onmessage = ({ data }) => {
      before?.close(); // not before: while nobody looks nothing is told
      if (source === this.#source) this.take(JSON.parse(data as string) as Update); // our own server's
    };
    source.onerror = () => {
      this.isConnected = false;
      this.changed();
    };
  }

  take(update: Update): void {
    this.isConnected = true;
    if (update.isWhole) this.#forget();
    this.machines = { ...this.machines, ...update.machines };
    if (update.actors) this.tree.put(update.actors);
    if (update.gone) this.tree.remove(update.gone);
    if (update.nodes) this.nodes = update.nodes;
    if (update.leader !== undefined) this.leader = update.leader;
    if (update.bodies !== undefined) this.bodies = update.bodies;
    this.happenings = [...this.happenings, ...(update.happenings ?? [])]
      .sort((a, b) => a.at - b.at)
      .slice(-happeningsMax);
    if (update.frames) this.#takeFrames(update.frames);
    this.position = Math.max(this.position, update.position ?? 0);
    this.dropped += update.dropped ?? 0;
    this.changed();
  }

  /** Something is to be drawn, soon. */
  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #forget(): void {
    this.tree.clear();
    this.machines = {};
    this.happenings = [];
    this.frames = [];
  }

  #takeFrames(frames: readonly FramePath[]): void {
    const byNumber = new Map(this.frames.map((path) => [path.frame, path]));
    for (const path of frames) byNumber.set(path.frame, path);
    this.frames = [...byNumber.values()].sort((a, b) => b.frame - a.frame).slice(0, framesMax);
  }
}
