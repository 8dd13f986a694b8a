/**
 * Upcasters: how events written by older versions are read by this one.
 *
 * A stored event is never rewritten. When the shape of a type changes, an upcaster that turns the old data into the
 * new is added here under the type's name, and a golden history of the old version is added to the tests. The log
 * began with version 1 of every type, so the table is empty.
 */
export type Upcaster = (event: Record<string, unknown>) => Record<string, unknown>;

const upcasters: ReadonlyMap<string, Upcaster> = new Map();

export function upcast(event: Record<string, unknown>): Record<string, unknown> {
  const upcaster = upcasters.get(String(event.type));
  return upcaster ? upcaster(event) : event;
}
