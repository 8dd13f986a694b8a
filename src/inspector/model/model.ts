/**
 * What an inspector knows, folded from what it is told; pure. It believes a process about that process's own actors, and a
 * node about users and sessions too. Everything has a bound: who tells too much loses the oldest of it.
 */
import { replicatedKind } from '../../events/ids.ts';
import type { ActorTold, FrameTold, Graph, Told } from '../../protocol/inspection.ts';
import { nodeHappening, replicaHappening } from './happenings.ts';
import { replicaOf, silent } from './nodes.ts';
import {
  type ActorRow,
  everybodys,
  type FramePath,
  type Happening,
  type NodeRow,
  type Update,
} from './view.ts';

const actorsMax = 200_000;
const framesMax = 40;
const happeningsMax = 500;
const clientsMax = 2_000;
/** Whoever names more of them than anybody has leaves room for others. */
const clientsOfUserMax = 32;

export class Model {
  readonly #actors = new Map<string, ActorRow>();
  readonly #machines = new Map<string, Graph>();
  readonly #frames = new Map<number, FramePath>();
  readonly #clients = new Set<string>();
  #happenings: readonly Happening[];
  #nodes: readonly NodeRow[] = [];
  #position = 0;
  #changes = new Changes();

  /** @param happenings that were seen before. */
  constructor(happenings: readonly Happening[] = []) {
    this.#happenings = happenings;
  }

