/**
 * A machine of the scale model as an actor: caughtUp ⇄ behind.
 *
 * Its events are decided (`decide.ts`), then logged, then given to it, and given to it again when it is started anew: so
 * it goes on where its log ends. It holds its clocks; the queue is the network's, and is lost with the process.
 */
import { assign, setup } from 'xstate';
import type { MachineEvent } from './entry.ts';
import { type Vector, zeroVector } from './vector.ts';

export interface MachineContext {
  /** Its place among the machines. */
  readonly own: number;
  readonly clock: number;
  readonly vector: Vector;
  /** Of its last event; 0 before the first. */
  readonly number: number;
  readonly tick: number;
}

export type HappenedEvent = { readonly type: 'HAPPENED'; readonly event: MachineEvent };

export const clockMachine = setup({
  types: {
    context: {} as MachineContext,
    events: {} as HappenedEvent,
    input: {} as { readonly own: number; readonly machines: number },
  },
  guards: {
    // Invariant: its events are counted without gaps and its clock never goes back, nor does it stand still.
    isNext: ({ context, event: { event } }) =>
      event.number === context.number + 1 && event.clock > context.clock && event.tick >= context.tick,
    leavesOneBehind: ({ context, event: { event } }) =>
      event.queue > 0 && event.number === context.number + 1 && event.clock > context.clock,
  },
  actions: {
    follow: assign(({ event: { event } }) => ({
      clock: event.clock,
      vector: event.vector,
      number: event.number,
      tick: event.tick,
    })),
  },
}).createMachine({
  id: 'machine',
  context: ({ input: { own, machines } }) => ({
    own,
    clock: 0,
    vector: zeroVector(machines),
    number: 0,
    tick: 0,
  }),
  initial: 'caughtUp',
  states: {
    /** Nothing waited after its last event. */
    caughtUp: {
      on: {
        HAPPENED: [
          { guard: 'leavesOneBehind', target: 'behind', actions: 'follow' },
          { guard: 'isNext', actions: 'follow' },
        ],
      },
    },
    /** It was sent more than it could take. */
    behind: {
      on: {
        HAPPENED: [
          { guard: 'leavesOneBehind', actions: 'follow' },
          { guard: 'isNext', target: 'caughtUp', actions: 'follow' },
        ],
      },
    },
  },
});
