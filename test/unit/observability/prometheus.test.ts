import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { refusals } from '../../../src/events/refusals.ts';
import { PrometheusMetrics } from '../../../src/observability/prometheus.ts';
import { type NodeFigures, roles } from '../../../src/ports/metrics.ts';
import { Exposition } from '../../support/exposition.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const atFirst: NodeFigures = { role: 'other', isReady: false, isFrozen: false, clients: 0 };
const leading: NodeFigures = {
  role: 'leader',
  isReady: true,
  isFrozen: false,
  generation: 2,
  epoch: 5,
  storedFrame: 41,
  committedFrame: 40,
  committedPosition: 120,
  lagEvents: 0,
  copiesWanted: 2,
  copiesInEffect: 1,
  clients: 3,
};

describe('metrics for Prometheus', () => {
  let figures: NodeFigures;
  let clock: ManualClock;
  let metrics: PrometheusMetrics;
  const read = async () => new Exposition(await metrics.text());

  beforeEach(() => {
    figures = leading;
    clock = new ManualClock();
    metrics = new PrometheusMetrics({
      node: 'n1',
      nowMs: () => clock.monotonicMs(),
      figures: () => figures,
    });
  });

  it('are valid from the start, each with its type and what it is', async () => {
    figures = atFirst;
    const { names, helps, samples } = await read();
    expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(names.filter((name) => !helps.get(name))).toEqual([]);
    expect(samples.filter(({ labels }) => labels.node !== 'n1')).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds']),
    );
  });

  it('are named where operators look them up', async () => {
    const page = readFileSync(new URL('../../../docs/operating.md', import.meta.url), 'utf8');
    const own = (await read()).names.filter((name) => name.startsWith('verbatim_'));
    expect(own.length).toBeGreaterThan(20);
    expect(own.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
    const told = new Set([...page.matchAll(/`(verbatim_[a-z_]+)/g)].map(([, name]) => name));
    expect([...told].filter((name) => !own.includes(name!))).toEqual([]);
  });

  it('show a node as it is at that moment', async () => {
    const now = await read();
    expect({
      ready: now.value('verbatim_ready'),
      frozen: now.value('verbatim_frozen'),
      generation: now.value('verbatim_generation'),
      epoch: now.value('verbatim_epoch'),
      stored: now.value('verbatim_stored_frame'),
      frame: now.value('verbatim_committed_frame'),
      position: now.value('verbatim_committed_position'),
      lag: now.value('verbatim_lag_events'),
      wanted: now.value('verbatim_copies_wanted'),
      inEffect: now.value('verbatim_copies_in_effect'),
      degraded: now.value('verbatim_degraded'),
      clients: now.value('verbatim_clients_attached'),
    }).toEqual({
      ready: 1,
      frozen: 0,
      generation: 2,
      epoch: 5,
      stored: 41,
      frame: 40,
      position: 120,
      lag: 0,
      wanted: 2,
      inEffect: 1,
      degraded: 1,
      clients: 3,
    });
    figures = { ...leading, role: 'follower', epoch: 6, lagEvents: 4, copiesInEffect: 2 };
    const later = await read();
    expect(roles.filter((role) => later.value('verbatim_role', { role }) === 1)).toEqual(['follower']);
    expect(later.value('verbatim_epoch')).toBe(6);
    expect(later.value('verbatim_lag_events')).toBe(4);
    expect(later.value('verbatim_degraded')).toBe(0);
  });

  it('leave out what is not known, at the start and again', async () => {
    const unknown = [
      'verbatim_epoch',
      'verbatim_committed_position',
      'verbatim_lag_events',
      'verbatim_degraded',
    ];
    figures = atFirst;
    const first = await read();
    expect(unknown.map((name) => first.value(name))).toEqual(unknown.map(() => undefined));
    expect(first.value('verbatim_ready')).toBe(0);
    figures = leading;
    await read();
    figures = atFirst;
    const again = await read();
    expect(unknown.map((name) => again.value(name))).toEqual(unknown.map(() => undefined));
  });

  it('count frames, elections, leaders and what the desk said', async () => {
    metrics.passed({ sizeBytes: 400, events: 1, opens: 'generation' });
    metrics.passed({ sizeBytes: 500, events: 1, opens: 'epoch' });
    metrics.passed({ sizeBytes: 60_000, events: 300, opens: undefined });
    metrics.campaigned('lost');
    metrics.campaigned('won');
    metrics.copiedFully();
    metrics.answered(256);
    metrics.answered(1);
    metrics.refused('not-now');
    const now = await read();
    expect(now.value('verbatim_frame_bytes_sum')).toBe(60_900);
    expect(now.value('verbatim_frame_bytes_bucket', { le: '512' })).toBe(2);
    expect(now.value('verbatim_frame_bytes_bucket', { le: '65536' })).toBe(3);
    expect(now.value('verbatim_frame_events_sum')).toBe(302);
    expect(now.value('verbatim_leaders_seen_total')).toBe(1);
    expect(now.value('verbatim_seedings_total')).toBe(1);
    expect(now.value('verbatim_full_copies_total')).toBe(1);
    expect(now.value('verbatim_elections_total', { outcome: 'won' })).toBe(1);
    expect(now.value('verbatim_elections_total', { outcome: 'lost' })).toBe(1);
    expect(now.value('verbatim_commands_answered_total')).toBe(257);
    expect(now.value('verbatim_refusals_total', { code: 'not-now' })).toBe(1);
  });

  it('time the way of a frame', async () => {
    metrics.begun(41);
    clock.pass(1);
    metrics.cut(41);
    clock.pass(3);
    metrics.stored(41);
    clock.pass(100);
    metrics.committed(41);
    metrics.begun(42);
    metrics.abandoned();
    metrics.committed(42);
    const now = await read();
    expect(now.value('verbatim_append_seconds_sum')).toBe(0.003);
    expect(now.value('verbatim_commit_seconds_sum')).toBe(0.1);
    expect(now.value('verbatim_frame_seconds_sum')).toBeCloseTo(0.104);
    for (const step of ['append', 'commit', 'frame'])
      expect(now.value(`verbatim_${step}_seconds_count`)).toBe(1);
    expect(now.value('verbatim_append_seconds_bucket', { le: '0.002' })).toBe(0);
    expect(now.value('verbatim_append_seconds_bucket', { le: '0.004' })).toBe(1);
  });

  it('have labels of few values, whatever is refused (P9)', async () => {
    for (const code of Object.keys(refusals)) metrics.refused(code);
    for (const code of ['alice', 'hunter22', '__proto__', 'constructor', '"} 1\nevil 1'])
      metrics.refused(code);
    const { samples } = await read();
    const own = samples.filter(({ name }) => name.startsWith('verbatim_'));
    expect(new Set(own.flatMap(({ labels }) => Object.keys(labels)))).toEqual(
      new Set(['node', 'role', 'le', 'outcome', 'code']),
    );
    const codes = own.flatMap(({ labels }) => labels.code ?? []);
    expect(codes.sort()).toEqual([...Object.keys(refusals), 'other'].sort());
    expect(new Exposition(await metrics.text()).value('verbatim_refusals_total', { code: 'other' })).toBe(5);
  });
});
