import { describe, expect, it } from 'vitest';
import { endAsLed } from '../../../src/log/jetstream.ts';

const state = { last_seq: 25 } as Parameters<typeof endAsLed>[0]['state']; // nothing else of it is looked at
const replica = { name: 'nats-1', current: true, active: 3e8, peer: 'x', offline: false, lag: 0 };
const replicas = [replica, { ...replica, name: 'nats-3' }];

describe('where the stream ends', () => {
  it('is what its leader says, or the only server', () => {
    expect(endAsLed({ state, cluster: { leader: 'nats-2', replicas } })).toBe(25);
    expect(endAsLed({ state })).toBe(25);
  });

  it('is what its leader says while another server is dead', () => {
    const dead = { ...replica, name: 'nats-3', active: 3.6e12 };
    expect(endAsLed({ state, cluster: { leader: 'nats-2', replicas: [replica, dead] } })).toBe(25);
  });

  it('is not what one says who calls itself leader, and has heard nobody for long (P1)', () => {
    const unheard = replicas.map((one) => ({ ...one, active: 14e9 }));
    expect(() => endAsLed({ state, cluster: { leader: 'nats-2', replicas: unheard } })).toThrow(
      'nobody leads the stream',
    );
  });

  it('is not what a server says while nobody leads: it may have been cut off for long (P1)', () => {
    expect(() => endAsLed({ state, cluster: { name: 'verbatim', replicas } })).toThrow(
      'nobody leads the stream',
    );
  });
});
