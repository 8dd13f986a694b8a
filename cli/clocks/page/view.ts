/** Which part of a diagram is looked at: what is told of an event becomes pixels here, and back. */

export interface View {
  /** What stands at the left edge, in the axis' own unit. */
  readonly first: number;
  /** Pixels a unit. */
  readonly scale: number;
}

export const margin = { left: 80, right: 30, top: 30, bottom: 40 } as const;

export function fitted(least: number, most: number, width: number): View {
  const span = Math.max(most - least, 1e-9);
  return { first: least, scale: Math.max(width - margin.left - margin.right, 1) / span };
}

export function xOf({ first, scale }: View, value: number): number {
  return margin.left + (value - first) * scale;
}

/** What stands under a pixel stays there. */
export function zoomed({ first, scale }: View, factor: number, x: number): View {
  const under = first + (x - margin.left) / scale;
  const next = scale * factor;
  return { first: under - (x - margin.left) / next, scale: next };
}

export function moved({ first, scale }: View, pixels: number): View {
  return { first: first - pixels / scale, scale };
}
