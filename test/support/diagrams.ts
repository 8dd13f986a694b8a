/** What a diagram's page draws, out of the page itself. */
import { expect } from 'vitest';
import type { Lane } from '../../src/labs/clocks/core/causality.ts';

export function drawnIn(page: string): readonly Lane[] {
  const [, json = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page) ?? [];
  return (JSON.parse(json) as { lanes: Lane[] }).lanes; // written by the program under test
}

/** Clocks grow along each lane, and along each message. */
export function expectForward(lanes: readonly Lane[]): void {
  for (const { events } of lanes) {
    for (const [index, { clock, from }] of events.entries()) {
      const before = index > 0 ? events[index - 1]!.clock : 0;
      const sender = lanes.find(({ name }) => name === from?.machine)?.events[(from?.number ?? 0) - 1];
      expect(sender !== undefined).toBe(from !== undefined);
      expect(Math.max(before, sender?.clock ?? 0)).toBeLessThan(clock);
    }
  }
}
