import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/log/memory.ts';
import { MemoryOrderedLog } from '../support/memory-ordered-log.ts';
import { MemoryOrderedLogs } from '../support/memory-ordered-logs.ts';
import { logContract } from './log-contract.ts';
import { orderedLogContract } from './ordered-log-contract.ts';
import { orderedLogsContract } from './ordered-logs-contract.ts';
import { poweredStoreContract, storeContract } from './store-contract.ts';

const close = async () => undefined;

logContract('memory', async () => ({ log: new MemoryStore(), close }));
storeContract('memory', async () => ({ store: new MemoryStore(), close }));

poweredStoreContract('memory', async (everyWriteSynced) => {
  const store = new MemoryStore();
  const losePower = async () => {
    store.crash(everyWriteSynced);
    return store;
  };
  return { store, losePower, close };
});

logContract('the ordered log in memory', async () => ({ log: new MemoryOrderedLog(), close }));
orderedLogContract('the ordered log in memory', async () => {
  const log = new MemoryOrderedLog();
  return { log, second: log, close };
});

orderedLogsContract('the ordered logs in memory', async () => {
  const logs = new MemoryOrderedLogs();
  return { logs, lose: async () => logs.lose(), close };
});

describe('a loss of power', () => {
  it('takes what was not synced, and leaves what was, as one', async () => {
    const store = new MemoryStore();
    const write = (number: number, sync: boolean) => {
      const mark = { number, position: number, state: '', version: 1 };
      const entries = [{ number, bytes: Buffer.from(String(number)) }];
      return store.write(
        { entries, rows: [['row', String(number)]], bookmark: { sequence: number, mark } },
        { sync },
      );
    };
    await write(1, true);
    await write(2, false);
    store.crash();
    expect([await store.last(), store.readRow('row'), store.bookmark?.sequence]).toEqual([1, '1', 1]);
    await write(2, false);
    await store.probe();
    await write(3, false);
    store.crash();
    expect([await store.last(), store.readRow('row'), store.bookmark?.sequence]).toEqual([2, '2', 2]);
  });
});
