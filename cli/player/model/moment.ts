/** Moments of a recording, as they are typed and as they are shown. */

const clockTime = /^@(\d{1,2}):(\d\d)(?::(\d\d))?$/;
const position = /^(?:(\d+):)?(\d+):(\d\d)$/;
const length = /^(\d+(?:\.\d+)?)(s|m|h)?$/;
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const dayMs = 86_400_000;

/**
 * How long after the start: of `90`, `90s`, `2m`, `1:30` and `1:02:03`, and of `@19:31`, a time of day where the viewer
 * lives, at or after the start.
 */
export function offsetFrom(text: string, startedAt: number): number | undefined {
  const typed = text.trim();
  const [, amount, unit = 's'] = length.exec(typed) ?? [];
  if (amount !== undefined) return Number(amount) * unitMs[unit]!;
  const [, hours = '0', minutes, seconds] = position.exec(typed) ?? [];
  if (minutes !== undefined) return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  const [, hour, minute, second = '0'] = clockTime.exec(typed) ?? [];
  if (hour === undefined) return undefined;
  const at = new Date(startedAt).setHours(Number(hour), Number(minute), Number(second), 0);
  return at >= Math.floor(startedAt / 1_000) * 1_000 ? Math.max(at - startedAt, 0) : at + dayMs - startedAt;
}

/** `1:05`, `1:02:03`: as it can be typed. */
export function positionText(ms: number): string {
  const seconds = Math.floor(Math.round(ms) / 1_000); // what was reckoned there and back is a little less
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `19:31:05` where the viewer lives. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
