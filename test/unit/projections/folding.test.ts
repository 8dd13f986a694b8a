import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newActor } from '../../../src/actors/restore.ts';
import type { DomainEvent } from '../../../src/events/domain.ts';
import { project } from '../../../src/projections/project.ts';
import { Layer } from '../../../src/projections/rows.ts';
import type { StoredEvent } from '../../../src/projections/stored.ts';
import { answers, history, matches, sessions, users } from '../../../src/projections/tables.ts';
import { anyEvent, eventTypes } from '../../support/event-arbitraries.ts';
import { storedInFrames } from '../../support/frame-chain.ts';
import { anyWorld } from '../../support/histories.ts';
import { foldPlainly, hashOf, type PlainRows } from '../../support/plain-rows.ts';
import { foldInPortions } from '../../support/portions.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const sorted = (rows: ReadonlyMap<string, string>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

/** A history in frames, with its rows folded the plain way. */
const anyLog = fc.tuple(anyWorld, sizes).map(([{ commands }, perFrame]) => {
  const frames = storedInFrames(commands, perFrame);
  return { frames, events: frames.flat(), plain: foldPlainly(frames) };
});

describe('folding a history', () => {
  it('gives the same rows and the same state hash in any portions (P2)', () => {
    fc.assert(
      fc.property(
        anyLog,
        sizes,
        sizes,
        fc.nat({ max: 6 }),
        ({ frames, plain }, perLayer, perBatch, ahead) => {
          const folded = foldInPortions(frames, perLayer, perBatch, ahead);
          expect(sorted(folded.stored)).toEqual(plain.texts());
          expect(folded.rows.stateHash).toBe(plain.stateHash);
          expect(hashOf(folded.stored)).toBe(plain.stateHash);
        },
      ),
    );
  });

  it('never throws, whatever a stored event says', () => {
    // Few ids, so that events meet that were never meant for one another.
    const colliding = anyEvent.map((event) => {
      const data = Object.entries(event.data).map(([key, value]) => [
        key,
        /^(user|from|session|match|player|by)$/.test(key) ? `id${String(value).length % 3}` : value,
      ]);
      return { ...event, data: Object.fromEntries(data) } as DomainEvent;
    });
    const participants = ['id0', 'id1', 'id2'];
    const opened = (session: string): DomainEvent => {
      return { type: 'SessionOpened', at: 1, data: { session, participants, continues: null } };
    };
    fc.assert(
      fc.property(fc.array(colliding, { size: '+1' }), (events) => {
        const rows = new Layer({ get: () => undefined });
        for (const [index, event] of [opened('id0'), opened('id1'), ...events].entries()) {
          project(rows, { event, position: index + 1, frame: index + 1, epoch: 1 });
        }
      }),
    );
  });

  it('is tried on histories in which everything happens', () => {
    const worlds = fc.sample(anyWorld, { numRuns: 300, seed: 1 });
    const seen = new Set(worlds.flatMap(({ stored }) => stored.map(({ event }) => event.type)));
    expect([...seen].sort()).toEqual([...eventTypes].sort());
  });
});

/** Everybody and everything that ever lived, with all of its events in order, found by the history rows. */
function livesIn(rows: PlainRows, events: readonly StoredEvent[]): Map<string, DomainEvent[]> {
  const lives = new Map<string, DomainEvent[]>();
  for (const [key, text] of rows.texts()) {
    if (!key.startsWith(history.key(''))) continue;
    const [actor = '', frame = ''] = history.rest(key).split('/');
    for (const position of JSON.parse(text) as number[]) {
      const stored = events[position - 1]!;
      expect(stored.frame).toBe(Number(frame));
      lives.set(actor, [...(lives.get(actor) ?? []), stored.event]);
    }
  }
  return lives;
}

function tableOf(id: string) {
  if (id.startsWith('u-')) return users;
  return id.startsWith('p-') ? matches : sessions;
}

describe('an actor', () => {
  it('has in its history exactly the events that it lived through, and they lead to its row (P8)', () => {
    fc.assert(
      fc.property(anyLog, ({ plain, events }) => {
        for (const [id, life] of livesIn(plain, events)) {
          const actor = newActor(id);
          for (const event of life) {
            const { can } = actor.getSnapshot() as { can(event: DomainEvent): boolean };
            expect(can.call(actor.getSnapshot(), event)).toBe(true);
            (actor as { send(event: DomainEvent): void }).send(event);
          }
          expect(actor.getSnapshot().context).toEqual(tableOf(id).get(plain, id));
        }
      }),
    );
  });

  it('is there for every row of a user, a session or a match', () => {
    fc.assert(
      fc.property(anyLog, ({ plain, events }) => {
        const rows = plain.texts().flatMap(([key]) => (/^(user|session|match)\//.test(key) ? key : []));
        const lives = [...livesIn(plain, events).keys()].map((id) => tableOf(id).key(id));
        expect(lives.sort()).toEqual(rows.sort());
      }),
    );
  });
});

describe('the answer to a command', () => {
  it('stands once for every command that was recorded, refusals too, at the event that answers it (P1)', () => {
    fc.assert(
      fc.property(anyLog, ({ plain, events }) => {
        const expected = events.flatMap(({ event: { cause }, position, frame }): [string, string][] =>
          cause ? [[answers.key(cause.user, cause.id), JSON.stringify([position, frame, cause.digest])]] : [],
        );
        const found = plain.texts().filter(([key]) => key.startsWith(answers.key('')));
        expect(found).toEqual(expected.sort(([a], [b]) => (a < b ? -1 : 1)));
      }),
    );
  });
});
