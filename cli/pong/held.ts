/**
 * Which way the paddle goes, of what is pressed. A terminal with the kitty protocol tells when a key is let go. Others only
 * repeat a key that is held, so there a key counts as let go when it was not repeated for a moment; and because the first
 * repeat takes its time, a key with Shift goes on by itself until another one is pressed. Pure.
 */
import type { Direction } from '../../src/client/pong.ts';

export interface Held {
  readonly direction: Direction;
  /** Then it counts as let go; undefined: it does not by itself. */
  readonly untilMs: number | undefined;
  /** Keys that are down, the last one last, where the terminal tells. */
  readonly down: readonly Direction[];
  readonly areReleasesTold: boolean;
}

/** A tap moves the paddle by about its half; keys are repeated every 30 to 50 ms. */
const tapMs = 90;
const repeatMs = 120;

export const nothingHeld: Held = { direction: 0, untilMs: undefined, down: [], areReleasesTold: false };

export function pressed(held: Held, direction: Direction, nowMs: number): Held {
  if (held.areReleasesTold) {
    const down = [...held.down.filter((one) => one !== direction), direction];
    return { ...held, direction, down, untilMs: undefined };
  }
  const isRepeated = held.direction === direction;
  return { ...held, direction, untilMs: nowMs + (isRepeated ? repeatMs : tapMs) };
}

export function released(held: Held, direction: Direction): Held {
  const down = held.down.filter((one) => one !== direction);
  return { ...held, down, direction: down.at(-1) ?? 0, untilMs: undefined };
}

/** Goes on until something else is pressed; 0 stops. */
export function running(held: Held, direction: Direction): Held {
  return { ...held, direction, untilMs: undefined };
}

/** Time has passed. */
export function heldAt(held: Held, nowMs: number): Held {
  return held.untilMs !== undefined && nowMs >= held.untilMs
    ? { ...held, direction: 0, untilMs: undefined }
    : held;
}
