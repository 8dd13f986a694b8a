/**
 * Switching safeguards off, one at a time, to show that the checks notice: checks that cannot fail prove nothing.
 *
 * The product has no switches for this. What a node or client says and hears, reads and writes passes through ports, and
 * there it is bent until it behaves as code without the safeguard would; what is said and heard, in weak-buses.ts.
 */
import type { DomainEvent } from '../events/domain.ts';
import { Frame } from '../events/frame.ts';
import type { OrderedLog } from '../log/port.ts';
import type { Copy } from '../replication/copy.ts';
import type { Leadership } from '../replication/leadership.ts';
import { examine } from '../replication/tail.ts';

/** What each is for, in words that follow "without it". */
export const safeguards = {
  'compare-and-set': 'the stream stores whatever comes, wherever it was expected',
  'epoch-rule': 'readers take frames of an epoch older than the newest they have seen',
  'wait-for-copies': 'leaders commit what only they have stored',
  'hold-refusals': 'refusals leave before they are committed',
  'count-of-pledges': 'a stream is seeded anew without the answers of those who are silent',
  dedupe: 'nodes forget what they answered',
  'order-per-client': 'leaders decide whatever arrives, although something before it is missing',
  'hash-check': "nodes do not compare their state with the leader's",
  fsync: 'disks say that they have synced, and have not',
  'resend-same-id': 'clients give what they send again another id',
  seal: 'who pledged a new generation goes on in the old one',
  seam: 'nodes go on where they were, whatever stands there now',
  'reads-at-least': 'nodes answer readers from what they have, however old it is',
  'password-check': 'nodes take any password for the right one',
} as const;

export type Safeguard = keyof typeof safeguards;

export const safeguardNames = Object.keys(safeguards) as Safeguard[];

/** A node, as far as what it says and hears is bent. */
export interface Weakened {
  readonly id: string;
  readonly members: readonly string[];
  readonly without: Safeguard | undefined;
  readonly state: string | undefined;
  readonly copy: Copy | undefined;
}

/** What a leader without the safeguard would be. */
export function weakenLeadership(leadership: Leadership, without: Safeguard | undefined): Leadership {
  if (without !== 'hold-refusals') return leadership;
  return replacing(leadership, {
    appender: () =>
      replacing(leadership.appender, {
        record: () => (events: readonly DomainEvent[]) => {
          const recorded = leadership.appender.record(events);
          return events.at(-1)?.type === 'CommandRefused' ? { ...recorded, frame: 0 } : recorded;
        },
      }),
  });
}

/** What a copy without the safeguard would do; changed where it is, because the replica has it already. */
export function weakenCopy(copy: Copy, without: Safeguard | undefined): void {
  if (without === 'hash-check') copy.announce = () => undefined;
  if (without !== 'epoch-rule') return;
  const read = copy.read.bind(copy);
  copy.read = (entry) => {
    const frame = Frame.decode(entry.bytes);
    if (examine(copy.tail, frame) !== 'stale' || frame.header.generation !== copy.tail.generation)
      return read(entry);
    copy.take(frame, entry.number);
    return frame;
  };
}

/** A stream that always holds at the end of the copy what the copy holds there. */
export function weakenLog(log: OrderedLog, { without, copy }: Weakened): OrderedLog {
  if (without !== 'seam' || !copy) return log;
  return replacing(log, {
    read: () => async (sequence: number) =>
      sequence === copy.tailSequence && copy.stored.number === copy.tail.number
        ? await copy.store.read(copy.tail.number)
        : await log.read(sequence),
  });
}

/** `part`, but for the properties given. */
export function replacing<T extends object>(
  part: T,
  replacements: Partial<Record<keyof T, () => unknown>>,
): T {
  return new Proxy(part, {
    get(target, name) {
      const replacement = replacements[name as keyof T];
      if (replacement) return replacement();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
