/**
 * What an inspector knows, folded from what it is told; pure. It believes a process about that process's own actors, and a
 * node about users and sessions too. Everything has a bound: who tells too much loses the oldest of it.
 */
import type { ActorTold, FrameTold, Graph, Told } from '../../protocol/inspection.ts';
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
  #happenings: Happening[] = [];
  #nodes: readonly NodeRow[] = [];
  #leader: string | null = null;
  #position = 0;
  #changes = new Changes();

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
    for (const [id, label, state] of actors) {
      const kind = id.startsWith('u-') ? 'user' : 'session';
      this.#put([everybodys + id, kind, label, state]);
    }
  }

  nodesAre(nodes: readonly NodeRow[], leader: string | null): void {
    this.#nodes = nodes;
    this.#leader = leader;
    this.#position = Math.max(this.#position, ...nodes.map(({ position }) => position));
    this.#changes.nodes = true;
  }

  happened(happenings: readonly Happening[]): void {
    const known = new Set(this.#happenings.map(keyOf));
    const fresh = happenings.filter((happening) => !known.has(keyOf(happening)));
    this.#happenings = [...this.#happenings, ...fresh].sort((a, b) => a.at - b.at).slice(-happeningsMax);
    this.#changes.happenings.push(...fresh);
  }

  /** A process is silent: its own actors are no more. */
  forget(process: string): void {
    this.#clients.delete(process);
    for (const id of this.#actors.keys()) {
      if (!id.startsWith(`${process}/`)) continue;
      this.#actors.delete(id);
      this.#changes.actors.delete(id);
      this.#changes.gone.add(id);
    }
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
      leader: this.#leader,
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
      ...(nodes ? { nodes: this.#nodes, leader: this.#leader } : {}),
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
    if (gone) return void this.#remove(id);
    const before = this.#actors.get(id);
    if (before?.[3] === state && before[2] === label) return;
    this.#put([id, kind, label, state]);
    const happening =
      kind === 'replica' && before ? replicaHappening(process, state, before[3], nowMs) : undefined;
    if (happening) this.happened([happening]);
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

  #remove(id: string): void {
    if (!this.#actors.delete(id)) return;
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

const noteworthy: Readonly<Record<string, [Happening['what'], string]>> = {
  leading: ['election', 'leads'],
  'campaigning.waiting': ['election', 'campaigns'],
  settingAside: ['copy', 'gives up its copy and takes a full one'],
  checking: ['fault', 'doubts its rows and checks them'],
  frozen: ['fault', 'is frozen'],
  disconnected: ['fault', 'lost its connection'],
  'seeding.waiting': ['election', 'finds the stream lost'],
};

function replicaHappening(node: string, state: string, before: string, at: number): Happening | undefined {
  const found = noteworthy[state];
  const topBefore = before.split('.')[0];
  if (!found || topBefore === state.split('.')[0]) return undefined;
  const [what, text] = found;
  return { at: Math.round(at), what, node, text, position: null };
}

function keyOf({ at, node, text, position }: Happening): string {
  return position === null ? `${at} ${node} ${text}` : `#${position}`;
}
