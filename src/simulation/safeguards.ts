/**
 * Switching safeguards off, one at a time, to show that the checks notice: checks that cannot fail prove nothing.
 *
 * The product has no switches for this. What a node or client says and hears, reads and writes passes through ports, and
 * there it is bent until it behaves as code without the safeguard would.
 */
import { batchSchema, type CommandBatch } from '../events/commands.ts';
import type { DomainEvent } from '../events/domain.ts';
import { Frame } from '../events/frame.ts';
import { newId, type Random } from '../events/ids.ts';
import type { OrderedLog } from '../log/port.ts';
import type { Bus, BusMessage } from '../ports/bus.ts';
import type { Reply } from '../protocol/answers.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import { clusterAtTail } from '../replication/copies.ts';
import type { Copy } from '../replication/copy.ts';
import type { Leadership } from '../replication/leadership.ts';
import { type Ack, type Beat, type Pledge, type PromiseRequest, subjects } from '../replication/messages.ts';
import { examine, type Tail } from '../replication/tail.ts';

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

type Handler = (message: BusMessage) => void;

/** The bus as a node without the safeguard would use it. */
export function weakenBus(bus: Bus, node: Weakened): Bus {
  switch (node.without) {
    case 'order-per-client':
      return hearing(bus, clientSubjects.allCommands, (hear) => (message) => {
        hear({
          ...message,
          respond: (payload) => message.respond(payload),
          data: withoutOrder(message.data),
        });
      });
    case 'wait-for-copies':
      return acknowledging(bus, node);
    case 'seal':
      return hearing(bus, subjects.promise, () => (message) => void pledgeLightly(message, node));
    case 'count-of-pledges':
      return new CrowdedBus(bus, node).asBus();
    default:
      return bus;
  }
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

/** The next row that is folded becomes another one than on the other nodes. */
export function foldWronglyOnce({ rows }: Copy, isSpared: () => boolean, folded: () => void): void {
  const absorb = rows.absorb.bind(rows);
  rows.absorb = (layer) => {
    if (isSpared()) return absorb(layer);
    const [key, value] = [...layer.changed].find(([, after]) => after !== null) ?? [];
    if (key === undefined || value === undefined) return absorb(layer);
    rows.absorb = absorb;
    folded();
    const text = JSON.stringify(value);
    layer.put(
      key,
      JSON.parse(text.replace(/\d(?!.*\d)/, (digit) => String((Number(digit) + 1) % 10))) as object,
    );
    return absorb(layer);
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

/**
 * The bus of a client that thinks of a new id whenever it sends something again.
 * @param sent ids that went out before; they are remembered by whoever calls, as the client is.
 */
export function weakenClientBus<B extends Bus>(
  bus: B,
  random: Random,
  without: Safeguard | undefined,
  sent: Set<string>,
): B {
  if (without !== 'resend-same-id') return bus;
  const request = async (subject: string, payload: string, timeoutMs: number) => {
    const batch = batchOf(Buffer.from(payload));
    if (!batch) return await bus.request(subject, payload, timeoutMs);
    const oldIds = new Map<string, string>();
    const commands = batch.commands.map((command) => {
      const { id } = command as { id: string };
      if (!sent.has(id)) return command;
      const another = newId('m-', random);
      oldIds.set(another, id);
      return { ...(command as object), id: another };
    });
    for (const command of batch.commands) sent.add((command as { id: string }).id);
    const answer = await bus.request(subject, JSON.stringify({ ...batch, commands }), timeoutMs);
    return Buffer.from(JSON.stringify(withOldIds(JSON.parse(textOf(answer)) as Reply, oldIds)));
  };
  return replacing<Bus>(bus, { request: () => request }) as B;
}

/** Whoever listens for acknowledgements hears that another node has stored what this one has just stored itself. */
function acknowledging(bus: Bus, node: Weakened): Bus {
  const another = node.members.find((member) => member !== node.id) ?? '';
  return replacing(bus, {
    subscribe: () => (subject: string, hear: Handler, options?: { queue?: string }) => {
      const subscription = bus.subscribe(subject, hear, options);
      if (subject !== subjects.ack) return subscription;
      const invent = ({ generation, number, hash }: Tail) => {
        const ack: Ack = { node: another, generation, number, hash };
        hear({ subject, data: Buffer.from(JSON.stringify(ack)), respond: () => undefined });
      };
      const listening = node.copy?.listen({ stored: invent });
      return {
        stop: () => {
          subscription.stop();
          listening?.stop();
        },
      };
    },
  });
}

/** Those who are silent seem to be there, and to hold nothing of interest. */
class CrowdedBus {
  readonly #bus: Bus;
  readonly #node: Weakened;
  readonly #last = new Map<string, Beat>();
  #hear: Handler = () => undefined;

  constructor(bus: Bus, node: Weakened) {
    this.#bus = bus;
    this.#node = node;
  }

  asBus(): Bus {
    const heard = hearing(this.#bus, subjects.beat, (hear) => {
      this.#hear = hear;
      return (message) => {
        const beat = JSON.parse(textOf(message.data)) as Beat;
        this.#last.set(beat.node, beat);
        hear(message);
      };
    });
    return replacing(heard, {
      publish: () => (subject: string, payload: string) => {
        if (subject === subjects.beat && this.#node.state === 'seeding') this.#repeatBeats();
        heard.publish(subject, payload);
      },
      gather: () => async (subject: string, payload: string, replies: number, timeoutMs: number) => {
        const answers = await heard.gather(subject, payload, replies, timeoutMs);
        return subject === subjects.promise
          ? [...answers, ...this.#pledgesOfSilent(answers, payload)]
          : answers;
      },
    });
  }

  #repeatBeats(): void {
    for (const beat of this.#last.values()) {
      const data = Buffer.from(JSON.stringify({ ...beat, role: 'follower', healthy: false }));
      this.#hear({ subject: subjects.beat, data, respond: () => undefined });
    }
  }

  #pledgesOfSilent(answers: readonly Uint8Array[], payload: string): Uint8Array[] {
    const { id, members } = this.#node;
    const { generation: promised } = JSON.parse(payload) as PromiseRequest;
    const there = new Set(answers.map((answer) => (JSON.parse(textOf(answer)) as Pledge).node));
    const silent = members.filter((member) => member !== id && !there.has(member));
    const nothing = {
      granted: true,
      promised,
      complete: true,
      generation: 0,
      epoch: 0,
      number: 1,
      cluster: null,
    };
    const hash = '0'.repeat(64);
    return silent.map((node) => Buffer.from(JSON.stringify({ ...nothing, node, hash } satisfies Pledge)));
  }
}

/** Says what is asked for, and binds itself to nothing. */
async function pledgeLightly(message: BusMessage, { id, copy }: Weakened): Promise<void> {
  const request = JSON.parse(textOf(message.data)) as PromiseRequest;
  if (!copy || request.node === id) return;
  const { generation, epoch, number, hash } = copy.stored;
  const granted = request.generation > Math.max(copy.store.standing.promised, generation);
  const cluster = await clusterAtTail(copy);
  const pledge: Pledge = {
    node: id,
    granted,
    promised: granted ? request.generation : copy.store.standing.promised,
    complete: copy.store.standing.complete,
    ...{ generation, epoch, number, hash },
    cluster: cluster
      ? { members: [...cluster.members], copies: cluster.wanted, minCopies: cluster.minCopies }
      : null,
  };
  message.respond(JSON.stringify(pledge));
}

function withoutOrder(data: Uint8Array): Uint8Array {
  const batch = batchOf(data);
  return batch ? Buffer.from(JSON.stringify({ ...batch, after: null })) : data;
}

function withOldIds({ answers, ...reply }: Reply, oldIds: ReadonlyMap<string, string>): Reply {
  if (!answers) return reply;
  return {
    ...reply,
    answers: answers.map((answer) => ({ ...answer, id: oldIds.get(answer.id) ?? answer.id })),
  };
}

function batchOf(data: Uint8Array): CommandBatch | undefined {
  try {
    return batchSchema.safeParse(JSON.parse(textOf(data))).data;
  } catch {
    return undefined;
  }
}

function textOf(data: Uint8Array): string {
  return Buffer.from(data).toString();
}

/** A bus on which what comes on one subject passes through `change` before it is heard. */
function hearing(bus: Bus, subject: string, change: (hear: Handler) => Handler): Bus {
  return replacing(bus, {
    subscribe: () => (wanted: string, handler: Handler, options?: { queue?: string }) =>
      bus.subscribe(wanted, wanted === subject ? change(handler) : handler, options),
  });
}

/** `part`, but for the properties given. */
function replacing<T extends object>(part: T, replacements: Partial<Record<keyof T, () => unknown>>): T {
  return new Proxy(part, {
    get(target, name) {
      const replacement = replacements[name as keyof T];
      if (replacement) return replacement();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
