/** Lamport and vector clocks held against the graph of messages, which knows nothing of them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Causality } from '../../../src/labs/clocks/core/causality.ts';
import type { MachineEvent } from '../../../src/labs/clocks/core/entry.ts';
import { lanesOf } from '../../../src/labs/clocks/core/lanes.ts';
import { machinesOf, type RunSettings, trialOf, usual } from '../../../src/labs/clocks/core/settings.ts';
import { orderOf } from '../../../src/labs/clocks/core/vector.ts';
import { runVirtual } from '../../../src/labs/clocks/core/virtual.ts';
import { seeded } from '../../../src/labs/clocks/virtual-run.ts';

const pairsMin = 100_000;

function run(settings: Partial<RunSettings>): { causality: Causality; events: MachineEvent[] } {
  const trial = trialOf({ ...usual, mode: 'virtual', ...settings }, 1, seeded);
  const logs = runVirtual(trial, seeded);
  const ids = trial.machines.map(({ id }) => id);
  return { causality: new Causality(lanesOf(ids, logs)), events: logs.flat() };
}

it('vectors order exactly what messages connect, and Lamport clocks never against it', () => {
  let pairs = 0;
  const settings = fc.record({
    machines: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 }).map(machinesOf),
    internal: fc.constantFrom(0, 0.3, 0.7, 0.9),
    broadcast: fc.constantFrom('one' as const, 'two' as const),
    seed: fc.nat(1_000_000),
    seconds: fc.constantFrom(5, 20),
  });
  fc.assert(
    fc.property(settings, (drawn) => {
      const { causality, events } = run(drawn);
      for (let b = 0; b < events.length; b += 1 + Math.floor(events.length / 40)) {
        const past = causality.pastOf(b);
        for (const [a, event] of events.entries()) {
          pairs += 1;
          if (a === b) continue;
          const isBefore = orderOf(event.vector, events[b]!.vector) === 'before';
          if (isBefore !== (past[a] === 1))
            throw new Error(`vectors of ${a} and ${b} differ from the messages`);
          if (isBefore && event.clock >= events[b]!.clock)
            throw new Error(`the clock of ${a} is not below that of ${b}`);
        }
      }
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(pairs).toBeGreaterThan(pairsMin);
});

it('a message that carries the clock before its send lets a receipt have the clock of its send', () => {
  const { causality, events } = run({ stamp: 'pre', machines: machinesOf([3, 3, 3]) });
  const gaps = events.flatMap(({ clock }, event) => {
    const sender = causality.senderOf(event);
    return sender === undefined ? [] : [clock - events[sender]!.clock];
  });
  expect(Math.min(...gaps)).toBe(0); // never less: only equal
});

it('a path goes from event to event, each the next of its machine or the receipt of its message', () => {
  const { causality, events } = run({ machines: machinesOf([1, 3, 6]) });
  const b = causality.find({ machine: 'm1', number: 30 })!;
  const past = causality.pastOf(b);
  for (let a = 0; a < events.length; a += 7) {
    const path = causality.pathFrom(a, b);
    expect(path !== undefined).toBe(past[a] === 1);
    for (const [index, event] of (path ?? []).slice(1).entries()) {
      const earlier = path![index]!;
      const isNext = event === earlier + 1 && causality.laneOf(event) === causality.laneOf(earlier);
      expect(isNext || causality.senderOf(event) === earlier).toBe(true);
    }
    expect(causality.orderOf(b, a)).toBe(
      a === b ? 'same' : past[a] === 1 ? 'after' : causality.pathFrom(b, a) ? 'before' : 'concurrent',
    );
  }
});

it('a question to ten thousand events is answered in less than 50 ms', () => {
  const { causality } = run({ machines: machinesOf(new Array(10).fill(6)), seconds: 170 });
  expect(causality.size).toBeGreaterThan(10_000);
  causality.orderOf(5, causality.size - 1); // compiled
  const beganMs = performance.now();
  for (let event = 0; event < 10; event++) causality.orderOf(event * 100, causality.size - 1);
  expect((performance.now() - beganMs) / 10).toBeLessThan(50);
});
