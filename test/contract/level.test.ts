import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Level } from 'level';
import { describe, expect, it } from 'vitest';
import { LevelStore, StoreUnusable } from '../../src/log/level.ts';
import { LevelPlace } from '../../src/log/level-place.ts';
import { StoreCorrupt } from '../../src/log/port.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { logContract } from './log-contract.ts';
import { lastingStoreContract, poweredStoreContract } from './store-contract.ts';

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

poweredStoreContract('LevelDB', async (sync) => {
  const folder = tempFolder();
  let store = await LevelStore.open(folder, { boot: 'first', sync });
  const losePower = async () => {
    await store.close();
    store = await LevelStore.open(folder, { boot: 'second', sync });
    return store;
  };
  return { store, losePower, close: () => store.close() };
});

describe('whether a copy was closed', () => {
  const bookmark = { sequence: 0, mark: { number: 0, position: 0, state: '', version: 0 } };
  const batch = { entries: [], rows: [['a', '1'] as const], bookmark };

  it('is known of the run that wrote to it last, whoever only looked since', async () => {
    const folder = tempFolder();
    const seen: boolean[] = [];
    for (const isWriting of [true, false, true]) {
      const store = await LevelStore.open(folder);
      seen.push(store.wasClosed);
      if (isWriting) await store.write(batch, { sync: false });
      await store.close();
    }
    expect(seen).toEqual([false, true, true]);
  });

  it('is not said of one whose writer was killed', async () => {
    const folder = tempFolder();
    const written = await LevelStore.open(folder);
    await written.write(batch, { sync: false });
    await written.close();
    const killed = await LevelStore.open(folder);
    await killed.write(batch, { sync: true });
    const remains = join(tempFolder(), 'copy');
    cpSync(folder, remains, { recursive: true }); // what a killed process leaves behind
    await killed.close();
    const store = await LevelStore.open(remains);
    expect(store.wasClosed).toBe(false);
    await store.close();
  });
});

