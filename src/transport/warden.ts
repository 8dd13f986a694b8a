/**
 * The warden: finds open connections by the name that their permit gave them, and ends them.
 *
 * A permit is asked for once, when somebody connects: whoever is connected when a log-in ends would stay for as long as
 * they like. Nobody keeps a list of who is connected where, which a restart would lose: the servers are asked when it
 * matters. The credential for it opens these two questions in the servers' own account and nothing else.
 */
import { z } from 'zod';
import type { Bus } from '../ports/bus.ts';
import { type Clock, delay } from '../ports/clock.ts';
import type { Place } from './auth-callout.ts';

const listSubject = '$SYS.REQ.SERVER.PING.CONNZ';
const kickSubject = (server: string) => `$SYS.REQ.SERVER.${server}.KICK`;
export const wardenInboxPrefix = '_INBOX_warden';

const patienceMs = 500;
const pageSize = 1_024;
/** Of connections that come as fast as they are ended, and of servers that do not answer. */
const roundsMax = 5;
/** Before a server that did not answer is asked again; doubled each time, so that one may hang for half a minute. */
const againMs = 1_000;

const listSchema = z.object({
  server: z.object({ id: z.string() }),
  data: z.object({
    /** Of all names, also where one is asked for. */
    total: z.int(),
    connections: z.array(z.object({ cid: z.int(), authorized_user: z.string().optional() })).nullish(),
  }),
});

export interface Warden {
  /** How many connections of that name there are; of more than `most`, perhaps not all. */
  count(name: string, most: number): Promise<number>;
  /** What the connections of clients are called, on all servers that answer. */
  names(): Promise<ReadonlySet<string>>;
  /** Ends every connection of that name, those included that a server holds which hangs and comes back. */
  expel(name: string): Promise<void>;
  /** Ends one connection, if it is still there. */
  kick(place: Place): Promise<void>;
}

/** @param servers how many there are to ask. */
export function wardenOn(bus: Bus, servers: number, clock: Clock): Warden {
  /** @param name undefined: whatever they are called. */
  const list = async (name: string | undefined, limit: number, offset = 0) => {
    const question = JSON.stringify({ user: name, auth: true, acc: 'APP', limit, offset });
    const answers = await bus.gather(listSubject, question, servers, patienceMs);
    return answers.flatMap((data) => listSchema.safeParse(parse(data)).data ?? []);
  };
  // A server does nothing for those who do not ask for its answer.
  const kick = async ({ server, cid }: Place) => {
    await bus.request(kickSubject(server), JSON.stringify({ cid }), patienceMs);
  };
  return {
    count: async (name, most) => {
      const lists = await list(name, most);
      return lists.reduce((sum, { data }) => sum + (data.connections?.length ?? 0), 0);
    },
    names: async () => {
      const names = new Set<string>();
      for (let offset = 0; ; offset += pageSize) {
        const lists = await list(undefined, pageSize, offset);
        for (const { authorized_user: name } of lists.flatMap(({ data }) => data.connections ?? []))
          if (name !== undefined) names.add(name);
        if (lists.every(({ data }) => data.total <= offset + pageSize)) return names;
      }
    },
    kick,
    expel: async (name) => {
      for (let round = 0; round < roundsMax; round++) {
        const lists = await list(name, pageSize);
        const found = lists.flatMap(({ server, data }) =>
          (data.connections ?? []).map(({ cid }) => ({ server: server.id, cid })),
        );
        const isComplete = lists.length >= servers;
        if (isComplete && found.length === 0) return;
        await Promise.allSettled(found.map(kick)); // some may have left
        if (!isComplete) await delay(clock, againMs * 2 ** round);
      }
    },
  };
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
}
