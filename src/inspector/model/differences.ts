/** What changed between two contexts. Pure. */
export interface Field {
  readonly key: string;
  readonly text: string;
  readonly change: 'same' | 'new' | 'changed' | 'gone';
  /** What it was, where it changed. */
  readonly before?: string;
}

type Context = Readonly<Record<string, unknown>>;

/** @param before undefined where nothing is known of it: then nothing counts as changed. */
export function differences(before: Context | undefined, now: Context): Field[] {
  const fields = Object.entries(now).map(([key, value]): Field => {
    const text = textOf(key, value);
    if (!before) return { key, text, change: 'same' };
    if (!(key in before)) return { key, text, change: 'new' };
    const was = textOf(key, before[key]);
    return was === text ? { key, text, change: 'same' } : { key, text, change: 'changed', before: was };
  });
  const gone = Object.keys(before ?? {}).filter((key) => !(key in now));
  return [
    ...fields,
    ...gone.map((key): Field => ({ key, text: '', change: 'gone', before: textOf(key, before?.[key]) })),
  ];
}

/** As `verbatim state` prints it: times as people read them. */
function textOf(key: string, value: unknown): string {
  const isTime = key.endsWith('At') && typeof value === 'number';
  return JSON.stringify(isTime ? new Date(value).toISOString() : value) ?? '';
}
