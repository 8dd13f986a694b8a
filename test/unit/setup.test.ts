import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundle } from '../../scripts/setup/bundle.mjs';
import { dependencies } from '../../scripts/setup/dependencies.mjs';
import { withLock } from '../../scripts/setup/lock.mjs';
import { checkNode } from '../../scripts/setup/steps.mjs';
import { countOf, summaryOf } from '../../scripts/test/count.mjs';

let root: string;
let said: string[];
const say = (sentence: string) => said.push(sentence);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'verbatim-setup-'));
  said = [];
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function file(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('installing the packages', () => {
  function withNpm(script: string, env: NodeJS.ProcessEnv = {}) {
    file('tools/npm', `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, 'tools/npm'), 0o755);
    file('package-lock.json', '{}');
    return dependencies({ root, env: { HOME: root, PATH: join(root, 'tools'), ...env }, say });
  }

  it('is done once for one package-lock.json', () => {
    const step = withNpm('echo "$@" > npm-args; /bin/mkdir -p node_modules');
    expect(step.isReady()).toBe(false);
    step.run();
    expect(step.isReady()).toBe(true);
    expect(readFileSync(join(root, 'npm-args'), 'utf8')).toMatch(/^ci --include=dev /);
    file('package-lock.json', '{"lockfileVersion":3}');
    expect(step.isReady()).toBe(false);
  });

  it('is done again after one that failed half-way', () => {
    withNpm('/bin/mkdir -p node_modules').run();
    const step = withNpm('exit 1');
    expect(() => step.run()).toThrow('npm ci failed');
    expect(step.isReady()).toBe(false);
  });

  it('is left to the npm that was called, but not to another package manager', () => {
    file(
      'other/npm-cli.js',
      "require('fs').mkdirSync('node_modules'); require('fs').writeFileSync('called', '');",
    );
    const npm_execpath = join(root, 'other/npm-cli.js');
    withNpm('exit 1', { npm_execpath }).run();
    expect(existsSync(join(root, 'called'))).toBe(true);
    expect(() => withNpm('exit 1', { npm_execpath: join(root, 'other/yarn.js') }).run()).toThrow(
      'npm ci failed',
    );
  });

  it('keeps the cache with ours where there is no home to write to', () => {
    withNpm('echo "$@" > npm-args; /bin/mkdir -p node_modules', { HOME: '/nonexistent' }).run();
    expect(readFileSync(join(root, 'npm-args'), 'utf8')).toContain(`--cache ${root}/.cache/npm`);
  });
});

describe('building the command line', () => {
  const print = () =>
    spawnSync(process.execPath, [join(root, 'dist/verbatim.mjs')], { encoding: 'utf8' }).stdout;

  it('is done again when a source has changed, and only then', async () => {
    file(
      'cli/main.ts',
      "const { word } = await import('../src/word.ts'); console.log(word satisfies string);",
    );
    file('src/word.ts', "export const word = 'old';");
    for (const page of ['player', 'clocks']) {
      file(`cli/${page}/page/main.ts`, 'document.title = String(1);');
      file(`cli/${page}/page/page.css`, 'body { margin: 0; }');
    }
    file('src/inspector/page/main.tsx', 'document.title = String(2);');
    file('src/inspector/page/page.css', 'body { margin: 0; }');
    file('node_modules/elkjs/lib/elk-worker.min.js', 'onmessage = null;');
    const step = bundle({ root, say });
    expect(step.isReady()).toBe(false);
    await step.run();
    expect(step.isReady()).toBe(true);
    expect(print()).toBe('old\n');
    file('src/word.ts', "export const word = 'new';");
    expect(step.isReady()).toBe(false);
    await step.run();
    expect(print()).toBe('new\n');
  });

  it('says where the mistake is when it cannot be done', async () => {
    file('cli/main.ts', "import './missing.ts';");
    const step = bundle({ root, say });
    await expect(step.run()).rejects.toThrow('cli/main.ts:1');
    expect(step.isReady()).toBe(false);
  });
});

describe('the lock', () => {
  const nobody = spawnSync('true').pid;

  it('lets one action run at a time', async () => {
    let inside = 0;
    const action = async () => {
      expect(++inside).toBe(1);
      await new Promise((done) => setTimeout(done, 5));
      inside--;
    };
    await Promise.all(Array.from({ length: 4 }, () => withLock(join(root, 'lock'), action)));
  });

  it('is taken over from a process that has died', async () => {
    writeFileSync(join(root, 'lock'), String(nobody));
    expect(await withLock(join(root, 'lock'), () => 'done')).toBe('done');
    expect(existsSync(join(root, 'lock'))).toBe(false);
  });

  it('is waited for no longer than patience lasts, and then named', async () => {
    writeFileSync(join(root, 'lock'), String(process.pid));
    const failure = withLock(join(root, 'lock'), () => 'done', { say, patienceMs: 0 });
    await expect(failure).rejects.toThrow(join(root, 'lock'));
  });
});

describe('Node.js', () => {
  it.each(['20.12.0', '20.20.2', '22.0.0'])('%s will do', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(['18.20.4', '20.11.1'])('%s is too old', (version) => {
    expect(() => checkNode(version)).toThrow(`Verbatim needs Node.js 20.12 or later; this is ${version}`);
  });
});

describe('the closing line of npm test', () => {
  const report = (results: object[]) =>
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: results,
    });

  it('counts what vitest reports', () => {
    expect(summaryOf(countOf(report([]), true))).toBe('3 passed, 0 failed, 2 skipped');
  });

  it('counts a file that could not be loaded', () => {
    const broken = { status: 'failed', assertionResults: [] };
    expect(countOf(report([broken]), false)).toMatchObject({ failed: 1 });
  });

  it('never says that all is well when vitest does not', () => {
    expect(summaryOf(countOf(report([]), false))).toBe('3 passed, 1 failed, 2 skipped');
    expect(summaryOf(countOf(undefined, false))).toBe('0 passed, 1 failed');
  });
});
