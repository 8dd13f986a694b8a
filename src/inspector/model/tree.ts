/**
 * All actors as a list that can be drawn in part: groups by process and kind, and what a search leaves of them. Pure.
 * States change all the time and the order does not, so it is made anew only when an actor comes or goes.
 */
import { type ActorRow, everybodys } from './view.ts';

export type TreeRow =
  | {
      readonly is: 'group';
      readonly key: string;
      readonly depth: 0 | 1;
      readonly label: string;
      readonly count: number;
    }
  | { readonly is: 'actor'; readonly actor: ActorRow };

export class Tree {
  readonly #actors = new Map<string, ActorRow>();
  #order: string[] | undefined;
  version = 0;

  put(rows: readonly ActorRow[]): void {
    for (const row of rows) {
      if (!this.#actors.has(row[0])) this.#order = undefined;
      this.#actors.set(row[0], row);
    }
    this.version += 1;
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) if (this.#actors.delete(id)) this.#order = undefined;
    this.version += 1;
  }

  clear(): void {
    this.#actors.clear();
    this.#order = undefined;
    this.version += 1;
  }

  get(id: string): ActorRow | undefined {
    return this.#actors.get(id);
  }

  /** What people know it by: a client by the name of its user. */
  label([, kind, label]: ActorRow): string {
    return (kind === 'client' ? this.#actors.get(everybodys + label)?.[2] : undefined) ?? label;
  }

  get size(): number {
    return this.#actors.size;
  }

  /** @param search words that all occur in an actor's id, kind, label or state. @param collapsed keys of groups. */
  rows(search: string, collapsed: ReadonlySet<string>): TreeRow[] {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = new Map<string, Map<string, ActorRow[]>>();
    for (const id of this.#sorted()) {
      const actor = this.#actors.get(id)!;
      if (words.length > 0 && !matches(actor, this.label(actor), words)) continue;
      const kinds = groupOf(groups, groupNameOf(actor), () => new Map<string, ActorRow[]>());
      groupOf(kinds, actor[1], (): ActorRow[] => []).push(actor);
    }
    return flat(groups, collapsed);
  }

  #sorted(): readonly string[] {
    if (this.#order) return this.#order;
    const keyed = [...this.#actors.values()].map((actor) => ({
      id: actor[0],
      key: sortKey(actor, this.label(actor)),
    }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#order = keyed.map(({ id }) => id);
    return this.#order;
  }
}

function processOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

/** Clients are a process each: to see them together says more. */
function groupNameOf([id, kind]: ActorRow): string {
  return kind === 'client' ? 'clients' : processOf(id);
}

function matches([id, kind, , state]: ActorRow, label: string, words: readonly string[]): boolean {
  const text = `${id} ${kind} ${label} ${state}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Nodes first, then what all of them hold, then clients. */
function sortKey(actor: ActorRow, label: string): string {
  const [id, kind] = actor;
  const process = groupNameOf(actor);
  const rank = kind === 'replica' ? 0 : kind === 'client' ? 2 : 1;
  return `${rank} ${process} ${kind} ${label.toLowerCase()} ${id}`;
}

function groupOf<V>(groups: Map<string, V>, key: string, make: () => V): V {
  const known = groups.get(key);
  if (known !== undefined) return known;
  const made = make();
  groups.set(key, made);
  return made;
}

function flat(groups: Map<string, Map<string, ActorRow[]>>, collapsed: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  for (const [process, kinds] of groups) {
    const count = [...kinds.values()].reduce((sum, actors) => sum + actors.length, 0);
    rows.push({ is: 'group', key: process, depth: 0, label: process, count });
    if (collapsed.has(process)) continue;
    for (const [kind, actors] of kinds) {
      const key = `${process}/${kind}`;
      rows.push({ is: 'group', key, depth: 1, label: kind, count: actors.length });
      if (!collapsed.has(key)) for (const actor of actors) rows.push({ is: 'actor', actor });
    }
  }
  return rows;
}
