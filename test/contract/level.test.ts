import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Level } from 'level';
import { describe, expect, it } from 'vitest';
import { LevelStore, StoreUnusable } from '../../src/log/level.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { logContract } from './log-contract.ts';
import { lastingStoreContract } from './store-contract.ts';

async function openStore() {
  const folder = tempFolder();
  let store = await LevelStore.open(folder);
  return {
    store,
    log: store,
    reopen: async () => {
      await store.close();
      store = await LevelStore.open(folder);
      return store;
    },
    close: () => store.close(),
  };
}

logContract('LevelDB', openStore);
lastingStoreContract('LevelDB', openStore);

/** Every key and value in a folder, read without Verbatim. */
async function contentsOf(folder: string): Promise<[string, string][]> {
  const db = new Level(folder);
  const contents = await db.iterator().all();
  await db.close();
  return contents;
}

async function refusalOf(folder: string): Promise<string> {
  const error: unknown = await LevelStore.open(folder).catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(StoreUnusable);
  return (error as StoreUnusable).message;
}

describe('a folder that cannot be used is refused in one sentence, and not changed (P10):', () => {
  it('of a newer version', async () => {
    const folder = tempFolder();
    const db = new Level(folder);
    await db.put('m/format', '2');
    await db.put('something new', 'of which this version knows nothing');
    await db.close();
    const before = await contentsOf(folder);
    expect(await refusalOf(folder)).toBe(
      `${folder} was written by a newer version of Verbatim (format 2, this one knows 1)`,
    );
    expect(await contentsOf(folder)).toEqual(before);
  });

  it('in use', async () => {
    const folder = tempFolder();
    const store = await LevelStore.open(folder);
    expect(await refusalOf(folder)).toBe(`${folder} is in use by another process`);
    await store.append(Buffer.from('a'), 1);
    await store.close();
  });

  it('damaged', async () => {
    const folder = tempFolder();
    await (await LevelStore.open(folder)).close();
    for (const file of readdirSync(folder)) {
      if (file.startsWith('MANIFEST')) writeFileSync(join(folder, file), 'no manifest');
    }
    expect(await refusalOf(folder)).toContain(`${folder} is damaged: `);
  });

  it('that is a file', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(await refusalOf(file)).toContain(`${file} cannot be opened: `);
  });

  it('that is not readable', async ({ skip }) => {
    const { getuid, seteuid } = process;
    if (!getuid || !seteuid) return skip('there are no users here');
    const folder = tempFolder();
    await (await LevelStore.open(folder)).close();
    chmodSync(folder, 0o000);
    const isRoot = getuid() === 0;
    if (isRoot) seteuid(65_534); // root reads everything, nobody does not
    try {
      expect(await refusalOf(folder)).toMatch(/cannot be opened: .*Permission denied/);
    } finally {
      if (isRoot) seteuid(0);
      chmodSync(folder, 0o700);
    }
    await (await LevelStore.open(folder)).close();
  });
});

describe('kill -9', () => {
  it('leaves frames, rows and bookmark as one, and nothing that was written is lost (P1)', async () => {
    const folder = tempFolder();
    const program = fileURLToPath(new URL('../support/level-writer.ts', import.meta.url));
    const writer = fork(program, [folder], { execArgv: ['--import', 'tsx'] });
    let written = 0;
    const enough = new Promise<void>((resolve) => {
      writer.on('message', (number: number) => {
        written = number;
        if (number === 300) resolve();
      });
    });
    await enough;
    const exited = once(writer, 'exit');
    writer.kill('SIGKILL');
    await exited;
    const store = await LevelStore.open(folder);
    const last = await store.last();
    expect(last).toBeGreaterThanOrEqual(written);
    expect(store.bookmark).toMatchObject({ sequence: last, mark: { number: last } });
    const rows = await store.rangeRows({ from: '', to: '~' });
    expect(rows.map(([, text]) => text)).toEqual(Array.from({ length: 50 }, () => String(last)));
    expect(await store.read(last)).toEqual(Buffer.alloc(2_000, last % 256));
    await store.close();
  });
});