  /** @param process as the subject says, which the broker vouches for. */
  take(told: Told, process: string, nowMs: number): void {
    if (told.process !== process) return;
    const isNode = told.kind === 'node';
    if (!isNode && !this.#admits(process)) return;
    for (const [kind, graph] of Object.entries(told.machines ?? {})) this.#knowMachine(kind, graph, isNode);
    for (const actor of told.actors ?? []) {
      const isOwn = isNode ? actor.id.startsWith(`${process}/`) : isItself(actor, process);
      if (isOwn || (isNode && actor.id.startsWith(everybodys)))
        this.#knowActor(isNode ? actor : { ...actor, label: userOf(process) }, process, nowMs);
    }
    if (isNode) for (const frame of told.frames ?? []) this.#knowFrame(frame, process);
    this.#changes.dropped += told.dropped ?? 0;
  }

  /** Users and sessions as a node lists them. */
  list(actors: readonly (readonly [id: string, label: string, state: string])[]): void {
    for (const [id, label, state] of actors)
      this.#put([everybodys + id, replicatedKind(id) ?? 'unknown', label, state]);
  }

  /** As they answer, or do not: who is silent is shown as it was. */
  nodesAre(nodes: readonly NodeRow[], nowMs: number): void {
    const before = new Map(this.#nodes.map((row) => [row.node, row]));
    this.#nodes = nodes.map((row) => ({ ...row, said: row.said ?? before.get(row.node)?.said ?? null }));
    for (const row of nodes) {
      this.happened(nodeHappening(row, before.get(row.node), nowMs));
      this.#position = Math.max(this.#position, row.said?.position ?? 0);
      const chart = this.#actors.get(replicaOf(row.node));
      if (row.role === null) this.#put([replicaOf(row.node), 'replica', row.node, silent]);
      else if (chart?.[3] === silent && !this.#isDeposed(row))
        this.#put([chart[0], chart[1], chart[2], row.state]);
    }
    this.#changes.nodes = true;
  }

  happened(happenings: readonly Happening[]): void {
    const known = new Set(this.#happenings.map(keyOf));
    const fresh = happenings.filter((happening) => !known.has(keyOf(happening)));
    this.#happenings = [...this.#happenings, ...fresh].sort((a, b) => a.at - b.at).slice(-happeningsMax);
    this.#changes.happenings.push(...fresh);
  }

  /** A process is silent: its own actors are no more, but that a node should be there is remembered. */
  forget(process: string): void {
    this.#clients.delete(process);
    for (const [id, row] of this.#actors) if (id.startsWith(`${process}/`)) this.#remove(row);
  }

  get actors(): number {
    return this.#actors.size;
  }

  /** Everything. */
  whole(): Update {
    return {
      isWhole: true,
      machines: Object.fromEntries(this.#machines),
      actors: [...this.#actors.values()],
      nodes: this.#nodes,
      happenings: this.#happenings,
      frames: [...this.#frames.values()],
      position: this.#position,
    };
  }

  /** What changed since the last time; undefined where nothing did. */
  changes(withFrames = true): Update | undefined {
    const { actors, gone, happenings, machines, nodes, dropped } = this.#changes;
    const frames = withFrames ? this.#changes.frames : new Set<number>();
    if (this.#changes.isEmptyBut(frames)) return undefined;
    this.#changes = new Changes(withFrames ? undefined : this.#changes.frames);
    return {
      isWhole: false,
      ...(machines ? { machines: Object.fromEntries(this.#machines) } : {}),
      ...(actors.size > 0 ? { actors: [...actors].map((id) => this.#actors.get(id)!) } : {}),
      ...(gone.size > 0 ? { gone: [...gone] } : {}),
      ...(nodes ? { nodes: this.#nodes } : {}),
      ...(happenings.length > 0 ? { happenings } : {}),
      ...(frames.size > 0 ? { frames: [...frames].flatMap((number) => this.#frames.get(number) ?? []) } : {}),
      position: this.#position,
      ...(dropped > 0 ? { dropped } : {}),
    };
  }

  #admits(client: string): boolean {
    if (this.#clients.has(client)) return true;
    const ofUser = `${userOf(client)}.`;
    const own = [...this.#clients].filter((other) => other.startsWith(ofUser));
    if (this.#clients.size >= clientsMax || own.length >= clientsOfUserMax) return false;
    this.#clients.add(client);
    return true;
  }

  /** A client draws the machine of clients and no other, and only where no node has. */
  #knowMachine(kind: string, graph: Graph, isNode: boolean): void {
    if (this.#machines.has(kind) || !(isNode || kind === 'client')) return;
    this.#machines.set(kind, graph);
    this.#changes.machines = true;
  }

  #knowActor({ id, kind, label, state, gone }: ActorTold, process: string, nowMs: number): void {
    const before = this.#actors.get(id);
    if (gone) {
      if (before) this.#remove(before);
      return;
    }
    if (before?.[3] === state && before[2] === label) return;
    this.#put([id, kind, label, state]);
    if (kind !== 'replica') return;
    if (before) this.happened(replicaHappening(process, state, before[3], nowMs));
    if (state === 'leading') this.#silenceOthers(id);
  }

  /** Two do not lead: of one that said so and nothing since, nothing is known. */
  #silenceOthers(leader: string): void {
    for (const row of this.#actors.values())
      if (row[1] === 'replica' && row[0] !== leader && row[3] === 'leading') this.#remove(row);
  }

  /** It answered before somebody else began to lead. */
  #isDeposed({ node, state }: NodeRow): boolean {
    const others = this.#nodes.filter((other) => other.node !== node);
    return (
      state === 'leading' && others.some((other) => this.#actors.get(replicaOf(other.node))?.[3] === state)
    );
  }

  #put(row: ActorRow): void {
    const [id] = row;
    if (this.#actors.size >= actorsMax && !this.#actors.has(id)) {
      this.#changes.dropped += 1;
      return;
    }
    this.#actors.set(id, row);
    this.#changes.actors.add(id);
    this.#changes.gone.delete(id);
  }

  #remove([id, kind, label]: ActorRow): void {
    if (kind === 'replica') {
      this.#put([id, kind, label, silent]);
      return;
    }
    this.#actors.delete(id);
    this.#changes.actors.delete(id);
    this.#changes.gone.add(id);
  }

  #knowFrame(told: FrameTold, node: string): void {
    const { frame } = told;
    const oldest = this.#frames.size >= framesMax ? Math.min(...this.#frames.keys()) : 0;
    if (frame < oldest) return;
    const before = this.#frames.get(frame) ?? newPath(frame);
    this.#frames.set(frame, pathWith(before, told, node));
    if (this.#frames.size > framesMax) this.#frames.delete(oldest);
    this.#changes.frames.add(frame);
    this.#position = Math.max(this.#position, (told.position ?? 0) + (told.events ?? 1) - 1);
  }
}

function userOf(client: string): string {
  return client.slice(0, client.indexOf('.'));
}

/** A client is one actor, however many it tells of. */
function isItself({ id, kind }: ActorTold, process: string): boolean {
  return kind === 'client' && id === `${process}/client`;
}

/** What is not told yet. */
class Changes {
  readonly actors = new Set<string>();
  readonly gone = new Set<string>();
  /** What waits for later. */
  readonly frames: Set<number>;
  readonly happenings: Happening[] = [];
  machines = false;
  nodes = false;
  dropped = 0;

  constructor(frames = new Set<number>()) {
    this.frames = frames;
  }

  /** @param frames those that would be told. */
  isEmptyBut(frames: ReadonlySet<number>): boolean {
    const counted = this.actors.size + this.gone.size + frames.size + this.happenings.length;
    return counted === 0 && !this.machines && !this.nodes && this.dropped === 0;
  }
}

function newPath(frame: number): FramePath {
  const nobody = { leader: null, position: null, events: null, sessions: [], steps: null };
  return { frame, at: 0, ...nobody, stored: {}, committed: {} };
}

function pathWith(
  path: FramePath,
  { what, at, steps, position, events, sessions }: FrameTold,
  node: string,
): FramePath {
  if (what === 'led') return steps ? { ...path, at, leader: node, steps } : path;
  const moments = { ...path[what], [node]: path[what][node] ?? at };
  const content =
    position === undefined ? {} : { position, events: events ?? null, sessions: sessions ?? [] };
  return { ...path, ...content, [what]: moments };
}

function keyOf({ at, node, text, position }: Happening): string {
  return position === null ? `${at} ${node} ${text}` : `#${position}`;
}
