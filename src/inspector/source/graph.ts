/** A machine as a graph: the walk goes over the machine itself, whose own listing leaves out what happens always. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { Edge, Graph, StateNode } from '../../protocol/inspection.ts';

export function graphOf(machine: AnyStateMachine): Graph {
  const edges: Edge[] = [];
  const walk = (node: AnyStateNode): StateNode => {
    edges.push(...edgesOf(node));
    return {
      id: pathOf(node),
      key: node.key,
      type: node.type,
      initial: node.initial?.target?.[0]?.key ?? null,
      states: Object.values(node.states).map(walk),
    };
  };
  return { root: walk(machine.root), edges };
}

/** The path of the states that are active, such as `registered.online`. */
export function statePath(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const [[key, inner] = []] = Object.entries(value);
  return key === undefined ? '' : `${key}.${statePath(inner)}`;
}

function edgesOf(node: AnyStateNode): Edge[] {
  const from = pathOf(node);
  const all = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
  return all.flatMap(({ eventType, guard, target }) => {
    const targets = target?.map((one) => pathOf(one as AnyStateNode)) ?? [null];
    return targets.map((to) => ({ from, to, event: eventType, guard: nameOf(guard) }));
  });
}

function pathOf({ path }: AnyStateNode): string {
  return path.join('.');
}

/** Guards that have no name are at least there. */
function nameOf(guard: unknown): string | null {
  if (guard === undefined) return null;
  if (typeof guard === 'string') return guard;
  const { type } = guard as { type?: unknown };
  return typeof type === 'string' ? type : 'if';
}
