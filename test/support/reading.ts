/** What users are answered about a history, by a node that holds all of it. */
import { MemoryStore } from '../../src/log/memory.ts';
import type { QueryName, QueryRequest } from '../../src/protocol/queries.ts';
import { Frames } from '../../src/service/frames.ts';
import { Reader } from '../../src/service/reader.ts';
import { chainOf } from './frame-chain.ts';
import { ManualClock } from './manual-clock.ts';
import { openCopy } from './open-copy.ts';
import type { World } from './world.ts';

export async function readerOf(world: World) {
  const { frames, marks, rows } = chainOf(world.commands, [3], 0);
  const store = new MemoryStore();
  await store.write(
    {
      entries: frames.map(({ number, bytes }) => ({ number, bytes })),
      rows,
      bookmark: { sequence: frames.length, mark: marks.at(-1)! },
    },
    { sync: false },
  );
  const { copy } = await openCopy(store);
  const reader = new Reader(copy, new Frames(store), new ManualClock());
  const ask = <Q extends QueryName>(user: string, query: Q, request: QueryRequest<Q>) =>
    reader.ask(query, user, request);
  return { ask, store };
}
