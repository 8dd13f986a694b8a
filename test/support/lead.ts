/** An appender at work: a leader's log, copy and clock, all in memory, after its election is committed. */
import type { DomainEvent } from '../../src/events/domain.ts';
import { Frame } from '../../src/events/frame.ts';
import { LamportClock } from '../../src/events/lamport.ts';
import { Appender } from '../../src/replication/appender.ts';
import { Copy } from '../../src/replication/copy.ts';
import { ControlledStore } from './controlled-store.ts';
import { chainOf } from './frame-chain.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryOrderedLog } from './memory-ordered-log.ts';
import { silent } from './open-copy.ts';
import { turn } from './turns.ts';

export class Lead {
  readonly log: MemoryOrderedLog;
  readonly clock = new ManualClock();
  readonly lamport = new LamportClock();
  readonly store = new ControlledStore();
  readonly copy: Copy;
  readonly appender: Appender;
  readonly cut: Frame[] = [];
  readonly stored: Frame[] = [];
  readonly damage: string[] = [];
  fenced = 0;

  private constructor(copy: Copy, store: ControlledStore, log: MemoryOrderedLog) {
    this.copy = copy;
    this.store = store;
    this.log = log;
    this.copy.listen({ damaged: (_, reason) => this.damage.push(reason) });
    this.appender = new Appender({
      node: 'n1',
      log,
      copy,
      clock: this.clock,
      lamport: this.lamport,
      cut: (frame) => this.cut.push(frame),
      stored: ({ frame }) => this.stored.push(frame),
      fenced: () => {
        this.fenced += 1;
      },
    });
  }

  /** @param opening the history so far; it ends with this leader's election. */
  static async after(opening: readonly DomainEvent[][]): Promise<Lead> {
    const store = new ControlledStore();
    const log = new MemoryOrderedLog();
    const copy = await Copy.open({ store, sync: false, journal: silent });
    for (const { bytes, number } of chainOf(opening, [1], 1_000).frames) {
      await log.append(bytes, number);
      copy.read({ number, bytes });
    }
    copy.commitUpTo(copy.tail.number);
    copy.flush();
    await turn();
    log.attempts.length = 0;
    return new Lead(copy, store, log);
  }

  /** All frames of the log, as anybody would read them. */
  async frames(): Promise<Frame[]> {
    const frames: Frame[] = [];
    for await (const { bytes } of this.log.range(1)) frames.push(Frame.decode(bytes));
    return frames;
  }

  /** Lets everything that is under way come to its end. */
  async finish(): Promise<void> {
    this.log.release();
    this.store.release();
    await this.clock.advance(1_000);
    this.copy.commitUpTo(this.copy.tail.number);
    this.copy.flush();
    await turn();
  }
}
