import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchNatsServer, lookForNatsServer, type Place, type Source } from '../../scripts/nats-server.mjs';
import { debianSources, mirrorsIn } from '../../scripts/setup/debian.mjs';
import { officialRelease } from '../../scripts/setup/release.mjs';

let root: string;
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'verbatim-setup-'));
  said = [];
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function place(folders: string[] = [], env: NodeJS.ProcessEnv = {}): Place {
  const PATH = folders.map((folder) => join(root, folder)).join(delimiter);
  return { root, env: { PATH, ...env }, platform: 'linux', say: (sentence) => said.push(sentence) };
}

function program(path: string, script: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Prints its version, and notes in a file beside it that it ran. */
function natsServer(folder: string, version: string): string {
  return program(`${folder}/nats-server`, `echo x >> "$0.runs"; echo "nats-server: v${version}"`);
}

function runsOf(path: string): number {
  return existsSync(`${path}.runs`) ? readFileSync(`${path}.runs`, 'utf8').trim().split('\n').length : 0;
}

function remembered(): unknown {
  return JSON.parse(readFileSync(join(root, '.cache/nats-server.json'), 'utf8'));
}

function source(name: string, version: string): Source {
  return {
    name,
    fetch: async (folder) => {
      const path = join(folder, 'fetched');
      writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
      return path;
    },
  };
}

const brokenSource: Source = { name: 'nowhere', fetch: () => Promise.reject(new Error('no route')) };

describe('looking for a nats-server on this machine', () => {
  it('takes the first one on the search path and says which', () => {
    const path = natsServer('bin', '2.12.3');
    natsServer('later', '2.15.1');
    expect(lookForNatsServer(place(['empty', 'bin', 'later']))).toEqual({ path, version: '2.12.3' });
    expect(remembered()).toMatchObject({ path, version: '2.12.3' });
    expect(said).toEqual([`Using nats-server 2.12.3 (${path}).`]);
  });

  it('finds none where there is none, and remembers nothing', () => {
    expect(lookForNatsServer(place(['bin']))).toBeUndefined();
    expect(existsSync(join(root, '.cache'))).toBe(false);
  });

  it('refuses one that is too old', () => {
    natsServer('bin', '2.10.22');
    natsServer('other', '2.9.25');
    expect(lookForNatsServer(place(['bin', 'other']))).toBeUndefined();
  });

  it('takes the oldest that will do, and says that a newer one would be better', () => {
    natsServer('bin', '2.10.23');
    expect(lookForNatsServer(place(['bin']))?.version).toBe('2.10.23');
    expect(said.join()).toContain('2.12.3 or later would be better');
  });

  it('prefers a better one in the cache to one on the path that only just will do', () => {
    natsServer('bin', '2.11.0');
    const path = natsServer('.cache/nats-server/2.15.1', '2.15.1');
    expect(lookForNatsServer(place(['bin']))?.path).toBe(path);
  });

  it('takes the newest of the cache', () => {
    natsServer('.cache/nats-server/2.9.30', '2.12.9');
    const path = natsServer('.cache/nats-server/2.12.10', '2.12.10');
    expect(lookForNatsServer(place())?.path).toBe(path);
  });

  it('passes over what is no nats-server, cannot run or is a folder', () => {
    program('ls/nats-server', 'echo hello');
    program('broken/nats-server', 'exit 1');
    mkdirSync(join(root, 'folder/nats-server'), { recursive: true });
    const path = natsServer('bin', '2.12.4');
    expect(lookForNatsServer(place(['ls', 'broken', 'folder', 'bin']))?.path).toBe(path);
  });

  it('asks a program for its version once, and again when the file is another', () => {
    const path = natsServer('bin', '2.12.3');
    for (let time = 0; time < 3; time++) lookForNatsServer(place(['bin']));
    expect(runsOf(path)).toBe(1);
    natsServer('bin', '2.12.4');
    utimesSync(path, new Date(0), new Date(0));
    expect(lookForNatsServer(place(['bin']))?.version).toBe('2.12.4');
    expect(said).toHaveLength(2);
  });

  it('survives a memory that is damaged', () => {
    natsServer('bin', '2.12.3');
    mkdirSync(join(root, '.cache'));
    writeFileSync(join(root, '.cache/nats-server.json'), '{"path":');
    expect(lookForNatsServer(place(['bin']))?.version).toBe('2.12.3');
  });
});

describe('NATS_SERVER', () => {
  it('comes before everything else', () => {
    natsServer('bin', '2.15.1');
    const NATS_SERVER = natsServer('mine', '2.12.3');
    expect(lookForNatsServer(place(['bin'], { NATS_SERVER }))?.path).toBe(NATS_SERVER);
  });

  it.each([
    ['is not there', () => join(root, 'nowhere'), 'is not a nats-server that runs here'],
    ['is too old', () => natsServer('mine', '2.9.10'), 'is version 2.9.10, which is too old'],
  ])('is an error that names it when it %s, even with a fit one on the path', (_, given, problem) => {
    natsServer('bin', '2.15.1');
    const NATS_SERVER = given();
    expect(() => lookForNatsServer(place(['bin'], { NATS_SERVER }))).toThrow(
      `NATS_SERVER=${NATS_SERVER} ${problem}`,
    );
  });
});

describe('fetching a nats-server', () => {
  it('puts the first fit one into the cache, where it is found again', async () => {
    const sources = [
      brokenSource,
      source('old', '2.9.10'),
      source('new', '2.15.1'),
      source('spare', '2.15.2'),
    ];
    const path = join(root, '.cache/nats-server/2.15.1/nats-server');
    expect(await fetchNatsServer(place(), sources)).toEqual({ path, version: '2.15.1' });
    expect(lookForNatsServer(place())).toEqual({ path, version: '2.15.1' });
    expect(said.filter((sentence) => sentence.startsWith('Fetching'))).toHaveLength(3);
  });

  it.each([
    ['linux', 'https://github.com/nats-io/nats-server/releases'],
    ['darwin', 'brew install nats-server'],
    ['win32', 'scoop install nats-server'],
    ['openbsd', 'https://github.com/nats-io/nats-server/releases'],
  ] as const)('says on %s what was tried and what to install', async (platform, advice) => {
    if (platform !== 'win32') natsServer('bin', '2.9.10');
    const failure = fetchNatsServer({ ...place(['bin']), platform }, [brokenSource]);
    await expect(failure).rejects.toThrow(advice);
    await expect(failure).rejects.toThrow('nowhere: no route');
    if (platform !== 'win32') await expect(failure).rejects.toThrow('is version 2.9.10, which is too old');
  });
});

describe("Debian's newer suites", () => {
  const uris = `'http://mirror.test/debian/dists/stable/InRelease' x 0
'http://mirror.test/debian/dists/stable/main/binary-amd64/Packages.xz' x 0
'http://mirror.test/debian-security/dists/stable-security/InRelease' x 0`;

  function fakeApt(): { env: NodeJS.ProcessEnv; keyring: string } {
    const keyring = program('keyring', '');
    program('tools/dpkg', 'echo amd64');
    // Answers the configured addresses, or, given a configuration, notes it and brings a package.
    program(
      'tools/apt-get',
      `[ "$1" = -c ] || { echo "${uris}"; exit; }\n/bin/cat "$2" sources.list >> ${root}/noted; : > nats-server_1.deb`,
    );
    program(
      'tools/dpkg-deb',
      `/bin/mkdir -p unpacked/usr/sbin; p=unpacked/usr/sbin/nats-server
/bin/cat sources.list | { read -r line; case "$line" in *sid*) v=nonsense;; *) v=2.10.27;; esac
printf '#!/bin/sh\\necho nats-server: v%s\\n' $v > $p; }; /bin/chmod 755 $p`,
    );
    return { env: place(['tools']).env, keyring };
  }

  it('come from the machine’s own mirror, with folders and lists of our own', async () => {
    const { env, keyring } = fakeApt();
    const found = await fetchNatsServer({ ...place(), env }, debianSources(env, [keyring]));
    expect(found?.version).toBe('2.10.27');
    const noted = readFileSync(join(root, 'noted'), 'utf8');
    expect(noted).toContain(
      `deb [arch=amd64 signed-by=${keyring} target=Packages] http://mirror.test/debian sid main`,
    );
    expect(noted).toContain('http://mirror.test/debian trixie main');
    expect(noted).toContain('Dir::Etc::sourceparts "/dev/null"');
    expect(noted).toContain('#clear APT::Update::Post-Invoke-Success');
  });

  it('are no source without apt or without Debian’s keys', () => {
    const { env, keyring } = fakeApt();
    expect(debianSources(env, [join(root, 'no-keyring')])).toEqual([]);
    expect(debianSources({ PATH: root }, [keyring])).toEqual([]);
  });

  it('are asked for at the usual archive first, never at a security one', () => {
    const other = "'https://packages.test/tool/dists/stable/InRelease' x 0";
    expect(mirrorsIn(`${other}\n${uris}`)).toEqual([
      'http://mirror.test/debian',
      'https://packages.test/tool',
    ]);
  });
});

describe('the official release', () => {
  function releaseOf(checksum: (archive: Buffer) => string) {
    program('nats-server-x/nats-server', 'echo "nats-server: v2.15.1"');
    const packed = spawnSync('tar', ['-czf', join(root, 'archive'), '-C', root, 'nats-server-x']);
    if (packed.status !== 0) throw new Error(String(packed.stderr));
    const archive = readFileSync(join(root, 'archive'));
    const get = async (url: string) => {
      if (!url.endsWith('SHA256SUMS')) return archive;
      return Buffer.from(`${checksum(archive)}  nats-server-v2.15.1-linux-arm64.tar.gz\n`);
    };
    return officialRelease({ platform: 'linux', arch: 'arm64', get });
  }

  it('is unpacked when it matches its checksum', async () => {
    const release = releaseOf((archive) => createHash('sha256').update(archive).digest('hex'));
    expect((await fetchNatsServer(place(), [release]))?.version).toBe('2.15.1');
  });

  it('is refused when it does not', async () => {
    const release = releaseOf(() => '0'.repeat(64));
    await expect(fetchNatsServer(place(), [release])).rejects.toThrow('does not match its checksum');
  });

  it('is not asked for where there is none', async () => {
    const release = officialRelease({ platform: 'aix', arch: 'ppc64' });
    await expect(fetchNatsServer(place(), [release])).rejects.toThrow('there is none for aix on ppc64');
  });
});
