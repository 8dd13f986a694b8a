import fc from 'fast-check';
import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import { sessionMachine } from '../../../src/actors/session/machine.ts';
import { userMachine } from '../../../src/actors/user/machine.ts';
import type { DomainEvent } from '../../../src/events/domain.ts';
import { project } from '../../../src/projections/project.ts';
import { Layer } from '../../../src/projections/rows.ts';
import { answers, history, sessions, users } from '../../../src/projections/tables.ts';
import { anyEvent, eventTypes } from '../../support/event-arbitraries.ts';
import { anyWorld } from '../../support/histories.ts';
import { foldPlainly, hashOf } from '../../support/plain-rows.ts';
import { foldInPortions } from '../../support/portions.ts';
import type { World } from '../../support/world.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const sorted = (rows: ReadonlyMap<string, string>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

describe('folding a history', () => {
  it('gives the same rows and the same state hash in any portions (P2)', () => {
    fc.assert(
      fc.property(anyWorld, sizes, sizes, fc.nat({ max: 6 }), ({ stored }, perLayer, perBatch, ahead) => {
        const plain = foldPlainly(stored);
        const folded = foldInPortions(stored, perLayer, perBatch, ahead);
        expect(sorted(folded.stored)).toEqual(plain.texts());
        expect(folded.rows.stateHash).toBe(plain.stateHash);
        expect(hashOf(folded.stored)).toBe(plain.stateHash);
      }),
    );
  });

  it('never throws, whatever a stored event says', () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const rows = new Layer({ get: () => undefined });
        for (const [index, event] of events.entries()) {
          project(rows, { event, position: index + 1, frame: index + 1, epoch: 1 });
        }
      }),
    );
  });

  it('is tried on histories in which everything happens', () => {
    const seen = new Set(fc.sample(anyWorld, { numRuns: 300, seed: 1 }).flatMap(({ stored }) => stored.map(({ event }) => event.type)));
    expect([...seen].sort()).toEqual([...eventTypes].sort());
  });
});

/** Everybody and everything that ever lived, with all of its events in order, found by the history rows. */
function livesIn({ rows, stored }: World): Map<string, DomainEvent[]> {
  const lives = new Map<string, DomainEvent[]>();
  for (const [key, frame] of [...rows.added].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!key.startsWith(history.key(''))) continue;
    const [actor = '', position = ''] = history.rest(key).split('/');
    const { event, frame: actual } = stored[Number(position) - 1]!;
    expect(frame).toBe(actual);
    lives.set(actor, [...(lives.get(actor) ?? []), event]);
  }
  return lives;
}

describe('an actor', () => {
  it('has in its history exactly the events that it lived through, and they lead to its row (P8)', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        for (const [id, events] of livesIn(world)) {
          const isUser = id.startsWith('u-');
          const actor = isUser ? createActor(userMachine) : createActor(sessionMachine);
          actor.start();
          for (const event of events) {
            const { can } = actor.getSnapshot() as { can(event: DomainEvent): boolean };
            expect(can.call(actor.getSnapshot(), event)).toBe(true);
            (actor as { send(event: DomainEvent): void }).send(event);
          }
          expect(actor.getSnapshot().context).toEqual((isUser ? users : sessions).get(world.rows, id));
        }
      }),
    );
  });

  it('is there for every row of a user or a session', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const rows = [...world.rows.changed.keys()].filter((key) => /^(user|session)\//.test(key));
        const lives = [...livesIn(world).keys()].map((id) => (id.startsWith('u-') ? users : sessions).key(id));
        expect(lives.sort()).toEqual(rows.sort());
      }),
    );
  });
});

describe('the answer to a command', () => {
  it('stands once for every command that was recorded, at the event that answers it, for ever (P1)', () => {
    fc.assert(
      fc.property(anyWorld, ({ rows, stored }) => {
        const expected = stored.flatMap(({ event: { cause }, position, frame }) =>
          cause ? [[answers.key(cause.user, cause.id), [position, frame, cause.digest]] as const] : [],
        );
        const found = [...rows.added].filter(([key]) => key.startsWith(answers.key('')));
        expect(new Map(found)).toEqual(new Map(expected));
        expect(found).toHaveLength(expected.length);
      }),
    );
  });

  it('stands for a refusal as for anything else', () => {
    fc.assert(
      fc.property(anyWorld, ({ rows, stored }) => {
        for (const { event, position } of stored) {
          if (event.type !== 'CommandRefused' || !event.cause) continue;
          expect(answers.get(rows, event.cause.user, event.cause.id)?.[0]).toBe(position);
        }
      }),
    );
  });
});
