/** A process that writes batch after batch into a LevelDB folder, and says so, until it is killed. */
import { LevelStore } from '../../src/log/level.ts';

const [folder = ''] = process.argv.slice(2);
const store = await LevelStore.open(folder);

for (let number = 1; ; number++) {
  const mark = { number, position: number, state: '', version: 1 };
  const rows = Array.from({ length: 50 }, (_, row) => [`row/${row}`, String(number)] as const);
  const entries = [{ number, bytes: Buffer.alloc(2_000, number % 256) }];
  await store.write({ entries, rows, bookmark: { sequence: number, mark } }, { sync: false });
  process.send?.(number);
}
