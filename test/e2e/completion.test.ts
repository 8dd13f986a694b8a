/** Completion, asked for as shells ask for it. A shell that this machine lacks is left out. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { Cli } from '../support/cli.ts';
import { ownEnvironment } from '../support/cluster.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

describe('completion', () => {
  const scripts = new Map<string, string>();
  const env = ownEnvironment();
  const laboratory = ['run', 'study', 'report', 'export', 'ask', 'diagram', 'config'];

  beforeAll(async () => {
    for (const shell of ['bash', 'zsh', 'fish'])
      scripts.set(shell, (await new Cli(env).done(['completion', shell])).stdout);
  });

  function answers(shell: string, asked: string): string[] {
    const { stdout, stderr, status } = spawnSync(shell, ['-c', `${scripts.get(shell)}\n${asked}`], {
      env,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.split('\n').filter(Boolean);
  }

  /** The last word is the one being typed. */
  const inBash = (...words: string[]) => {
    const line = ['verbatim', ...words].map((word) => `'${word}'`).join(' ');
    return answers(
      'bash',
      `compopt() { :; }; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _verbatim; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
  };

  it.skipIf(!has('bash'))('works in bash: commands, options, values, files', () => {
    expect(inBash('re')).toEqual(['replay', 'register', 'recover']);
    expect(inBash('replay', '--ma')).toEqual(['--max-gap']);
    expect(inBash('replay', '--export', '')).toEqual(['cast', 'html']);
    expect(inBash('--profile', 'bob', 'replay', '--export', 'h')).toEqual(['html']);
    expect(inBash('replay', '--speed', '')).toEqual([]);
    expect(inBash('clocks', '')).toEqual([...laboratory, '--help']);
    expect(inBash('clocks', 'export', '--format', 's')).toEqual(['shiviz', 'svg']);
    expect(inBash('clocks', 'run', '--st')).toEqual(['--stamp']);
    expect(inBash('completion', 'f')).toEqual(['fish']);
    expect(inBash('up', '--data', '/et')).toEqual(['/etc']);
    expect(inBash('replay', '--with', 'bob', '--export', 'cast', '--out', '/etc/host')).toContain(
      '/etc/hosts',
    );
  });

  it.skipIf(!has('zsh'))('works in zsh', () => {
    const stubs = `compdef() { :; }; _describe() { print -l -- \${(P)2} }; _arguments() { print -l -- "$@" }`;
    const asked = (line: string, current: number) =>
      spawnSync(
        'zsh',
        ['-f', '-c', `${stubs}\n${scripts.get('zsh')}\nwords=(${line}); CURRENT=${current}; _verbatim`],
        {
          env,
          encoding: 'utf8',
        },
      );
    const commands = asked('verbatim re', 2);
    expect(commands.stderr).toBe('');
    expect(commands.stdout).toContain('replay:play a session back with its original pauses\n');
    const options = asked('verbatim replay --ex', 3);
    expect(options.stderr).toBe('');
    expect(options.stdout).toMatch(/^--export\[.*\]:value:\(cast html\)$/m);
    expect(options.stdout).toMatch(/^--out\[.*\]:file:_files$/m);
    const below = asked('verbatim clocks ""', 3);
    expect(below.stderr).toBe('');
    expect(below.stdout.split('\n').filter(Boolean)).toEqual(
      laboratory.map((name) => expect.stringMatching(`^${name}:`) as unknown),
    );
    expect(asked('verbatim clocks export --format', 4).stdout).toMatch(/:value:\(csv shiviz svg\)$/m);
  });

  it.skipIf(!has('fish'))('works in fish', () => {
    const inFish = (line: string) =>
      answers('fish', `complete -C '${line}'`).map((answer) => answer.split('\t')[0]);
    expect(inFish('verbatim re')).toEqual(expect.arrayContaining(['replay', 'register', 'recover']));
    expect(inFish('verbatim replay --ma')).toEqual(['--max-gap']);
    expect(inFish('verbatim replay --export ')).toEqual(['cast', 'html']);
    expect(inFish('verbatim completion ')).toEqual(['bash', 'fish', 'zsh']);
    expect(inFish('verbatim clocks ').toSorted()).toEqual(laboratory.toSorted());
    expect(inFish('verbatim clocks export --format ')).toEqual(['csv', 'shiviz', 'svg']);
  });

  it('refuses shells that it does not know', async () => {
    const { status, stderr } = await new Cli(env).run(['completion', 'tcsh']);
    expect(status).toBe(2);
    expect(stderr).toContain('bash, zsh, fish');
  });
});
