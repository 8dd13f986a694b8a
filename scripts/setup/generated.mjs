import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, readIfThere, SetupProblem, writeAtomically } from './files.mjs';

/** The lock file names the generator's version. */
const INPUTS = ['proto', 'package-lock.json', 'scripts/setup/generated.mjs'];
const OUT = 'src/gateways/grpc/generated';
/** The folders of `proto` themselves: what lies beside the generated ones is not swept. */
const STAMP = '.inputs';

/**
 * Messages and services as the `.proto` files say: nothing of it is checked in, so nothing can differ from them.
 * It takes half a second and no network.
 * @param {{ root: string, env: NodeJS.ProcessEnv, say: (sentence: string) => void }} place
 */
export function generated({ root, env, say }) {
  const out = join(root, OUT);
  const wanted = () => digestOf(root, INPUTS);
  return {
    isReady: () => readIfThere(join(out, STAMP)) === wanted(),
    run() {
      say('Generating the code of the .proto files…');
      const draft = `${out}.${process.pid}`;
      const digest = wanted();
      rmSync(draft, { recursive: true, force: true });
      mkdirSync(draft, { recursive: true });
      generate(root, env, draft);
      writeAtomically(join(draft, STAMP), digest);
      rmSync(out, { recursive: true, force: true });
      renameSync(draft, out);
    },
  };
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {string} out
 */
function generate(root, env, out) {
  const plugin = [process.execPath, join(root, 'node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es')];
  const template = {
    version: 'v2',
    plugins: [{ local: plugin, out, opt: ['target=js+dts', 'import_extension=js'] }],
  };
  const { status, stderr, error } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/@bufbuild/buf/bin/buf'),
      'generate',
      'proto',
      '--template',
      JSON.stringify(template),
    ],
    { cwd: root, env: { ...env, BUF_CACHE_DIR: join(root, '.cache/buf') }, encoding: 'utf8' },
  );
  if (status === 0 && readdirSync(out).length > 0) return;
  throw new SetupProblem(
    `the code of the .proto files could not be generated: ${error?.message ?? stderr.trim()}`,
  );
}
