import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replicaMachine } from '../../../src/actors/replica/machine.ts';
import { Watch, type Watched } from '../../../src/node/watch.ts';
import { subjects } from '../../../src/replication/messages.ts';
import { askHttp, askJson } from '../../support/ask-http.ts';
import { Exposition } from '../../support/exposition.ts';
import { Lead } from '../../support/lead.ts';
import { SpokenBus } from '../../support/spoken-bus.ts';
import { World } from '../../support/world.ts';

type Shown = Watched['replica'];
const healthy = { isHealthy: true, isServing: true, isStalled: false };

describe('a node that is watched', () => {
  let watch: Watch;
  let bus: SpokenBus;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = 1_000;
    bus = new SpokenBus();
    watch = await Watch.open({ id: 'n1', port: 0, nowMs: () => nowMs });
  });
  afterEach(async () => {
    await watch.stop();
  });

  const show = (more: Partial<Shown> = {}) => {
    const shown = {
      id: 'n1',
      leader: { leader: 'n2', epoch: 3 },
      openCopy: undefined,
      leadership: undefined,
    };
    watch.show({
      replica: { ...shown, role: 'follower', state: 'following', ...more },
      bus,
      clients: () => 2,
    });
  };
  const readiness = () => askJson(`${watch.url}/readyz`);
  const metrics = async () => new Exposition((await askHttp(`${watch.url}/metrics`)).body);

  it('lives from the start, whatever becomes of it', async () => {
    nowMs += 1_234;
    const alive = { alive: true, node: 'n1', pid: process.pid, uptime_ms: 1_234 };
    expect(await askJson(`${watch.url}/healthz`)).toEqual({ status: 200, said: alive });
    show({ state: 'frozen', role: 'other' });
    expect((await askJson(`${watch.url}/healthz`)).status).toBe(200);
  });

  it('waits for its server and says so', async () => {
    expect(await readiness()).toEqual({
      status: 503,
      said: {
        ready: false,
        node: 'n1',
        role: 'other',
        epoch: null,
        reason: 'there is no connection to nats-server',
      },
    });
    expect((await metrics()).value('verbatim_ready')).toBe(0);
    expect(watch.epoch).toBeUndefined();
  });

  it.each(Object.keys(replicaMachine.states))('tells what %s means for readers (P7)', async (state) => {
    show({ state, leadership: state === 'leading' ? healthy : undefined });
    const { status, said } = await readiness();
    if (state === 'following' || state === 'leading') {
      expect({ status, said }).toMatchObject({ status: 200, said: { ready: true, node: 'n1' } });
    } else {
      expect({ status, said }).toMatchObject({ status: 503, said: { ready: false } });
      expect(said).toHaveProperty('reason', expect.not.stringContaining('its state is'));
    }
    expect((await metrics()).value('verbatim_ready')).toBe(Number(status === 200));
  });

  it.each([
    ['is elected and does not serve yet', undefined, 503],
    ['is elected and does not serve yet', { ...healthy, isServing: false }, 503],
    ['has too few copies, but leads', { isHealthy: true, isServing: false, isStalled: true }, 200],
    ['does not reach the stream', { ...healthy, isHealthy: false }, 503],
    ['leads', healthy, 200],
  ])('as leader %s', async (_, leadership, status) => {
    show({ state: 'leading', role: 'leader', leadership });
    expect((await readiness()).status).toBe(status);
  });

  it.each(['following', 'leading'])(
    'without a connection nobody can read from it, %s or not',
    async (state) => {
      show({ state, leadership: healthy });
      bus.connected = false;
      expect(await readiness()).toMatchObject({
        status: 503,
        said: { reason: 'there is no connection to nats-server' },
      });
      bus.connected = true;
      expect((await readiness()).status).toBe(200);
    },
  );

  it('shows how far its copy is, and how far behind the leader', async () => {
    const { copy } = await Lead.after(new World().commands);
    show({ openCopy: copy });
    const { mark, stored } = copy;
    const first = await metrics();
    expect(first.value('verbatim_committed_frame')).toBe(mark.number);
    expect(first.value('verbatim_committed_position')).toBe(mark.position);
    expect(first.value('verbatim_epoch')).toBe(stored.epoch);
    expect(first.value('verbatim_copies_in_effect')).toBe(2);
    expect(first.value('verbatim_clients_attached')).toBe(2);
    expect(first.value('verbatim_lag_events')).toBeUndefined(); // nobody was heard
    expect(watch.epoch).toBe(3);

    const beat = {
      node: 'n2',
      generation: 1,
      epoch: 3,
      number: 9,
      hash: 'a'.repeat(64),
      mark: { ...mark, position: mark.position + 5 },
      role: 'leader',
      successor: null,
      standsBy: false,
      healthy: true,
      fit: true,
      promised: 1,
    };
    const lag = async () => (await metrics()).value('verbatim_lag_events');
    bus.say(subjects.beat, beat);
    expect(await lag()).toBe(5);
    bus.say(subjects.beat, { ...beat, mark: { ...mark, position: 0 } });
    expect(await lag()).toBe(0);
    bus.say(subjects.beat, beat);
    bus.say(subjects.beat, { ...beat, role: 'follower', mark: { ...mark, position: 900 } });
    bus.say(subjects.beat, { ...beat, epoch: 2, mark: { ...mark, position: 900 } });
    bus.say(subjects.beat, 'no beat');
    expect(await lag()).toBe(5);
  });

  it('leads only when its election is committed', async () => {
    show({ state: 'leading', role: 'leader', leadership: { ...healthy, isServing: false } });
    expect((await metrics()).value('verbatim_role', { role: 'candidate' })).toBe(1);
    show({ state: 'leading', role: 'leader', leader: { leader: 'n1', epoch: 4 }, leadership: healthy });
    expect((await metrics()).value('verbatim_role', { role: 'leader' })).toBe(1);
    expect(await readiness()).toEqual({
      status: 200,
      said: { ready: true, node: 'n1', role: 'leader', epoch: null },
    });
  });
});
