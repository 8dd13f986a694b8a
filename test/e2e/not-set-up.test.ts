/** The command in a checkout that was not set up, and in one that is damaged. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Cli, program } from '../support/cli.ts';
import { ownEnvironment } from '../support/cluster.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('a checkout', () => {
  let root: string;
  let cli: Cli;

  beforeEach(() => {
    root = tempFolder();
    mkdirSync(join(root, 'cli'));
    mkdirSync(join(root, 'dist'));
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    copyFileSync(program, join(root, 'cli', 'verbatim'));
    cli = new Cli(ownEnvironment(), { program: join(root, 'cli', 'verbatim') });
  });

  it('that is not set up says so', async () => {
    const { status, stdout, stderr } = await cli.run(['whoami']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: not-set-up: [^\n]+`npm run setup`[^\n]+\n$/);
    const json = await cli.run(['whoami', '--json']);
    expect({ ...json, error: JSON.parse(json.stderr) }).toMatchObject({
      status: 1,
      error: { error: { code: 'not-set-up', message: expect.any(String) } },
    });
  });

  it.each(['nowhere', './chunks/gone.mjs'])(
    'in which %s is missing does not blame set-up',
    async (missing) => {
      writeFileSync(join(root, 'dist', 'verbatim.mjs'), `import '${missing}';`);
      const { status, stderr } = await cli.run(['whoami']);
      expect(status).toBe(1);
      expect(stderr).toContain('ERR_MODULE_NOT_FOUND');
      expect(stderr).not.toContain('not-set-up');
    },
  );
});
