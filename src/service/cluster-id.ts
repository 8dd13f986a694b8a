/**
 * Which cluster this is: the beginning of its first frame's hash, the same on all nodes and in all generations. Whoever
 * starts over has another one, and log-ins of before are told apart from those of a node that is behind.
 */
import type { Frames } from './frames.ts';

const digits = 16;

/** @throws {RangeError} while nothing is stored. */
export async function clusterId(frames: Frames): Promise<string> {
  return (await frames.get(1)).hash.slice(0, digits);
}
