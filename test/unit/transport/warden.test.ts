import { describe, expect, it } from 'vitest';
import { wardenOn } from '../../../src/transport/warden.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';

/** Two servers with connections by name; `isStubborn`: somebody comes for each who is ended. */
function servers(connections: Record<string, number[]>, isStubborn = false) {
  const clock = new ManualClock();
  const bus = new MemoryBus(clock);
  const hanging = new Set<string>();
  const kicked: string[] = [];
  for (const [id, cids] of Object.entries(connections)) {
    bus.subscribe('$SYS.REQ.SERVER.PING.CONNZ', ({ data, respond }) => {
      if (hanging.has(id)) return;
      const { user, offset, limit } = JSON.parse(String(data)) as Record<string, number> & { user?: string };
      const here = user === undefined || user === 'log-in:1' ? cids : [];
      const page = here.slice(offset, offset! + limit!);
      const connections = page.map((cid) => ({ cid, kind: 'Client', authorized_user: `log-in:${cid}` }));
      const list = { total: cids.length, connections }; // of all names: nats-server counts before it looks for one
      respond(JSON.stringify({ server: { id }, data: list }));
    });
    bus.subscribe(`$SYS.REQ.SERVER.${id}.KICK`, ({ data, respond }) => {
      const { cid } = JSON.parse(String(data)) as { cid: number };
      kicked.push(`${id}/${cid}`);
      cids.splice(cids.indexOf(cid), 1, ...(isStubborn ? [cid + 1] : []));
      respond('{}');
    });
  }
  return { warden: wardenOn(bus, Object.keys(connections).length, clock), kicked, clock, hanging };
}

describe('the warden', () => {
  it('counts on all servers', async () => {
    const { warden } = servers({ A: [1, 2], B: [7] });
    expect(await warden.count('log-in:1', 8)).toBe(3);
    expect(await warden.count('log-in:2', 8)).toBe(0);
  });

  it('knows what all are called, on however many pages', async () => {
    const cids = Array.from({ length: 2_500 }, (_, cid) => cid);
    const { warden } = servers({ A: cids, B: [7, 9_999] });
    const names = await warden.names();
    expect(names.size).toBe(2_501);
    expect(names).toContain('log-in:9999');
    expect(names).toContain('log-in:2499');
  });

  it('ends the connections of one log-in on all servers, and of no other', async () => {
    const { warden, kicked } = servers({ A: [1, 2], B: [7] });
    await warden.expel('log-in:2');
    expect(kicked).toEqual([]);
    await warden.expel('log-in:1');
    expect(kicked.sort()).toEqual(['A/1', 'A/2', 'B/7']);
  });

  it('ends one connection where it is known', async () => {
    const { warden, kicked } = servers({ A: [1, 2], B: [7] });
    await warden.kick({ server: 'A', cid: 2 });
    expect(kicked).toEqual(['A/2']);
  });

  it('gives up on somebody who comes again as fast', async () => {
    const { warden, kicked } = servers({ A: [1] }, true);
    await warden.expel('log-in:1');
    expect(kicked).toEqual(['A/1', 'A/2', 'A/3', 'A/4', 'A/5']);
  });

  it('asks a server again that hangs: it holds its connections when it comes back (P9)', async () => {
    const { warden, kicked, clock, hanging } = servers({ A: [], B: [7] });
    hanging.add('B');
    const expelled = warden.expel('log-in:1');
    for (let step = 0; step < 10; step++) await clock.advance(100);
    hanging.delete('B');
    const isOver = expelled.then(() => true);
    while (!(await Promise.race([isOver, clock.advance(100)])))
      expect(clock.monotonicMs()).toBeLessThan(30_000);
    expect(kicked).toEqual(['B/7']);
  });
});
