/** Times and durations as people and programs read them. */

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** `12s`, `3m 20s`, `2h 5m`, `4d 1h`. */
export function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const from = parts.findIndex(([amount]) => amount > 0);
  const shown = from < 0 ? parts.slice(-1) : parts.slice(from, from + 2);
  return shown.map(([amount, unit]) => `${amount}${unit}`).join(' ');
}
