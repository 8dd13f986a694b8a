import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, readIfThere, SetupProblem, writeAtomically } from './files.mjs';

const INPUTS = [
  'src',
  'cli',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/setup/bundle.mjs',
];
const ENTRY = 'verbatim.mjs';
/** Folders of the command line that hold a page. */
const PAGES = ['player', 'clocks'];
const DAY_MS = 24 * 3600 * 1000;

/**
 * The command line in few files: loading hundreds of modules one by one would be most of the time
 * that a short command takes.
 * @param {{ root: string, say: (sentence: string) => void }} place
 */
export function bundle({ root, say }) {
  const out = join(root, 'dist');
  const stamp = join(out, '.inputs');
  const wanted = () => digestOf(root, INPUTS);
  return {
    isReady: () => readIfThere(stamp) === wanted() && readIfThere(join(out, ENTRY)) !== undefined,
    async run() {
      say('Building the command line…');
      const digest = wanted();
      const parts = [
        commandLine(root, out),
        ...PAGES.map((name) => page(name, root, out)),
        inspectorPage(root, out),
      ];
      const files = [];
      for (const part of parts) files.push(...(await build(part))); // in turn: of several mistakes the first is told
      publish(files, out);
      writeAtomically(stamp, digest);
    },
  };
}

/**
 * @param {string} root
 * @param {string} out
 * @returns {import('esbuild').BuildOptions}
 */
function commandLine(root, out) {
  return {
    absWorkingDir: root,
    entryPoints: { verbatim: 'cli/main.ts' },
    outdir: out,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    // These load native parts that lie beside them in node_modules; the last reads .proto files, which nobody asks of it.
    external: ['level', 'classic-level', '@node-rs/argon2', '@grpc/proto-loader'],
    // Bundled CommonJS packages call `require` for Node's own modules; ES modules have none.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  };
}

/**
 * What a command puts into a page that it writes, as the player: one script without a name of its own, and its style.
 * @param {string} name
 * @param {string} root
 * @param {string} out
 * @returns {import('esbuild').BuildOptions}
 */
function page(name, root, out) {
  return {
    absWorkingDir: root,
    entryPoints: { page: `cli/${name}/page/main.ts`, 'page-style': `cli/${name}/page/page.css` },
    outdir: join(out, name),
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
  };
}

/**
 * What `inspect` serves: its page as one script and its style, and what lays out statecharts in a worker.
 * @param {string} root
 * @param {string} out
 * @returns {import('esbuild').BuildOptions}
 */
function inspectorPage(root, out) {
  return {
    absWorkingDir: root,
    entryPoints: {
      page: 'src/inspector/page/main.tsx',
      'page-style': 'src/inspector/page/page.css',
      layout: 'node_modules/elkjs/lib/elk-worker.min.js',
    },
    outdir: join(out, 'inspector'),
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // elkjs looks for a worker of Node's where there is no browser.
    external: ['web-worker'],
  };
}

/** @param {import('esbuild').BuildOptions} options */
async function build(options) {
  // Loaded here and not above: set-up runs before there is a node_modules.
  const esbuild = await import('esbuild');
  try {
    const { outputFiles } = await esbuild.build({
      ...options,
      bundle: true,
      write: false,
      logLevel: 'silent',
    });
    return outputFiles;
  } catch (error) {
    throw new SetupProblem(
      `the command line could not be built: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/**
 * The entry comes last, and each file by renaming: whoever starts `verbatim` meanwhile gets the
 * old program or the new one, whole.
 * @param {{ path: string, contents: Uint8Array }[]} files
 * @param {string} out
 */
function publish(files, out) {
  const draft = join(out, `.draft-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  for (const folder of ['chunks', ...PAGES, 'inspector']) mkdirSync(join(out, folder), { recursive: true });
  const isEntry = (/** @type {{ path: string }} */ file) => file.path === join(out, ENTRY);
  for (const file of [...files].sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
    writeFileSync(join(draft, 'file'), file.contents);
    renameSync(join(draft, 'file'), file.path);
  }
  rmSync(draft, { recursive: true });
  sweep(join(out, 'chunks'), new Set(files.map((file) => file.path)));
}

/**
 * A cluster that is still running may yet load a part of its older program: parts of a day ago go.
 * @param {string} folder
 * @param {Set<string>} current
 */
function sweep(folder, current) {
  for (const path of readdirSync(folder).map((name) => join(folder, name))) {
    if (!current.has(path) && statSync(path).mtimeMs < Date.now() - DAY_MS) rmSync(path);
  }
}
