/** The frames that open an epoch or a generation, as the node that opens it would write them now. */
import { encodeEvent } from '../events/codec.ts';
import type { Fact } from '../events/domain.ts';
import { Frame } from '../events/frame.ts';
import type { Clock } from '../ports/clock.ts';
import type { Copy } from './copy.ts';

export interface OpeningOptions {
  readonly node: string;
  readonly copy: Copy;
  readonly clock: Clock;
  /** Stamp and Lamport clock for the frame. */
  stamp(): { at: number; clock: number };
}

/** Continues the copy's last frame. */
export function openingFrame(
  { node, copy: { tail, mark }, clock, stamp }: OpeningOptions,
  fact: Fact,
  place: { readonly generation: number; readonly epoch: number },
): Frame {
  const { at, clock: lamport } = stamp();
  const header = {
    ...place,
    number: tail.number + 1,
    prev: tail.hash,
    leader: node,
    position: tail.position + 1,
    clock: lamport,
    wall: Math.floor(clock.wallMs()),
    mark: { number: mark.number, state: mark.state, version: mark.version },
  };
  return Frame.encode(header, [encodeEvent({ ...fact, at })]);
}
