/**
 * Typing: that somebody is writing goes from one client to the others in the conversation, by way of any node.
 *
 * A client cannot reach another one's subjects, and must not: a node looks whether it belongs there. Nothing of it is
 * kept or answered. Who says so more often than fingers can is not heard, and who floods is sent away like any other.
 */
import { parseBytes } from '../events/codec.ts';
import type { Bus, BusMessage, Subscription } from '../ports/bus.ts';
import { type Clock, every } from '../ports/clock.ts';
import type { Rows } from '../projections/rows.ts';
import { sessions, users } from '../projections/tables.ts';
import { type LiveNotice, typingSchema } from '../protocol/live.ts';
import { clientSubjects, parseSubject } from '../protocol/subjects.ts';
import { conversationOf } from './belonging.ts';
import { Tolerance } from './tolerance.ts';
import { nameOf } from './views.ts';

/** The SDK says so every 3 s in one conversation; somebody may go from one to the next. */
const rates = { heard: { perSecond: 1, burst: 5 }, tolerated: { perSecond: 50, burst: 200 } };
const bytesMax = 256;
const sweepMs = 10_000;

export interface TypingOptions {
  readonly clock: Clock;
  rows(): Rows;
  /** Somebody says more than any client does. */
  banish(speaker: string): void;
}

export class Typing {
  readonly #options: TypingOptions;
  readonly #tolerance = new Tolerance(rates);

  constructor(options: TypingOptions) {
    this.#options = options;
  }

  start(bus: Bus): Subscription {
    const { clock } = this.#options;
    const receive = (message: BusMessage) => this.#receive(message, bus);
    const parts = [
      bus.subscribe(clientSubjects.allTyping, receive, { queue: 'verbatim' }),
      every(clock, sweepMs, () => this.#tolerance.sweep(clock.monotonicMs())),
    ];
    return {
      stop: () => {
        for (const part of parts) part.stop();
      },
    };
  }

  #receive({ subject, data }: BusMessage, bus: Bus): void {
    const { speaker } = parseSubject(subject);
    const verdict = this.#tolerance.judge(speaker, this.#options.clock.monotonicMs());
    if (verdict === 'banish') this.#options.banish(speaker);
    else if (verdict === 'hear') this.#tell(speaker, data, bus);
  }

  #tell(speaker: string, data: Uint8Array, bus: Bus): void {
    const session = conversationIn(data);
    const rows = this.#options.rows();
    const { participants = [] } = session === undefined ? {} : (sessions.get(rows, session) ?? {});
    if (session === undefined || !participants.includes(speaker)) return;
    const conversation = conversationOf(rows, session);
    const notice: LiveNotice = { type: 'typing', conversation, from: nameOf(rows, speaker) };
    const payload = JSON.stringify(notice);
    for (const user of participants) {
      if (user !== speaker && users.get(rows, user)?.state === 'online')
        bus.publish(clientSubjects.live(user), payload);
    }
  }
}

function conversationIn(data: Uint8Array): string | undefined {
  if (data.length > bytesMax) return undefined;
  try {
    return typingSchema.safeParse(parseBytes(data)).data?.conversation;
  } catch {
    return undefined;
  }
}
