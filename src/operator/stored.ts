/** Data folders of nodes that are not running: what their logs hold, and whether it can be trusted. */
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Refused } from '../client/errors.ts';
import { DataFolderUnusable, whyUnusable } from '../cluster/secrets.ts';
import { CodecError } from '../events/codec.ts';
import { Frame } from '../events/frame.ts';
import { LevelStore, StoreUnusable } from '../log/level.ts';
import { withScratch } from '../log/level-place.ts';
import { type Mark, type NodeStore, StoreCorrupt } from '../log/port.ts';
import { type Verification, verifyStore } from '../replication/verify.ts';
import { membersAtRest, readableAtRest, rowsAtRest } from '../service/at-rest.ts';
import { Frames } from '../service/frames.ts';
import { isEventType, type LoggedEvent, loggedEvents, unknownType } from '../service/logged.ts';
import { type PastState, type StateQuery, stateOf } from '../service/past.ts';
import { isNodeId, isStore, placeIn } from './folders.ts';

export type { LoggedEvent };

export interface LogQuery {
  readonly from: number;
  /** Up to the end where null. */
  readonly to: number | null;
  /** Only events of these types; all where null. */
  readonly types: readonly string[] | null;
  /** Whether what people wrote is shown; it is, unless this says no. */
  readonly bodies?: boolean;
}

export type NodeVerification = Verification & { readonly node: string };

interface OpenNode {
  readonly node: string;
  readonly store: NodeStore;
}

/** What is in its folder cannot be opened. */
interface DamagedNode {
  readonly node: string;
  readonly error: StoreCorrupt;
}

export class StoredNodes {
  readonly #nodes: readonly OpenNode[];
  readonly #damaged: readonly DamagedNode[];
  readonly #isCluster: boolean;

  private constructor(nodes: readonly OpenNode[], damaged: readonly DamagedNode[], isCluster: boolean) {
    this.#nodes = nodes;
    this.#damaged = damaged;
    this.#isCluster = isCluster;
  }

  /**
   * Opens a cluster's data folder, or that of one node.
   * @returns undefined when nodes of a cluster are running there. @throws {DataFolderUnusable | StoreUnusable}
   */
  static async open(data: string): Promise<StoredNodes | undefined> {
    const nodes: OpenNode[] = [];
    const damaged: DamagedNode[] = [];
    try {
      for (const folder of await foldersIn(data)) {
        const node = basename(folder);
        const opened = await LevelStore.open(folder).catch(corruption);
        if (opened instanceof StoreCorrupt) damaged.push({ node, error: opened });
        else nodes.push({ node, store: opened });
      }
      return new StoredNodes(nodes, damaged, !(await isStore(resolve(data))));
    } catch (error) {
      for (const { store } of nodes) await store.close();
      const isOfCluster = (await placeIn(data)).node !== undefined || !(await isStore(data));
      if (error instanceof StoreUnusable && error.isInUse && isOfCluster) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const { store } of this.#nodes) await store.close();
  }

  /** Folds every log anew, and compares the logs with the longest one that is sound. */
  async verify(): Promise<NodeVerification[]> {
    const found: NodeVerification[] = [];
    let reference: OpenNode | undefined;
    for (const { node, error } of this.#damaged) found.push({ node, ...unreadable(error, nothing, 1) });
    for (const { node, store } of await this.#longestFirst()) {
      const folder = await mkdtemp(join(tmpdir(), 'verbatim-verify-'));
      const own = await withScratch(folder, (scratch) => verifyStore(store, { scratch })).catch(corruption);
      if (own instanceof StoreCorrupt) {
        found.push({ node, ...(await whatIsReadable(store, own)) });
        continue;
      }
      const difference = reference ? await compare(store, reference) : undefined;
      found.push({ node, ...own, ...(difference ? { ok: false, ...difference } : {}) });
      if (own.ok) reference ??= { node, store };
    }
    return found.sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true }));
  }

  /** Members of a cluster that have no folder here, as the longest log that can be read knows them. */
  async missing(): Promise<string[]> {
    const here = new Set([...this.#nodes, ...this.#damaged].map(({ node }) => node));
    for (const { store } of this.#isCluster ? await this.#longestFirst() : []) {
      try {
        return membersAtRest(store).filter((member) => !here.has(member));
      } catch (error) {
        corruption(error);
      }
    }
    return [];
  }

  /** Committed events of the longest log, secrets redacted. @throws {Refused} of an unknown type. */
  async *log({ from, to, types }: LogQuery): AsyncGenerator<LoggedEvent> {
    if (!(types ?? []).every(isEventType)) throw new Refused('malformed', unknownType);
    const longest = await this.#longest();
    if (!longest) return;
    const { mark } = longest;
    const last = Math.min(to ?? mark.position, mark.position);
    let readable = from - 1;
    try {
      for await (const event of loggedEvents(new Frames(longest.store), mark.number, from, last)) {
        readable = event.position;
        if (types?.includes(event.type) ?? true) yield event;
      }
    } catch (error) {
      throw damageTold(longest.node, `its log from position ${readable + 1} on`, error);
    }
  }

  /** Of an actor, by the longest log. @throws {Refused} where there is no such actor. */
  async state(query: StateQuery): Promise<PastState> {
    const longest = await this.#longest();
    if (!longest) throw new Refused('data-unusable', 'That folder holds an empty log.');
    const { store, mark } = longest;
    const remains = { store, rows: rowsAtRest(store), frames: new Frames(store), mark };
    const found = await stateOf(query, remains).catch((error: unknown) => {
      throw damageTold(longest.node, 'what that takes', error);
    });
    if ('code' in found) throw new Refused(found.code, found.message);
    return found;
  }

  /** Where the longest log ends. */
  async position(): Promise<number> {
    return (await this.#longest())?.mark.position ?? 0;
  }

  /** Undefined where nothing was written yet. @throws {Refused} where nothing can be read. */
  async #longest(): Promise<(OpenNode & { readonly mark: Mark }) | undefined> {
    const [longest] = await this.#longestFirst();
    const [damaged] = this.#damaged;
    if (!longest && damaged) throw damageTold(damaged.node, 'its log', damaged.error);
    if (!longest) return undefined;
    const { node, store } = longest;
    if (store.bookmark) return { ...longest, mark: store.bookmark.mark };
    if ((await store.last()) === 0) return undefined;
    throw damageTold(node, 'its log', new StoreCorrupt('how far it was folded is missing'));
  }

  async #longestFirst(): Promise<OpenNode[]> {
    const lengths = await Promise.all(
      this.#nodes.map(async (open) => ({ open, last: await open.store.last() })),
    );
    return lengths.sort((a, b) => b.last - a.last).map(({ open }) => open);
  }
}

