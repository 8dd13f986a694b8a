/**
 * What an inspector is told, in the shapes that `@statelyai/inspect` 0.7 gives the Stately Inspector. Pure.
 *
 * That package's protocol says which version it is in each message and nothing more, so an adapter is of one version; the
 * next one is a file beside this one. Actors are announced when something is told of them: ten thousand at once would
 * be more than it can show.
 */
import type { EventTold, Graph, StateNode } from '../../protocol/inspection.ts';
import type { ActorRow } from '../model/view.ts';

const _version = '0.7.2';

interface Base {
  readonly rootId: string;
  readonly sessionId: string;
  /** Milliseconds since 1970, as text. */
  readonly createdAt: string;
  readonly id: null;
  readonly _version: string;
}

interface Snapshot {
  readonly status: 'active';
  readonly value: unknown;
  readonly context: Readonly<Record<string, unknown>>;
}

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

export type StatelyMessage = Base &
  (
    | {
        readonly type: '@xstate.actor';
        readonly name: string;
        readonly definition: string;
        readonly parentId: undefined;
        readonly snapshot: Snapshot;
      }
    | { readonly type: '@xstate.event'; readonly event: Event; readonly sourceId: undefined }
    | { readonly type: '@xstate.snapshot'; readonly event: Event; readonly snapshot: Snapshot }
  );

export class StatelyAdapter {
  readonly #known = new Set<string>();

  /** @param graph of its machine. @returns nothing where it was announced before. */
  announce([id, kind, label, state]: ActorRow, graph: Graph, nowMs: number): StatelyMessage[] {
    if (this.#known.has(id)) return [];
    this.#known.add(id);
    const definition = JSON.stringify(definitionOf(kind, graph));
    const snapshot = snapshotOf(state, {});
    const name = `${kind} ${label}`;
    return [{ type: '@xstate.actor', name, definition, parentId: undefined, snapshot, ...base(id, nowMs) }];
  }

  /** Of an actor that was announced. */
  event({ actor, type, data, to, context, at }: EventTold): StatelyMessage[] {
    const event = { ...data, type };
    const place = base(actor, at);
    return [
      { type: '@xstate.event', event, sourceId: undefined, ...place },
      { type: '@xstate.snapshot', event, snapshot: snapshotOf(to, context), ...place },
    ];
  }
}

function base(sessionId: string, at: number): Base {
  return { rootId: sessionId, sessionId, createdAt: String(at), id: null, _version };
}

function snapshotOf(state: string, context: Snapshot['context']): Snapshot {
  const value = state
    .split('.')
    .reduceRight<unknown>((inner, key) => (inner === undefined ? key : { [key]: inner }), undefined);
  return { status: 'active', value, context };
}

/** A machine's configuration, of which guards and actions are only names. */
function definitionOf(kind: string, { root, edges }: Graph): object {
  const configOf = (state: StateNode): object => {
    const on: Record<string, object[]> = {};
    for (const { from, to, event, guard } of edges) {
      if (from !== state.id) continue;
      on[event] ??= [];
      on[event].push({ ...(to ? { target: `#${kind}.${to}` } : {}), ...(guard === null ? {} : { guard }) });
    }
    return {
      ...(state.id === '' ? { id: kind } : {}),
      ...(state.initial === null ? {} : { initial: state.initial }),
      ...(state.type === 'final' ? { type: 'final' } : {}),
      ...(Object.keys(on).length > 0 ? { on } : {}),
      ...(state.states.length > 0
        ? { states: Object.fromEntries(state.states.map((child) => [child.key, configOf(child)])) }
        : {}),
    };
  };
  return configOf(root);
}
