/**
 * Vector clocks: what an event knows of each machine, as how many of its events lie in its past, itself included.
 *
 * A Lamport clock keeps the order of what depends on one another, and cannot tell it from chance; a vector can, for the
 * price of a number a machine in every message.
 */

/** One number a machine, in the machines' order. */
export type Vector = readonly number[];

export type Order = 'before' | 'after' | 'concurrent' | 'same';

export function zeroVector(machines: number): Vector {
  return new Array<number>(machines).fill(0);
}

/** The next event of machine `own`; where it received something, with all that the sender knew. */
export function advanced(vector: Vector, own: number, received?: Vector): Vector {
  const next = vector.slice();
  if (received) {
    for (let index = 0; index < next.length; index++) {
      if (received[index]! > next[index]!) next[index] = received[index]!;
    }
  }
  next[own]! += 1;
  return next;
}

/** How the event of the first vector lies to that of the second. */
export function orderOf(a: Vector, b: Vector): Order {
  let isLess = false;
  let isMore = false;
  for (let index = 0; index < a.length; index++) {
    if (a[index]! < b[index]!) isLess = true;
    else if (a[index]! > b[index]!) isMore = true;
  }
  if (isLess && isMore) return 'concurrent';
  if (isLess) return 'before';
  return isMore ? 'after' : 'same';
}
