import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LevelLog } from '../../src/log/level-log.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('keeps the logs of one database apart and in their order, and goes on with them when it is opened again', async () => {
  const folder = join(tempFolder(), 'log');
  const log = await LevelLog.open(folder);
  for (let number = 1; number <= 12; number++) {
    await log.append('trial-1', `a${number}`);
    await log.append('trial-10', `b${number}`);
  }
  await log.close();
  const again = await LevelLog.open(folder);
  expect(await again.texts('trial-1')).toEqual(Array.from({ length: 12 }, (_, index) => `a${index + 1}`));
  await again.append('trial-1', 'a13');
  expect((await again.texts('trial-1')).at(-1)).toBe('a13');
  expect(await again.texts('trial-10')).toHaveLength(12);
  expect(await again.texts('trial')).toEqual([]);
  await again.close();
});

it('says that another process has it open, in one sentence', async () => {
  const folder = join(tempFolder(), 'log');
  const log = await LevelLog.open(folder);
  await expect(LevelLog.open(folder)).rejects.toThrow(`${folder} is in use by another process`);
  await log.close();
});
