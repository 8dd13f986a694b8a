/** What a long conversation costs those who look back: a page of it, a search through it, and everybody else meanwhile. */
import { LevelStore } from '../src/log/level.ts';
import type { QueryRequest } from '../src/protocol/queries.ts';
import type { Cursor } from '../src/protocol/views.ts';
import { Copy } from '../src/replication/copy.ts';
import { rebuildRows } from '../src/replication/rebuild.ts';
import { Conversations } from '../src/service/conversations.ts';
import { Frames } from '../src/service/frames.ts';
import { systemClock as clock } from '../src/system/clock.ts';
import { removeFolder, temporaryFolder } from './cluster.ts';
import { quantile, type Row, round } from './measure.ts';
import { silent, writeLog } from './prepared.ts';
import { userOf } from './synthetic.ts';

type Answer = Awaited<ReturnType<Conversations['messages']>>;

const messages = 100_000;
const user = userOf(0);
const pages = 200;

export async function benchHistory(): Promise<Row[]> {
  const folder = await temporaryFolder();
  try {
    await writeLog(folder, { users: 2, messages, eventsPerFrame: 4 });
    const store = await LevelStore.open(folder);
    await rebuildRows({ store, journal: silent, sync: false });
    const copy = await Copy.open({ store, sync: false, journal: silent });
    const conversations = new Conversations(copy, new Frames(store), clock);
    const listMs: number[] = [];
    const { conversations: all } = await timed(listMs, () =>
      conversations.list(user, { after: null, limit: 50 }),
    );
    const rows = [
      await readBack(conversations, all[0]!.conversation),
      await searchAll(conversations, all[0]!.conversation),
      { what: 'conversations', ms: round(listMs[0]!) },
    ];
    await store.close();
    return rows;
  } finally {
    await removeFolder(folder);
  }
}

async function readBack(conversations: Conversations, conversation: string): Promise<Row> {
  const took: number[] = [];
  let before: Cursor | null = null;
  for (let page = 0; page < pages; page++) {
    const asked: QueryRequest<'messages'> = { conversation, before, limit: 50 };
    const answer: Answer = await timed(took, () => conversations.messages(user, asked));
    if ('code' in answer || answer.next === null) throw new Error('the conversation is too short');
    before = { ...answer.next, position: Math.max(100, answer.next.position - messages / pages) };
  }
  took.sort((a, b) => a - b);
  return {
    what: 'a page of 50, anywhere',
    p50_ms: round(quantile(took, 0.5)),
    p99_ms: round(quantile(took, 0.99)),
  };
}

/** For what is nowhere. */
async function searchAll(conversations: Conversations, conversation: string): Promise<Row> {
  const took: number[] = [];
  let before: Cursor | null = null;
  const stretch = watchStretch();
  do {
    const asked: QueryRequest<'search'> = { text: 'nowhere', conversation, before, limit: 50 };
    const answer: Answer = await timed(took, () => conversations.search(user, asked));
    if ('code' in answer) throw new Error(answer.message);
    before = answer.next;
  } while (before);
  const sum = took.reduce((all, one) => all + one, 0);
  return {
    what: `search through ${messages} messages`,
    questions: took.length,
    ms: round(sum),
    question_ms_max: round(Math.max(...took)),
    held_up_ms_max: round(stretch.stop()),
  };
}

/** How long nothing else had its turn, at most. */
function watchStretch(): { stop(): number } {
  let longestMs = 0;
  let beforeMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - beforeMs);
    beforeMs = nowMs;
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return longestMs;
    },
  };
}

async function timed<T>(took: number[], work: () => Promise<T>): Promise<T> {
  const begunMs = performance.now();
  const result = await work();
  took.push(performance.now() - begunMs);
  return result;
}
