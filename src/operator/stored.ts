/** Data folders of nodes that are not running: what their logs hold, and whether it can be trusted. */
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Refused } from '../client/errors.ts';
import { DataFolderUnusable, whyUnusable } from '../cluster/secrets.ts';
import { Frame } from '../events/frame.ts';
import { LevelStore, StoreUnusable } from '../log/level.ts';
import type { NodeStore } from '../log/port.ts';
import { Frames } from '../service/frames.ts';
import { isEventType, type LoggedEvent, loggedEvents, unknownType } from '../service/logged.ts';
import { type Verification, verifyStore } from '../service/verify.ts';
import { isNodeId } from './folders.ts';

export type { LoggedEvent };

export interface LogQuery {
  readonly from: number;
  /** Up to the end where null. */
  readonly to: number | null;
  readonly type: string | null;
}

export type NodeVerification = Verification & { readonly node: string };

interface OpenNode {
  readonly node: string;
  readonly store: NodeStore;
}

export class StoredNodes {
  readonly #nodes: readonly OpenNode[];

  private constructor(nodes: readonly OpenNode[]) {
    this.#nodes = nodes;
  }

  /**
   * Opens a cluster's data folder, or that of one node.
   * @returns undefined when nodes are running in a cluster's folder. @throws {DataFolderUnusable | StoreUnusable}
   */
  static async open(data: string): Promise<StoredNodes | undefined> {
    const nodes: OpenNode[] = [];
    try {
      const folders = await foldersIn(data);
      for (const folder of folders)
        nodes.push({ node: basename(folder), store: await LevelStore.open(folder) });
      return new StoredNodes(nodes);
    } catch (error) {
      for (const { store } of nodes) await store.close();
      if (error instanceof StoreUnusable && error.isInUse && !(await isStore(resolve(data))))
        return undefined;
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
    for (const { node, store } of await this.#longestFirst()) {
      const own = await withScratch((scratch) => verifyStore(store, { scratch }));
      const difference = reference ? await compare(store, reference) : undefined;
      found.push({ node, ...own, ...(difference ? { ok: false, ...difference } : {}) });
      if (own.ok) reference ??= { node, store };
    }
    return found.sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true }));
  }

  /** Committed events of the longest log, secrets redacted. @throws {Refused} of an unknown type. */
  async *log({ from, to, type }: LogQuery): AsyncGenerator<LoggedEvent> {
    if (type !== null && !isEventType(type)) throw new Refused('malformed', unknownType);
    const [longest] = await this.#longestFirst();
    const mark = longest?.store.bookmark?.mark;
    if (!longest || !mark) return;
    const last = Math.min(to ?? mark.position, mark.position);
    for await (const event of loggedEvents(new Frames(longest.store), mark.number, from, last)) {
      if (type === null || event.type === type) yield event;
    }
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

/** LevelDB would make a new database of any folder. */
async function isStore(folder: string): Promise<boolean> {
  return await access(join(folder, 'CURRENT')).then(
    () => true,
    () => false,
  );
}

async function withScratch<T>(use: (scratch: NodeStore) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-verify-'));
  const scratch = await LevelStore.open(folder);
  try {
    return await use(scratch);
  } finally {
    await scratch.close();
    await rm(folder, { recursive: true, force: true });
  }
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
