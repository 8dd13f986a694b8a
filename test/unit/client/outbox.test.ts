import { beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/client/outbox.ts';
import type { ClientCommand } from '../../../src/events/commands.ts';
import { LamportClock } from '../../../src/events/lamport.ts';
import { limits } from '../../../src/events/limits.ts';
import type { Reply } from '../../../src/protocol/answers.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';
import { turn } from '../../support/turns.ts';

async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await turn();
}

const subject = 'verbatim.cmd.u-1.c-1';
const pauseMs = 1_000;

let clock: ManualClock;
let outbox: Outbox;
/** Ids of the commands of each batch that the leader got. */
let batches: string[][];
/** How many it decides before it asks for a pause; then everything. */
let patience: number[];
let pauses: number[];
/** Whether the leader keeps its replies to itself, and those that it kept. */
let isHolding: boolean;
let held: (() => void)[];

beforeEach(() => {
  clock = new ManualClock();
  const bus = new MemoryBus(clock);
  batches = [];
  patience = [];
  pauses = [];
  isHolding = false;
  held = [];
  bus.subscribe(subject, ({ data, respond }) => {
    const { commands } = JSON.parse(Buffer.from(data).toString()) as { commands: ClientCommand[] };
    batches.push(commands.map(({ id }) => id));
    const count = patience.shift() ?? commands.length;
    const answers = commands.slice(0, count).map(({ id }) => ({ id, position: 1 }));
    const slower = { code: 'slow-down', message: 'slower', retryAfterMs: pauseMs };
    const reply: Reply = { clock: 1, answers, ...(count < commands.length ? { refused: slower } : {}) };
    const say = () => respond(JSON.stringify(reply));
    if (isHolding) held.push(say);
    else say();
  });
  outbox = new Outbox({
    bus,
    clock,
    lamport: new LamportClock(),
    subject,
    isReady: () => true,
    leaderLost: () => undefined,
    slowedDown: (ms) => pauses.push(ms),
  });
});

/** Time, step by step, with all that is said in each. */
async function passes(ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= 10) {
    await clock.advance(Math.min(10, leftMs));
    await turns(8);
  }
}

/** What became of a command, once it is known. */
function give(id: string, timeoutMs?: number): { is: string } {
  const outcome = { is: 'open' };
  outbox.give({ type: 'PostMessage', id, to: 'bob', text: 'hi' }, timeoutMs).then(
    () => {
      outcome.is = 'done';
    },
    (error: Error & { outcome?: string }) => {
      outcome.is = error.outcome ?? error.message;
    },
  );
  return outcome;
}

describe('a leader that asks for a pause', () => {
  it('gets the rest in order when it is over, and nothing before, whatever is given meanwhile', async () => {
    patience = [1, 1];
    const outcomes = ['a', 'b', 'c'].map((id) => give(id));
    await passes(10);
    expect(outcomes.map(({ is }) => is)).toEqual(['done', 'open', 'open']);
    outcomes.push(give('d'));
    await passes(pauseMs - 20);
    expect(batches).toEqual([['a', 'b', 'c']]);
    await passes(20);
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c', 'd'],
    ]);
    await passes(pauseMs);
    expect(outcomes.map(({ is }) => is)).toEqual(['done', 'done', 'done', 'done']);
    expect(pauses).toEqual([pauseMs, pauseMs]);
  });

  it('has answered, so nobody gives up on it', async () => {
    patience = [0, 0, 0, 0, 0];
    const outcome = give('a', 500);
    await passes(4 * pauseMs);
    expect(outcome.is).toBe('open');
    await passes(pauseMs + 100);
    expect(outcome.is).toBe('done');
  });

  it('has decided nothing of the rest: whoever stops then knows that it was not sent (P6)', async () => {
    patience = [1];
    const outcomes = [give('a'), give('b')];
    await passes(10);
    outbox.close('the client was closed');
    await passes(10);
    expect(outcomes.map(({ is }) => is)).toEqual(['done', 'not-sent']);
  });

  it('is not waited for when there is another one', async () => {
    patience = [0];
    const outcome = give('a');
    await passes(10);
    outbox.resend();
    await passes(10);
    expect(outcome.is).toBe('done');
  });
});

describe('what is under way', () => {
  it('is a few batches at a time, and the rest goes out together, in its order, when there is a reply', async () => {
    isHolding = true;
    const ids = Array.from({ length: 3 * limits.requestsUnderWayMax }, (_, index) => `m-${index}`);
    const outcomes: { is: string }[] = [];
    for (const id of ids) {
      outcomes.push(give(id));
      await turns(3); // each by itself, as long as there is room
    }
    expect(batches).toEqual(ids.slice(0, limits.requestsUnderWayMax).map((id) => [id]));
    held.shift()?.();
    await turns(8);
    expect(batches.at(-1)).toEqual(ids.slice(limits.requestsUnderWayMax));
    for (const reply of held) reply();
    await turns(8);
    expect(outcomes.map(({ is }) => is)).toEqual(ids.map(() => 'done'));
  });
});
