/** Conversations in which one thing goes wrong, told step by step. */
import { expect, it } from 'vitest';
import { Frame } from '../../src/events/frame.ts';
import { opensEpoch } from '../../src/replication/tail.ts';
import { type Scenario, startScenario } from './support.ts';

function epochsOpened({ world }: Scenario): string[] {
  const frames = (world.stream?.entries ?? []).map((bytes) => Frame.decode(bytes));
  return frames.filter(opensEpoch).map(({ header }) => `${header.epoch} by ${header.leader}`);
}

/** What a node told clients from now on. */
function listenTo({ world }: Scenario, node: string): () => string[] {
  const sinceMs = world.timeline.nowMs;
  return () =>
    world.trace.lines.filter(
      (line) => Number.parseFloat(line) * 1000 > sinceMs && line.includes(` ${node}: tells`),
    );
}

it('the leader dies when its frame is stored and nobody was told (P1)', async () => {
  const scene = await startScenario('dies between append and answer');
  const { world } = scene;
  const [leader] = scene.roles;
  world.awaitFrame(false, () => leader.kill());

  const position = await scene.sends('ann', 'ben', 'did you get this?');
  expect(world.leader).not.toBe(leader);
  await scene.until('ben sees it', () => scene.shown('ben').length === 1);
  expect(position).toBe(world.user('ben').shown[0]?.position);
  await scene.ends();
  expect(scene.shown('ben')).toEqual(['did you get this?']);
});

it('a leader dies when it has won and does not know yet (P3, P5)', async () => {
  const scene = await startScenario('dies after winning');
  const { world } = scene;
  const [leader, first] = scene.roles;
  world.awaitFrame(true, (winner) => winner.kill());
  leader.kill();
  await scene.until('the winner is dead', () => !first!.isUp);
  leader.start();

  await scene.sends('ann', 'ben', 'third time lucky');
  expect(epochsOpened(scene).at(-2)).toContain(first!.id);
  await scene.ends();
});

it('two candidates try at the same moment: one wins, the other follows (P3)', async () => {
  const scene = await startScenario('two candidates');
  const { world } = scene;
  const [leader, ...others] = scene.roles;
  leader.kill();
  for (const { process } of others) process?.pause();
  await world.run(1_000); // long enough for neither to have heard the other lately
  for (const { process } of others) process?.resume();

  const campaigning = () => others.every(({ replica }) => replica?.state === 'campaigning');
  await scene.until('both try', campaigning);
  await scene.sends('ann', 'ben', 'who leads now?');
  expect(epochsOpened(scene).filter((line) => line.startsWith('2 '))).toHaveLength(1);
  expect(others.map(({ replica }) => replica?.role).sort()).toEqual(['follower', 'leader']);
  await scene.ends();
});

it('a leader that was paused for ten seconds answers nobody (P3)', async () => {
  const scene = await startScenario('stale leader');
  const { world } = scene;
  const [stale] = scene.roles;
  stale.process?.pause();
  const early = world.user('ann').say('ben', 'given to the one that stands still');
  await world.run(10_000);
  await scene.sends('cid', 'ben', 'given to the next one');
  const told = listenTo(scene, stale.id);

  stale.process?.resume();
  await world.run(3_000);
  expect(told()).toEqual([]);
  expect(stale.replica?.role).toBe('follower');
  scene.answered(await scene.resolved(early));
  await scene.ends();
  expect(scene.shown('ben').sort()).toEqual(['given to the next one', 'given to the one that stands still']);
});

it.each(['unanswered', 'lost', 'late'] as const)('an append without an answer: %s (P1, P3)', async (fate) => {
  const scene = await startScenario(`append ${fate}`);
  scene.world.trouble.next = fate;

  await scene.sends('ann', 'ben', 'once');
  await scene.ends();
  expect(scene.shown('ben')).toEqual(['once']);
});

it('a follower that was away catches up (P2)', async () => {
  const scene = await startScenario('catches up');
  const [leader, away] = scene.roles;
  away!.kill();
  for (let count = 1; count <= 20; count++) await scene.sends('ann', 'ben', `number ${count}`);

  away!.start();
  await scene.until('it has caught up', () => away!.copy?.mark.number === leader.copy?.mark.number);
  expect(away!.copy?.mark.state).toBe(leader.copy?.mark.state);
  await scene.ends();
});

it('a client loses its connection before the answer arrives (P1, P6)', async () => {
  const scene = await startScenario('answer lost');
  const { world } = scene;
  world.awaitFrame(false, () => world.user('ann').wire?.sever(200));

  const outcome = await scene.resolved(world.user('ann').say('ben', 'hello?'));
  expect(outcome).toMatchObject({ kind: 'answered', answer: { duplicate: true } });
  await scene.ends();
  expect(scene.shown('ben')).toEqual(['hello?']);
});

it('a wall clock that jumps an hour back does not take the log with it', async () => {
  const scene = await startScenario('clock jumps');
  const [leader] = scene.roles;
  await scene.sends('ann', 'ben', 'before');
  leader.process?.jumpWallClock(-3_600_000);
  await scene.sends('ann', 'ben', 'after');
  await scene.until('ben sees both', () => scene.shown('ben').length === 2);
  const [before, after] = scene.world.user('ben').shown.map(({ at }) => at);
  expect(after! - before!).toBeGreaterThanOrEqual(0);
  expect(after! - before!).toBeLessThan(5_000);
  await scene.ends();
});

it('a leader that is asked to stop hands over at once (P5)', async () => {
  const scene = await startScenario('hands over');
  const { world } = scene;
  const [leader] = scene.roles;
  const beganMs = world.timeline.nowMs;
  await scene.resolved(leader.stop());
  await scene.sends('ann', 'ben', 'still here');
  expect(world.leader).not.toBe(leader);
  expect(world.timeline.nowMs - beganMs).toBeLessThan(1_000);
  await scene.ends();
});

it.each(['random', 'lowest-id'] as const)(
  'leaders die one after the other, %s election (P5)',
  async (strategy) => {
    const scene = await startScenario('one after the other', strategy);
    const { world } = scene;
    for (let death = 1; death <= 10; death++) {
      const [leader] = scene.roles;
      leader.kill();
      const diedMs = world.timeline.nowMs;
      await scene.sends('ann', 'ben', `after death ${death}`);
      expect(world.timeline.nowMs - diedMs).toBeLessThan(1_000);
      leader.start();
      await world.run(2_000);
    }
    await scene.ends();
    expect(scene.shown('ben')).toHaveLength(10);
  },
);
