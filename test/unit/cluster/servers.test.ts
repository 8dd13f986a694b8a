import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planServers, portsTaken, refuseOtherCount, urlOf } from '../../../src/cluster/servers.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('the plan of the nats-servers', () => {
  it('leaves one server where it always was', () => {
    expect(planServers(1, 4222, '/data')).toEqual([
      { id: 'nats-1', host: '127.0.0.1', port: 4222, store: '/data/nats' },
    ]);
  });

  it('gives three of them a store and two ports each, and tells each where the others are', () => {
    const plans = planServers(3, 4222, '/data');
    expect(plans.map(urlOf)).toEqual([
      'nats://127.0.0.1:4222',
      'nats://127.0.0.1:4223',
      'nats://127.0.0.1:4224',
    ]);
    expect(plans.map(({ id, store }) => [id, store])).toEqual([
      ['nats-1', '/data/nats/nats-1'],
      ['nats-2', '/data/nats/nats-2'],
      ['nats-3', '/data/nats/nats-3'],
    ]);
    expect(plans.map(({ routes }) => routes)).toEqual([
      { port: 4225, others: ['127.0.0.1:4226', '127.0.0.1:4227'] },
      { port: 4226, others: ['127.0.0.1:4225', '127.0.0.1:4227'] },
      { port: 4227, others: ['127.0.0.1:4225', '127.0.0.1:4226'] },
    ]);
  });

  it.each([1, 3] as const)('takes as many ports as it says for %s', (count) => {
    const ports = planServers(count, 100, '/data').flatMap(({ port, routes }) =>
      routes ? [port, routes.port] : [port],
    );
    expect(ports.sort((a, b) => a - b)).toEqual(
      Array.from({ length: portsTaken(count) }, (_, index) => 100 + index),
    );
  });
});

describe('a folder of another number of servers', () => {
  it.each([
    ['jetstream', 3, 'one nats-server: start it with --nats 1'],
    ['nats-1', 1, 'three nats-servers: start it with --nats 3'],
  ] as const)(
    'is refused: its stream would be begun anew (nats/%s, started with %s)',
    (folder, count, reason) => {
      const data = tempFolder();
      refuseOtherCount(1, data);
      refuseOtherCount(3, data);
      mkdirSync(join(data, 'nats', folder), { recursive: true });
      expect(() => refuseOtherCount(count, data)).toThrow(`${data} holds the stream of ${reason}`);
      refuseOtherCount(count === 1 ? 3 : 1, data);
    },
  );
});
