/** What is measured in milliseconds here must not wait for another test. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestCluster } from '../support/cluster.ts';
import { post, rawUser } from '../support/raw-user.ts';

const nodes = ['n1', 'n2', 'n3'];

describe('a follower that is paused', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    await cluster.welcome('alice', 'bob');
  });
  afterAll(async () => {
    cluster.signal('SIGCONT', ...nodes);
    await cluster.stop();
  });

  it('costs nobody anything while it follows (P5)', async () => {
    const leader = await cluster.leader();
    const follower = nodes.find((node) => node !== leader.node)!;
    const raw = await rawUser(cluster, 'alice'); // before: a paused node may be the one asked who may connect
    cluster.signal('SIGSTOP', follower);
    const waitsMs: number[] = [];
    const untilMs = performance.now() + 3_000; // from before it counts as dead until long after
    for (let index = 0; performance.now() < untilMs; index++) {
      const begunMs = performance.now();
      const [answer] = (await raw.command(post(`paused-${index}`, 'bob', 'hello'))).answers as {
        position: number;
      }[];
      expect(answer?.position).toBeGreaterThan(0);
      waitsMs.push(performance.now() - begunMs);
    }
    cluster.signal('SIGCONT', follower);
    await raw.connection.close();
    expect(await cluster.leader()).toEqual(leader);
    expect(waitsMs.length).toBeGreaterThan(50);
    expect(Math.max(...waitsMs)).toBeLessThan(400); // a starved machine apart, it is a few milliseconds
  });
});
