/**
 * Looking at a cluster on behalf of pages: says that somebody looks, for as long as somebody does, hears what is told, asks
 * a node for what was there before, and hands on what changed, ten times a second.
 */
import type { ClusterHealth } from '../../operator/health.ts';
import { assess } from '../../operator/health.ts';
import type { Operator } from '../../operator/operator.ts';
import { readLog } from '../../operator/running.ts';
import type { Subscription } from '../../ports/bus.ts';
import { type Clock, every } from '../../ports/clock.ts';
import { aliasOf } from '../../protocol/aliases.ts';
import {
  type EventTold,
  interestEveryMs,
  tellEveryMs,
  toldSchema,
  watchedMax,
} from '../../protocol/inspection.ts';
import { inspectorSubjects, parseSubject } from '../../protocol/subjects.ts';
import type { ActorsPage } from '../../service/actor-pages.ts';
import { happeningOf, notedTypes } from '../model/happenings.ts';
import { Model } from '../model/model.ts';
import { replicaOf } from '../model/nodes.ts';
import { everybodys, type NodeRow, type Update } from '../model/view.ts';

export interface LookerOptions {
  readonly operator: Operator;
  readonly clock: Clock;
  /** Tells this run from others. */
  readonly id: string;
  readonly bodies: boolean;
  /** Nodes that may exist, for the case that none answers. */
  readonly known: readonly string[];
}

type Listener<T> = (told: T) => void;

/** Whether users and sessions are looked at too, all of them. */
export interface Extent {
  readonly everybody: boolean;
}

const answerMs = 800;
/** Nobody reads ten times a second how long messages took. */
const framesEvery = 5;
const askMs = 10_000;
/** Nodes know of an epoch before its beginning is committed: for so long after a change the log is read on. */
const settledMs = 5_000;
/** What happened before somebody looked is searched for in so much of the log's end. */
const searchedMax = 20_000;
/** Whoever is silent for so long is gone. */
const silentMs = 3 * interestEveryMs + 500;
const messageBytesMax = 768 * 1024;

export class Looker {
  readonly #options: LookerOptions;
  readonly #pages = new Map<Listener<Update>, Extent>();
  /** Who wants every event of which actor. */
  readonly #watchers = new Map<string, Set<Listener<readonly EventTold[]>>>();
  #model = new Model();
  #looking: Subscription[] = [];
  #teller: string | null = null;
  /** When each process was heard last, by the monotonic clock. */
  readonly #heardMs = new Map<string, number>();
  #isAsking = false;
  /** Nodes that would answer if all did. */
  #expected: number | undefined;
  #beat = 0;
  /** Whoever looks anew is told everything anew. */
  #run = 0;
  /** Up to where happenings were read, and how the cluster was then. */
  #searched = { at: '', sinceMs: 0, upTo: 1 };

  constructor(options: LookerOptions) {
    this.#options = options;
  }

