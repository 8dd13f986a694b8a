/** How much there is to each door: counted in the sources beside the program, and in the lock file. */
import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../../src/cluster/server-binary.ts';
import type { DoorName } from './doors.ts';
import type { Extent } from './figures.ts';

interface Parts {
  /** Folders and files below the root. */
  readonly own: readonly string[];
  readonly generated: readonly string[];
}

/** What a door needs beside the SDK that all of them rest on, and beside what gateways share. */
const partsOf: Readonly<Record<DoorName, Parts>> = {
  nats: { own: ['src/transport', 'src/client/nats-link.ts'], generated: [] },
  wire: { own: ['src/gateways/wire'], generated: [] },
  grpc: { own: ['src/gateways/grpc', 'proto'], generated: ['src/gateways/grpc/generated'] },
};
/** Clients that are there for comparisons and tests alone. */
const leftOut = /\/client\.ts$/;
const counted = /\.(ts|js|proto)$/;

/** @returns undefined where the sources do not lie beside the program. */
export async function measureExtent(door: DoorName): Promise<Extent | undefined> {
  const root = await projectRoot();
  const { own, generated } = partsOf[door];
  try {
    const made = await sources(root, generated);
    const written = (await sources(root, own)).filter(([path]) => !made.some(([other]) => other === path));
    const packages = [...new Set(written.flatMap(([, text]) => packagesIn(text)))].sort();
    const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
    return {
      door,
      lines: count(written),
      generatedLines: count(made),
      packages,
      packagesInAll: closure(lock, packages).size,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

type Source = readonly [path: string, text: string];

async function sources(root: string, places: readonly string[]): Promise<Source[]> {
  const found: Source[] = [];
  for (const place of places) {
    const isFile = counted.test(place);
    const names = isFile ? [''] : await readdir(join(root, place), { recursive: true });
    for (const name of names) {
      const path = join(place, name);
      if (!counted.test(path) || path.endsWith('.d.ts') || leftOut.test(path)) continue;
      found.push([path, await readFile(join(root, path), 'utf8')]);
    }
  }
  return found;
}

function count(found: readonly Source[]): number {
  const lines = found.flatMap(([, text]) => text.split('\n'));
  return lines.filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length;
}

function packagesIn(text: string): string[] {
  const named = [...text.matchAll(/(?:from|import\() ?'([^'.][^']*)'/g)].map(([, name]) => name!);
  return named
    .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>>;
}

function closure({ packages }: Lock, wanted: readonly string[], found = new Set<string>()): Set<string> {
  for (const name of wanted) {
    if (found.has(name)) continue;
    found.add(name);
    closure({ packages }, Object.keys(packages[`node_modules/${name}`]?.dependencies ?? {}), found);
  }
  return found;
}
