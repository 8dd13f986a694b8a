import { describe, expect, it } from 'vitest';
import { paletteFor } from '../../../cli/render/colour.ts';
import { renderStatus, statusJson } from '../../../cli/render/status.ts';
import { assess } from '../../../src/operator/health.ts';
import type { NodeStatus } from '../../../src/operator/operator.ts';

const members = ['n1', 'n2', 'n3'];

function status(node: string, more: Partial<NodeStatus> = {}): NodeStatus {
  const frame = more.frame ?? 7;
  return {
    node,
    role: 'follower',
    state: 'following',
    epoch: 2,
    frame,
    position: 10 * frame,
    state_hash: `hash ${frame}`,
    version: 1,
    stored: frame,
    recent: [frame - 1, frame].map((at) => ({ frame: at, state_hash: `hash ${at}` })),
    leader: 'n1',
    members,
    problem: null,
    waits_for: [],
    generation: 1,
    promised: 1,
    copies: 2,
    copies_wanted: 2,
    min_copies: 1,
    clients: 0,
    pid: 1,
    uptime_ms: 61_000,
    ...more,
  };
}

const leader = status('n1', { role: 'leader' });

describe('the health of a cluster', () => {
  it('says for whom a lost stream waits, and what to do', () => {
    const waiting = status('n1', { role: 'other', state: 'seeding', waits_for: ['n3', 'n2'] });
    const { degraded } = assess([waiting], [waiting], members);
    expect(degraded.at(-1)).toBe(
      'the stream is gone, and only n2, n3 can say what it held: start what is down, or, if it is lost for good, `verbatim give-up n2 n3`',
    );
  });

  it('is well when all agree and follow', () => {
    const all = [leader, status('n2'), status('n3')];
    const health = assess(all, all, members);
    expect(health).toMatchObject({ leader: 'n1', differAt: undefined, degraded: [] });
    expect(health.nodes.map(({ isInSync, lag }) => [isInSync, lag])).toEqual([
      [true, 0],
      [true, 0],
      [true, 0],
    ]);
    expect(renderStatus(health, paletteFor(false, {})).at(-1)).toBe(
      'n1 leads epoch 2; 3 of 3 nodes in sync; 0 clients connected',
    );
  });

  it('compares hashes where nodes stood at the same frame, however far they are now (P2)', () => {
    const behind = status('n2', { frame: 6 });
    expect(assess([leader, behind], [leader, behind], members).differAt).toBeUndefined();
    const other = status('n2', { frame: 6, recent: [{ frame: 6, state_hash: 'other' }] });
    expect(assess([leader, other], [leader, other], members).differAt).toBe(6);
    const newer = status('n2', { version: 2, recent: [{ frame: 7, state_hash: 'other' }] });
    expect(assess([leader, newer], [leader, newer], members).differAt).toBeUndefined();
  });

  it('calls a node behind only if it lacks what was committed when it was asked first', () => {
    const first = [leader, status('n2', { frame: 6 })];
    expect(assess(first, [leader, status('n2')], members).degraded).toEqual(['n3 is unreachable']);
    const behind = assess(
      first,
      [status('n1', { role: 'leader', frame: 9 }), status('n2', { frame: 6 })],
      members,
    );
    expect(behind.degraded).toEqual(['n2 is behind', 'n3 is unreachable']);
    expect(behind.nodes[1]).toMatchObject({ isInSync: false, lag: 10 });
  });

  it('shows whoever is missing, frozen or alone', () => {
    const all = [status('n2', { role: 'other', state: 'frozen', problem: 'a hole' })];
    const health = assess(all, all, members);
    expect(health.leader).toBeUndefined();
    expect(health.degraded).toEqual(['n1 is unreachable', 'n2 is frozen: a hole', 'n3 is unreachable']);
    expect(health.nodes.map((node) => statusJson(node, health).role)).toEqual([
      'unreachable',
      'frozen',
      'unreachable',
    ]);
  });
});
