import { describe, expect, it } from 'vitest';
import { endAsLed } from '../../../src/log/jetstream.ts';

const state = { last_seq: 25 } as Parameters<typeof endAsLed>[0]['state']; // nothing else of it is looked at
const replicas = [{ name: 'nats-1', current: true, active: 0, peer: 'x', offline: false, lag: 0 }];

describe('where the stream ends', () => {
  it('is what its leader says, or the only server', () => {
    expect(endAsLed({ state, cluster: { leader: 'nats-2', replicas } })).toBe(25);
    expect(endAsLed({ state })).toBe(25);
  });

  it('is not what a server says while nobody leads: it may have been cut off for long (P1)', () => {
    expect(() => endAsLed({ state, cluster: { name: 'verbatim', replicas } })).toThrow(
      'nobody leads the stream',
    );
  });
});
