/** Conversations in which one thing goes wrong: as text, and told step by step where text would not do. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Frame } from '../../src/events/frame.ts';
import { opensEpoch } from '../../src/replication/tail.ts';
import { parseScript, play, readScript } from './script.ts';
import { type Scenario, startScenario } from './support.ts';

const folder = fileURLToPath(new URL('./scenarios/', import.meta.url));

for (const file of readdirSync(folder)) {
  const script = readScript(`${folder}${file}`);
  it(script.title, () => play(script));
}

it('a line that is not understood is an error that names file and line', () => {
  const text = '# Title\n\nann tells ben "hello"\nben frowns\n';
  expect(() => parseScript(text, 'some.txt')).toThrow('some.txt:4: not understood: ben frowns');
  expect(() => parseScript('ann tells ben "hello"', 'some.txt')).toThrow('some.txt:1');
});

function epochsOpened({ world }: Scenario): string[] {
  const frames = (world.stream?.entries ?? []).map((bytes) => Frame.decode(bytes));
  return frames.filter(opensEpoch).map(({ header }) => `${header.epoch} by ${header.leader}`);
}

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
  const roles = () => others.map(({ replica }) => replica?.role).sort();
  await scene.until('the other follows', () => roles().join() === 'follower,leader');
  await scene.ends();
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
