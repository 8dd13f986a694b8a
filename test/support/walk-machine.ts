/**
 * Walks a machine through every state that it can reach with the given events, and in each sends every event, the
 * refused ones too: paths through a graph of states would never show what a state lets in by mistake.
 */
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventFromLogic,
  initialTransition,
  type SnapshotFrom,
  transition,
} from 'xstate';

export interface Visit<M extends AnyStateMachine> {
  readonly snapshot: SnapshotFrom<M>;
  /** By the name of the event: the snapshot it led to, undefined where it is not possible. */
  readonly answers: ReadonlyMap<string, SnapshotFrom<M> | undefined>;
}

/** @param keyOf what makes two snapshots the same state; contexts that only count have to be cut here. */
export function walkMachine<M extends AnyStateMachine>(
  machine: M,
  events: Readonly<Record<string, EventFromLogic<M>>>,
  keyOf: (snapshot: SnapshotFrom<M>) => string,
): Map<string, Visit<M>> {
  const visits = new Map<string, Visit<M>>();
  const waiting = [initialTransition(machine as AnyStateMachine)[0] as SnapshotFrom<M>];
  for (let snapshot = waiting.shift(); snapshot; snapshot = waiting.shift()) {
    const key = keyOf(snapshot);
    if (visits.has(key)) continue;
    const from = snapshot;
    const answers = Object.entries(events).map(
      ([name, event]) => [name, answer(machine, from, event)] as const,
    );
    visits.set(key, { snapshot, answers: new Map(answers) });
    for (const [, next] of answers) if (next) waiting.push(next);
  }
  return visits;
}

function answer<M extends AnyStateMachine>(machine: M, snapshot: SnapshotFrom<M>, event: EventFromLogic<M>) {
  const { status, can } = snapshot as AnyMachineSnapshot;
  if (status !== 'active' || !can.call(snapshot, event)) return undefined; // an actor that is done hears nothing
  return transition(machine, snapshot, event)[0] as SnapshotFrom<M>;
}

/** The names of the events that are possible in a state, with what they lead to. */
export function possible<M extends AnyStateMachine>(
  visit: Visit<M>,
  keyOf: (snapshot: SnapshotFrom<M>) => string,
) {
  const entries = [...visit.answers].flatMap(([name, next]) => (next ? [[name, keyOf(next)] as const] : []));
  return Object.fromEntries(entries);
}
