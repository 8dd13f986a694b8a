/** An event in one line: what somebody wants to know of it first, without what they look at already. Pure. */

/**
 * @param own id of the actor whose event it is.
 * @param nameOf what an id is known by; the id itself where it is known by nothing else.
 */
export function summaryOf(
  data: Readonly<Record<string, unknown>>,
  own: string,
  nameOf: (id: string) => string,
): string {
  const shown = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(shown).join(', ');
    return typeof value === 'string' ? nameOf(value) : (JSON.stringify(value) ?? '');
  };
  const { from, text, ...others } = data;
  const said = text === undefined ? [] : [`${shown(from)}: ${String(text)}`];
  const fields = Object.entries(text === undefined ? data : others)
    .filter(([, value]) => value !== own && value !== null && value !== '[redacted]')
    .map(([key, value]) => `${key} ${shown(value)}`);
  return [...said, ...fields].join(' · ');
}
