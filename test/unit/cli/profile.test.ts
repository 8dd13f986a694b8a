import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { Profile } from '../../../cli/profile.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const identity = { user: 'u-1', name: 'alice', token: 't', position: 0 };

describe('a profile', () => {
  let home: string;
  let folder: string;
  let profile: Profile;

  beforeEach(() => {
    home = tempFolder();
    folder = join(home, 'verbatim', 'profiles');
    profile = new Profile('alice', { XDG_CONFIG_HOME: home });
  });

  it('keeps the highest position of the log-in that it holds, and of no other (P7)', () => {
    profile.write(identity);
    profile.keepPosition(identity, 7);
    profile.keepPosition(identity, 5);
    profile.keepPosition({ ...identity, token: 'of an older log-in' }, 9);
    expect(profile.read()).toEqual({ ...identity, position: 7 });
    profile.remove();
    profile.keepPosition(identity, 11);
    expect(profile.read()).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('never falls while many commands note how far they have seen (P7)', async () => {
    profile.write(identity);
    const program = fileURLToPath(new URL('../../support/position-keeper.ts', import.meta.url));
    const keepers = [1, 2, 3, 4].map((first) =>
      fork(program, [home, String(first), '400'], { execArgv: ['--import', 'tsx'] }),
    );
    let highest = 0;
    const ended = Promise.all(keepers.map((keeper) => once(keeper, 'exit'))).then(() => 'ended');
    do {
      const { position = 0 } = profile.read() ?? {};
      expect(position).toBeGreaterThanOrEqual(highest);
      highest = position;
    } while ((await Promise.race([ended, new Promise(setImmediate)])) !== 'ended');
    expect(profile.read()?.position).toBe(400);
  });

  it('is not held up by a command that was killed while it wrote', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'alice.json.lock'), '');
    profile.write(identity);
    expect(profile.read()).toEqual(identity);
    expect(readdirSync(folder)).toEqual(['alice.json']);
  });
});
