/**
 * Upcasters: how events written by older versions are read by this one.
 *
 * A stored event is never rewritten. When the shape of a type changes, an upcaster that turns the old data into the
 * new is added here under the type's name, and a golden history of the old version is added to the tests.
 */
export type Upcaster = (event: Record<string, unknown>) => Record<string, unknown>;

/** How long a log-in was to last where nothing was said. */
const logInDays = 90;
const dayMs = 86_400_000;

const upcasters: ReadonlyMap<string, Upcaster> = new Map([
  // Before 0.2 nobody could ask for more than one copy as the fewest.
  ['Seeded', withDefaults(() => ({ minCopies: 1 }))],
  // Before 0.2 nobody asked what a name looks like.
  ['UserRegistered', withDefaults(() => ({ skeletons: [] }))],
  // Before 0.2 log-ins had no end.
  ['LoggedIn', withDefaults(({ at }) => ({ expiresAt: Number(at) + logInDays * dayMs }))],
]);

/** For fields that came later: what the data says itself counts. */
function withDefaults(defaults: (event: Record<string, unknown>) => object): Upcaster {
  return (event) =>
    isObject(event.data) ? { ...event, data: { ...defaults(event), ...event.data } } : event;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function upcast(event: Record<string, unknown>): Record<string, unknown> {
  const upcaster = upcasters.get(String(event.type));
  return upcaster ? upcaster(event) : event;
}
