/** What nodes and clients without a safeguard say and hear: their buses, bent. */
import { batchSchema, type CommandBatch } from '../events/commands.ts';
import { newId, type Random } from '../events/ids.ts';
import type { Bus, BusMessage } from '../ports/bus.ts';
import type { Reply } from '../protocol/answers.ts';
import { querySchema } from '../protocol/queries.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import { clusterAtTail } from '../replication/copies.ts';
import { type Ack, type Beat, type Pledge, type PromiseRequest, subjects } from '../replication/messages.ts';
import { committedPlace } from '../replication/pledge.ts';
import type { Tail } from '../replication/tail.ts';
import { replacing, type Safeguard, type Weakened } from './safeguards.ts';

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
    case 'reads-at-least':
      return hearing(bus, clientSubjects.allQueries, (hear) => (message) => {
        hear({
          ...message,
          respond: (payload) => message.respond(payload),
          data: withoutPosition(message.data),
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
        hear({
          subject,
          data: Buffer.from(JSON.stringify(ack)),
          expectsAnswer: false,
          respond: () => undefined,
        });
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
      this.#hear({ subject: subjects.beat, data, expectsAnswer: false, respond: () => undefined });
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
    const mark = { generation: 0, epoch: 0, number: 0, hash };
    return silent.map((node) =>
      Buffer.from(JSON.stringify({ ...nothing, node, hash, mark } satisfies Pledge)),
    );
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
    mark: await committedPlace(copy),
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

function withoutPosition(data: Uint8Array): Uint8Array {
  const query = querySchema.parse(JSON.parse(textOf(data)));
  return Buffer.from(JSON.stringify({ ...query, atLeast: 0 }));
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