/** @throws {DataFolderUnusable} */
async function foldersIn(data: string): Promise<string[]> {
  const folder = resolve(data);
  if (await isStore(folder)) return [folder];
  try {
    const names = (await readdir(join(folder, 'nodes'))).filter(isNodeId).sort();
    const inside = names.map((name) => join(folder, 'nodes', name));
    const stores = [];
    for (const candidate of inside) if (await isStore(candidate)) stores.push(candidate);
    if (stores.length > 0) return stores;
  } catch (cause) {
    throw new DataFolderUnusable(whyUnusable(data, cause), { cause });
  }
  throw new DataFolderUnusable(`${data} holds no node's data`);
}

/** @returns that the store is damaged, as it or LevelDB itself says. @throws what else it is. */
function corruption(error: unknown): StoreCorrupt {
  if (error instanceof StoreCorrupt) return error;
  const { code, message } = error as { code?: string; message: string };
  if (code === 'LEVEL_CORRUPTION') return new StoreCorrupt(message, { cause: error });
  throw error;
}

/** @returns the error itself where it is none of what damaged data lead to. */
function damageTold(node: string, what: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  const isDamage =
    error instanceof StoreCorrupt ||
    error instanceof CodecError ||
    error instanceof RangeError ||
    code === 'LEVEL_CORRUPTION';
  if (!isDamage) return error;
  const advice = '`verbatim verify --data` says which copies are sound';
  return new Refused('data-unusable', `${node} is damaged: ${what} cannot be read (${message}); ${advice}`);
}

const nothing = { frames: 0, events: 0 };

function unreadable({ message }: StoreCorrupt, readable: typeof nothing, first: number): Verification {
  return { ...readable, ok: false, first_bad: first, reason: `the store is damaged: ${message}` };
}

/** Where all of the log can be read, it is the rows that are damaged. */
async function whatIsReadable(store: NodeStore, error: StoreCorrupt): Promise<Verification> {
  const readable = await readableAtRest(store);
  const isWhole = readable.frames === (await store.last());
  const first = isWhole ? (store.bookmark?.mark.position ?? 0) : readable.events + 1;
  return unreadable(error, readable, first);
}

/** The first frame that is not the same as in a sound log. */
async function compare(
  store: NodeStore,
  other: OpenNode,
): Promise<{ first_bad: number; reason: string } | undefined> {
  const common = Math.min(await store.last(), await other.store.last());
  let differsAt = 1;
  while (differsAt <= common && (await isSameFrame(store, other.store, differsAt))) differsAt++;
  if (differsAt > common) return undefined;
  const sound = await other.store.read(differsAt);
  const first = sound ? Frame.decode(sound).header.position : 0;
  return { first_bad: first, reason: `frame ${differsAt} is not the one that ${other.node} has` };
}

async function isSameFrame(a: NodeStore, b: NodeStore, number: number): Promise<boolean> {
  const [one, other] = await Promise.all([a.read(number), b.read(number)]);
  return one !== undefined && other !== undefined && Buffer.from(one).equals(other);
}
