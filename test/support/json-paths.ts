/** Ways through a JSON value, to spoil one field of it at a time. */
type Path = readonly string[];

/** Paths of all objects in a value, its own (empty) path first; arrays are passed through. */
export function objectPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, field]) => objectPaths(field, [...path, key]));
  return Array.isArray(value) ? below : [path, ...below];
}

/** Paths of everything that is no object and has none in it; an empty array is a leaf. */
export function leafPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, field]) => leafPaths(field, [...path, key]));
}

export function withField(value: unknown, path: Path, field: unknown): object {
  return changed(value, path, (parent, name) => {
    parent[name] = field;
  });
}

export function withoutField(value: unknown, path: Path): object {
  return changed(value, path, (parent, name) => {
    delete parent[name];
  });
}

function changed(
  value: unknown,
  path: Path,
  change: (parent: Record<string, unknown>, name: string) => void,
): object {
  const copy = structuredClone(value) as Record<string, unknown>;
  let parent = copy;
  for (const name of path.slice(0, -1)) parent = parent[name] as Record<string, unknown>;
  change(parent, path.at(-1)!);
  return copy;
}
