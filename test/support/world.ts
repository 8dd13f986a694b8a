/**
 * A chat without a cluster: commands are decided by the real actors, one upon the other, and what they lead to is kept
 * as the log would. Every history made here is one that could have happened.
 */
import type { Decision } from '../../src/actors/decision.ts';
import type { MatchCommand } from '../../src/actors/match/decide.ts';
import { ActorRegistry } from '../../src/actors/registry.ts';
import type { SessionCommand } from '../../src/actors/session/decide.ts';
import type { DomainEvent, Fact } from '../../src/events/domain.ts';
import { newId, type Random } from '../../src/events/ids.ts';
import { project } from '../../src/projections/project.ts';
import { Layer } from '../../src/projections/rows.ts';
import type { StoredEvent } from '../../src/projections/stored.ts';
import { mailboxes, users } from '../../src/projections/tables.ts';
import { Decider } from '../../src/service/decider.ts';
import type { PreparedCommand } from '../../src/service/prepare.ts';

/** A command but for its id, which the world numbers. */
export type Told = PreparedCommand extends infer C ? (C extends unknown ? Omit<C, 'id'> : never) : never;

export const sessionGapMs = 10_000;
export const logInMs = 1_000_000;
const given = { sessionGapMs, logInMs, courts: { halt: () => undefined } };
const members = ['n1', 'n2', 'n3'];

export class World {
  /** The rows after everything that happened so far. */
  readonly rows = new Layer({ get: () => undefined });
  /** What each command led to, in order; a frame never divides it. */
  readonly commands: DomainEvent[][] = [];
  /** All events with their places, as if each command had a frame of its own. */
  readonly stored: StoredEvent[] = [];
  readonly #registry: ActorRegistry;
  readonly #decider: Decider;
  readonly #random: Random = countingRandom();
  #at = 1_000;
  #epoch = 0;
  #ids = 0;

  constructor() {
    const rows = () => this.rows;
    this.#registry = new ActorRegistry(rows, () => 0);
    this.#decider = new Decider({ registry: this.#registry, rows, random: this.#random, ...given });
    this.#record([
      {
        type: 'Seeded',
        data: { generation: 1, base: { number: 0, hash: '' }, members, minCopies: 1, copies: 2 },
      },
    ]);
    this.elect('n1');
  }

  wait(ms: number): void {
    this.#at += ms;
  }

  /** @returns the event that answers. */
  tell(user: string, told: Told, client = 'a'): DomainEvent {
    const id = `c${++this.#ids}`;
    const decision = this.#decider.decide({ id: user, client }, { ...told, id } as PreparedCommand, this.#at);
    return this.#decided(decision, { user, id, digest: `digest of ${id}` });
  }

  /** A session's own doing, or the opening of one for any number of participants. */
  tellSession(session: string, command: SessionCommand): DomainEvent {
    return this.#decided(this.#decider.decideSession(session, command, this.#at));
  }

  /** A match's own doing: what was played, who is away, that it took too long. */
  tellMatch(match: string, command: MatchCommand): DomainEvent {
    return this.#decided(this.#decider.decideMatch(match, command, this.#at));
  }

  register(name: string): string {
    const event = this.tell(`g-${name}`, { type: 'Register', name, passwordHash: 'p1', recoveryHash: 'r1' });
    if (event.type !== 'UserRegistered')
      throw new Error(`${name} could not register: ${JSON.stringify(event)}`);
    return event.data.user;
  }

  /** @returns position of the message. */
  post(from: string, to: string, text = 'hi'): number {
    const { type } = this.tell(from, { type: 'PostMessage', to, text });
    if (type !== 'MessagePosted') throw new Error('could not post');
    return this.stored.at(-1)!.position;
  }

  /** By a log-in made for it. */
  deleteAccount(user: string): DomainEvent {
    const { name = '', passwordHash = '' } = users.get(this.rows, user) ?? {};
    const tokenHash = `to delete ${user}`;
    this.tell('g-0', { type: 'LogIn', name, verifiedAgainst: passwordHash, tokenHash });
    return this.tell(user, { type: 'DeleteAccount', tokenHash });
  }

  showAll(user: string): void {
    this.tell(user, { type: 'MarkShown', upTo: mailboxes.get(this.rows, user)?.last[0] ?? 0 });
  }

  open(participants: readonly string[]): string {
    const session = newId('s-', this.#random);
    const sorted = [...participants].sort();
    this.tellSession(session, { type: 'OpenSession', session, participants: sorted, continues: null });
    return session;
  }

  elect(node: string, copies = 2): void {
    this.#epoch += 1;
    this.#record([{ type: 'LeaderElected', data: { node, members, copies } }]);
  }

  changeCopies(copies: number, dead: readonly string[] = []): void {
    this.#record([{ type: 'CopiesChanged', data: { copies, dead: [...dead] } }]);
  }

  /** A new generation, upon everything that happened so far. */
  seed(cluster: { generation: number; members: string[]; copies: number; minCopies: number }): void {
    this.#epoch += 1;
    const base = { number: this.commands.length, hash: 'of the last frame' };
    this.#record([{ type: 'Seeded', data: { ...cluster, base } }]);
  }

  #decided(decision: Decision, cause?: DomainEvent['cause']): DomainEvent {
    const facts =
      'facts' in decision ? decision.facts : [{ type: 'CommandRefused', data: decision.refused } as const];
    return this.#record(facts, cause);
  }

  #record(facts: readonly Fact[], cause?: DomainEvent['cause']): DomainEvent {
    const frame = this.commands.length + 1;
    const events = facts.map((fact, index): DomainEvent => {
      return { ...fact, at: this.#at, ...(cause && index === facts.length - 1 ? { cause } : {}) };
    });
    this.commands.push(events);
    for (const event of events) {
      const stored = { event, position: this.stored.length + 1, frame, epoch: this.#epoch };
      this.stored.push(stored);
      project(this.rows, stored);
    }
    return events.at(-1)!;
  }
}

/** Bytes that never repeat, and are the same in every run. */
function countingRandom(): Random {
  let drawn = 0;
  return {
    next: () => 0.5,
    bytes: (count) => {
      drawn += 1;
      return Uint8Array.from({ length: count }, (_, index) => Math.floor(drawn / 32 ** index) % 32);
    },
  };
}