describe('whether a copy is complete', () => {
  const standing = { promised: 1, grantedTo: '', complete: true };

  async function standingAfter(folder: string, boot: string, sync: boolean) {
    const store = await LevelStore.open(folder, { boot, sync });
    const { complete } = store.standing;
    await store.close();
    return complete;
  }

  async function standIn(boot: string, sync: boolean): Promise<string> {
    const folder = tempFolder();
    const store = await LevelStore.open(folder, { boot, sync });
    await store.stand(standing);
    await store.close();
    return folder;
  }

  it.each([true, false])('is known as long as the operating system runs (synced: %s)', async (sync) => {
    const folder = await standIn('first', sync);
    for (let restart = 0; restart < 2; restart++)
      expect(await standingAfter(folder, 'first', sync)).toBe(true);
  });

  it('stays unknown after another start of the operating system, until it says so again (P1)', async () => {
    const folder = await standIn('first', false);
    for (let restart = 0; restart < 2; restart++)
      expect(await standingAfter(folder, 'second', false)).toBe(false);
    const store = await LevelStore.open(folder, { boot: 'second', sync: false });
    await store.stand(standing);
    await store.close();
    expect(await standingAfter(folder, 'second', false)).toBe(true);
  });

  it('is known through any restart when every write is synced (P1)', async () => {
    const folder = await standIn('first', true);
    for (const boot of ['second', 'third']) expect(await standingAfter(folder, boot, true)).toBe(true);
  });

  it('is what the last run makes of it, which therefore stands by it anew (P1)', async () => {
    const folder = await standIn('first', true);
    const store = await LevelStore.open(folder, { boot: 'first', sync: false });
    await store.stand(store.standing); // writes of this run are not synced
    await store.close();
    expect(await standingAfter(folder, 'first', false)).toBe(true);
    expect(await standingAfter(folder, 'second', false)).toBe(false);
  });
});

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

  it('damaged, by a name of its own: it can be replaced', async () => {
    const folder = tempFolder();
    await (await LevelStore.open(folder)).close();
    damageManifest(folder);
    const error: unknown = await LevelStore.open(folder).catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(StoreCorrupt);
    expect((error as StoreCorrupt).message).toContain(`${folder} is damaged: `);
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

function damageManifest(folder: string): void {
  for (const file of readdirSync(folder))
    if (file.startsWith('MANIFEST')) writeFileSync(join(folder, file), 'no manifest');
}

/** As many bytes as are left of every file that begins with the letters of its kind, or ends in them. */
function truncateFiles(folder: string, kind: string, leftBytes: number): number {
  const files = readdirSync(folder).filter((file) => file.startsWith(kind) || file.endsWith(kind));
  for (const file of files) truncateSync(join(folder, file), leftBytes);
  return files.length;
}

describe('a place for a copy', () => {
  const options = { boot: 'first', sync: false };
  const standing = { promised: 2, grantedTo: 'n2', complete: true };
  let places = 0;

  async function newPlace(damage: (folder: string) => void = () => undefined) {
    const folder = join(tempFolder(), 'node');
    const store = await LevelStore.open(folder, options);
    await store.append(Buffer.from('a'), 1);
    await store.stand(standing);
    await store.close();
    damage(folder);
    const named = `${++places}`;
    return {
      folder,
      place: await LevelPlace.at(folder, options, () => named),
      kept: `${folder}.damaged-${named}`,
    };
  }

  it('opens what is there, as often as it is asked', async () => {
    const { place } = await newPlace();
    const first = await place.open();
    expect([await first.last(), first.standing]).toEqual([1, standing]);
    await first.append(Buffer.from('b'), 2);
    const second = await place.open();
    expect([await second.last(), second.standing]).toEqual([2, standing]);
    await expect(first.append(Buffer.from('c'), 3)).rejects.toThrow(); // closed: there is one at a time
    await second.close();
  });

  it('keeps what is set aside, under a name of its own, and is empty then (P2)', async () => {
    const { folder, place, kept } = await newPlace();
    await place.open();
    expect(await place.setAside()).toBe(kept);
    expect(existsSync(folder)).toBe(false);
    const anew = await place.open();
    expect([await anew.last(), anew.standing]).toEqual([0, { promised: 0, grantedTo: '', complete: false }]);
    await anew.append(Buffer.from('x'), 1);
    await anew.close();
    const evidence = await LevelStore.open(kept, options);
    expect(Buffer.from((await evidence.read(1))!).toString()).toBe('a');
    await evidence.close();
  });

  it.each<[string, (folder: string) => void]>([
    ['whose manifest is not one', damageManifest],
    ['whose manifest is cut off', (folder) => void truncateFiles(folder, 'MANIFEST', 10)],
    ['whose CURRENT is gone', (folder) => rmSync(join(folder, 'CURRENT'))],
    ['whose CURRENT is empty', (folder) => void truncateFiles(folder, 'CURRENT', 0)],
  ])('tells of a folder %s at its first opening, and can keep it (P2)', async (_, damage) => {
    const { folder, place, kept } = await newPlace(damage);
    await expect(place.open()).rejects.toThrow(StoreCorrupt);
    await expect(place.open()).rejects.toThrow(`${folder} is damaged: `);
    expect(await place.setAside()).toBe(kept);
    expect(readdirSync(kept).some((file) => file.startsWith('MANIFEST'))).toBe(true);
    const store = await place.open();
    expect(await store.last()).toBe(0);
    await store.close();
  });

  it('does not set the next copy aside over the last one', async () => {
    const { place, kept } = await newPlace();
    await place.open();
    mkdirSync(kept);
    writeFileSync(join(kept, 'evidence'), '');
    await expect(place.setAside()).rejects.toThrow();
    expect(readdirSync(kept)).toEqual(['evidence']);
  });

  it('refuses a folder at once that it cannot use, without touching it (P10)', async () => {
    const folder = tempFolder();
    const store = await LevelStore.open(folder);
    await expect(LevelPlace.at(folder, options, () => 'x')).rejects.toThrow(StoreUnusable);
    await store.close();
  });
});

interface ClassicLevel {
  compactRange(from: string, to: string): Promise<void>;
}

describe('a table that is cut off', () => {
  /** A folder whose entries are in a table, not only in the journal. */
  async function withTable(): Promise<string> {
    const folder = tempFolder();
    const db = new Level(folder);
    await db.open();
    const batch = db.batch();
    for (let number = 1; number <= 500; number++)
      batch.put<string, Uint8Array>(
        `f${String(number).padStart(12, '0')}`,
        Buffer.alloc(4_000, number % 256),
        {
          valueEncoding: 'buffer',
        },
      );
    await batch.write();
    await (db as unknown as ClassicLevel).compactRange('', '~'); // what it is outside of browsers
    await db.close();
    return folder;
  }

  it('is told as such when the store is opened, or when it is read (P2)', async () => {
    const folder = await withTable();
    expect(truncateFiles(folder, '.ldb', 1_000)).toBeGreaterThan(0);
    const readAll = async () => {
      const store = await LevelStore.open(folder);
      try {
        for (let number = 1; number <= 500; number++) await store.read(number);
      } finally {
        await store.close();
      }
    };
    await expect(readAll()).rejects.toThrow(StoreCorrupt);
  });
});

describe('a write in the midst of others that the disk has changed', () => {
  it('is damage at the next opening, and at every one after it (P2)', async () => {
    const folder = tempFolder();
    const writing = new Level(folder);
    for (let number = 1; number <= 300; number++) await writing.put(`f${number}`, 'x'.repeat(500));
    const left = tempFolder(); // as a process that was killed leaves it
    cpSync(folder, left, { recursive: true });
    await writing.close();
    const log = readdirSync(left).find((file) => file.endsWith('.log'))!;
    const bytes = readFileSync(join(left, log));
    bytes[bytes.length >> 1]! ^= 0x10;
    writeFileSync(join(left, log), bytes);
    for (let opening = 1; opening <= 2; opening++) {
      const error: unknown = await LevelStore.open(left).catch((damaged: unknown) => damaged);
      expect(error).toBeInstanceOf(StoreCorrupt);
      expect((error as StoreCorrupt).message).toContain(`${left} is damaged: `);
    }
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