  /** @param listener told everything at once, then what changes. */
  look(listener: Listener<Update>, extent: Extent): Subscription {
    const wasListing = this.#isListing;
    if (this.#pages.size === 0) this.#begin();
    this.#pages.set(listener, extent);
    listener({ ...within(this.#model.whole(), extent), bodies: this.#options.bodies });
    if (!wasListing && extent.everybody) void this.#list().catch(() => undefined); // silent: another one is chosen
    return {
      stop: () => {
        this.#pages.delete(listener);
        if (this.#pages.size === 0) this.#end();
        else if (wasListing !== this.#isListing) this.#sayInterest();
      },
    };
  }

  get #isListing(): boolean {
    return [...this.#pages.values()].some(({ everybody }) => everybody);
  }

  /** Every event of an actor, or of all (`*`). @returns undefined where too many are watched. */
  watch(actor: string, listener: Listener<readonly EventTold[]>): Subscription | undefined {
    const watchers = this.#watchers.get(actor) ?? new Set();
    if (this.#watchers.size >= watchedMax && watchers.size === 0) return undefined;
    const looking = this.look(() => undefined, { everybody: false });
    this.#watchers.set(actor, watchers.add(listener));
    this.#sayInterest();
    return {
      stop: () => {
        watchers.delete(listener);
        if (watchers.size === 0) this.#watchers.delete(actor);
        this.#sayInterest();
        looking.stop();
      },
    };
  }

  /** The node that is asked. */
  get teller(): string | null {
    return this.#teller;
  }

  #begin(): void {
    const { operator, clock } = this.#options;
    this.#run += 1;
    this.#looking = [
      operator.bus.subscribe(inspectorSubjects.all, ({ subject, data }) => this.#heard(subject, data)),
      every(clock, interestEveryMs, () => void this.#ask()),
      every(clock, tellEveryMs, () => this.#handOn()),
    ];
    void this.#ask();
  }

  #end(): void {
    for (const part of this.#looking.splice(0)) part.stop();
    this.#model = new Model(this.#model.whole().happenings); // a page may only be loaded anew
    this.#teller = null;
    this.#heardMs.clear();
    this.#searched = { at: '', sinceMs: 0, upTo: 1 };
  }

  #sayInterest(): void {
    if (this.#looking.length === 0) return;
    const { operator, id, bodies } = this.#options;
    const by = `${id}.${this.#run}`;
    const watched = [...this.#watchers.keys()];
    const interest = { by, watched, teller: this.#teller, isListing: this.#isListing, bodies };
    const { interest: toNodes, clientInterest: toClients } = inspectorSubjects;
    operator.bus.publish(toNodes, JSON.stringify(interest));
    const aliases = { watched: watched.map((id) => (id === '*' ? id : aliasOf(id))), teller: null };
    operator.bus.publish(toClients, JSON.stringify({ ...interest, ...aliases }));
  }

  #handOn(): void {
    this.#beat += 1;
    const update = this.#model.changes(this.#beat % framesEvery === 0);
    if (update) for (const [page, extent] of this.#pages) page(within(update, extent));
  }

  #heard(subject: string, data: Uint8Array): void {
    if (data.length > messageBytesMax) return;
    const told = toldSchema.safeParse(parsed(data)).data;
    if (!told) return;
    const { speaker, last } = parseSubject(subject);
    const process = speaker === 'node' ? last : `${speaker}.${last}`;
    if ((speaker === 'node') !== (told.kind === 'node') || told.process !== process) return;
    const { clock } = this.#options;
    this.#heardMs.set(process, clock.monotonicMs());
    this.#model.take(told, process, clock.wallMs());
    if (told.actors?.some(({ id }) => id === replicaOf(process))) void this.#ask(); // somebody may have begun to lead
    const mayTell = (actor: string) =>
      actor.startsWith(`${process}/`) || (process === this.#teller && actor.startsWith(everybodys));
    this.#handOnEvents((told.events ?? []).filter(({ actor }) => mayTell(actor)));
  }

  #handOnEvents(events: readonly EventTold[]): void {
    for (const [actor, watchers] of this.#watchers) {
      const its = actor === '*' ? events : events.filter((event) => event.actor === actor);
      if (its.length > 0) for (const watcher of watchers) watcher(its);
    }
  }

  /** One round of questions, unless the last one still waits for its answers. */
  async #ask(): Promise<void> {
    this.#sayInterest();
    this.#forgetSilent();
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const { operator, known } = this.#options;
      const statuses = await operator.status(answerMs, this.#expected);
      const health = assess(statuses, statuses, statuses[0]?.members ?? known);
      this.#expected = statuses.length > 0 ? health.nodes.length : undefined;
      if (this.#looking.length === 0) return;
      const rows = health.nodes.map((node) => rowOf(node, health));
      this.#model.nodesAre(rows, this.#options.clock.wallMs());
      await this.#chooseTeller(health);
      await this.#readHappenings(health);
    } catch {
      // nobody answers: asked again in a moment
    } finally {
      this.#isAsking = false;
    }
  }

  /** Every process says at least once a second that it is there. */
  #forgetSilent(): void {
    const sinceMs = this.#options.clock.monotonicMs() - silentMs;
    for (const [process, heardMs] of this.#heardMs) {
      if (heardMs >= sinceMs) continue;
      this.#heardMs.delete(process);
      this.#model.forget(process);
    }
  }

  /** A follower where there is one: a leader has enough to do. Whoever tells goes on while it can. */
  async #chooseTeller({ nodes, leader }: ClusterHealth): Promise<void> {
    const able = nodes.filter(({ status }) => status && ['following', 'leading'].includes(status.state));
    if (able.some(({ node }) => node === this.#teller)) return;
    const best = able.find(({ node }) => node !== leader) ?? able[0];
    this.#teller = best?.node ?? null;
    this.#sayInterest();
    if (this.#isListing) await this.#list();
  }

  /** What the teller knows of before it tells what changes. */
  async #list(): Promise<void> {
    this.#sayInterest();
    const { operator } = this.#options;
    const node = this.#teller;
    if (node === null) return;
    for (let after: string | null = null; ; ) {
      const page = (await operator.ask(node, 'actors', { after }, askMs)) as ActorsPage; // our own nodes'
      if (this.#teller !== node) return;
      this.#model.list(page.actors);
      after = page.next;
      if (after === null) break;
    }
  }

  /** Elections stand in the log: it is looked through when somebody else leads, or with others. */
  async #readHappenings({ nodes }: ClusterHealth): Promise<void> {
    const statuses = nodes.flatMap(({ status }) => status ?? []);
    const now = JSON.stringify(statuses.map(({ epoch, generation, copies }) => [epoch, generation, copies]));
    const nowMs = this.#options.clock.monotonicMs();
    const sinceMs = now === this.#searched.at ? this.#searched.sinceMs : nowMs;
    if (nowMs - sinceMs > settledMs || this.#teller === null) return;
    // As far as it had come itself: others may be ahead of it.
    const position = statuses.find(({ node }) => node === this.#teller)?.position ?? 0;
    const from = Math.max(1, this.#searched.upTo, position - searchedMax);
    const { operator } = this.#options;
    const query = { from, to: null, types: notedTypes };
    for await (const event of readLog(operator, this.#teller, query, askMs))
      this.#model.happened(happeningOf(event));
    this.#searched = { at: now, sinceMs, upTo: position };
  }
}

function within(update: Update, { everybody }: Extent): Update {
  if (everybody || !update.actors) return update;
  return { ...update, actors: update.actors.filter(([id]) => !id.startsWith(everybodys)) };
}

function parsed(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
}

function rowOf({ node, status, lag }: ClusterHealth['nodes'][number], { differAt }: ClusterHealth): NodeRow {
  if (!status) return { node, role: null, state: '', said: null, lag: null, agrees: null };
  const { role, state, epoch, position, frame, state_hash: stateHash, clients, pid } = status;
  const agrees = differAt === undefined || frame < differAt;
  return { node, role, state, said: { epoch, position, stateHash, clients, pid }, lag: lag ?? null, agrees };
}
