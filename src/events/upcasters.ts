/**
 * Upcasters: how events written by older versions are read by this one.
 *
 * A stored event is never rewritten. When the shape of a type changes, an upcaster that turns the old data into the
 * new is added here under the type's name, and a golden history of the old version is added to the tests.
 */
export type Upcaster = (event: Record<string, unknown>) => Record<string, unknown>;

const upcasters: ReadonlyMap<string, Upcaster> = new Map([
  // Before 0.2 nobody could ask for more than one copy as the fewest.
  ['Seeded', (event) => (isObject(event.data) ? { ...event, data: { minCopies: 1, ...event.data } } : event)],
]);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function upcast(event: Record<string, unknown>): Record<string, unknown> {
  const upcaster = upcasters.get(String(event.type));
  return upcaster ? upcaster(event) : event;
}
