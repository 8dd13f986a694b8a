/** Times of day and days, as the client shows them, in the user's own time zone. */
import type { TimeFormat } from './state.ts';

export function clockTime(at: number, format: TimeFormat): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = date.getHours();
  const minutes = two(date.getMinutes());
  switch (format) {
    case 'iso':
      return date.toISOString();
    case '12h':
      return `${String(hours % 12 || 12).padStart(2)}:${minutes}${hours < 12 ? 'am' : 'pm'}`;
    case 'seconds':
      return `${two(hours)}:${minutes}:${two(date.getSeconds())}`;
    case '24h':
      return `${two(hours)}:${minutes}`;
  }
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `Sunday 2026-11-22` */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${days[date.getDay()]} ${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
