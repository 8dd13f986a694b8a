import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../src/system/folder.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('several who make the same folder at the same moment all have it, each folder with the mode', async () => {
  const top = join(tempFolder(), 'a');
  const path = join(top, 'b', 'c');
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(path, 0o700)));
  for (const made of [top, path]) expect(statSync(made).mode & 0o777).toBe(0o700);
});

it('a file in its place is said to be there', async () => {
  const path = join(tempFolder(), 'file');
  writeFileSync(path, '');
  await expect(makeFolder(path)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(path, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
