import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommittedRows, type RowChange } from '../../../src/projections/committed.ts';
import { Layer } from '../../../src/projections/rows.ts';
import { hashOf, PlainRows } from '../../support/plain-rows.ts';
import { anyRowStep, changingKeys, takeStep } from '../../support/row-changes.ts';

/** Rows over a store that is written only when it is told to, as a disk is. */
class Committed {
  readonly stored = new Map<string, string>();
  rows = this.#open();

  #open(stateHash?: string): CommittedRows {
    return new CommittedRows((key) => this.stored.get(key), stateHash);
  }

  absorb(change: (layer: Layer) => void): RowChange[] {
    const layer = new Layer(this.rows);
    change(layer);
    return this.rows.absorb(layer);
  }

  write(changes: readonly RowChange[]): void {
    for (const [key, text] of changes) {
      if (text === null) this.stored.delete(key);
      else this.stored.set(key, text);
    }
    this.rows.written();
  }

  change(change: (layer: Layer) => void): void {
    this.write(this.absorb(change));
  }

  /** As after a restart: nothing is cached, the hash goes on. */
  reopen(): void {
    this.rows = this.#open(this.rows.stateHash);
  }
}

const anyBatches = fc.array(
  fc.record({
    steps: fc.array(anyRowStep, { maxLength: 8 }),
    /** What readers ask for between the absorbing of a batch and its writing. */
    readMeanwhile: fc.subarray(changingKeys),
    reopens: fc.boolean(),
  }),
  { maxLength: 8 },
);

describe('committed rows', () => {
  it('are what was written, and so is their hash, whatever is read, cached or forgotten (P2)', () => {
    fc.assert(
      fc.property(anyBatches, (batches) => {
        const committed = new Committed();
        const plain = new PlainRows();
        for (const [number, { steps, reopens }] of batches.entries()) {
          committed.change((layer) => {
            for (const [at, step] of steps.entries()) takeStep(layer, step, `lasting/${number}/${at}`);
          });
          for (const [at, step] of steps.entries()) takeStep(plain, step, `lasting/${number}/${at}`);
          if (reopens) committed.reopen();
          for (const key of changingKeys) expect(committed.rows.get(key)).toEqual(plain.get(key));
          expect(committed.rows.stateHash).toBe(plain.stateHash);
        }
        expect([...committed.stored].sort()).toEqual(plain.texts());
      }),
    );
  });

  it('are the same when somebody reads while a batch is being written (P7)', () => {
    fc.assert(
      fc.property(anyBatches, (batches) => {
        const committed = new Committed();
        const plain = new PlainRows();
        for (const [number, { steps, readMeanwhile }] of batches.entries()) {
          const changes = committed.absorb((layer) => {
            for (const [at, step] of steps.entries()) takeStep(layer, step, `lasting/${number}/${at}`);
          });
          for (const key of readMeanwhile) committed.rows.get(key);
          committed.write(changes);
          for (const [at, step] of steps.entries()) takeStep(plain, step, `lasting/${number}/${at}`);
          for (const key of changingKeys) expect(committed.rows.get(key)).toEqual(plain.get(key));
          expect(committed.rows.stateHash).toBe(plain.stateHash);
        }
      }),
    );
  });

  it('tell what has to be written: what was put and added, and the keys of what was deleted', () => {
    const committed = new Committed();
    committed.change((layer) => layer.put('gone', 1));
    const changes = committed.absorb((layer) => {
      layer.put('new', { n: 1 });
      layer.delete('gone');
      layer.add('lasting', 'x');
    });
    expect([...changes].sort()).toEqual([
      ['gone', null],
      ['lasting', '"x"'],
      ['new', '{"n":1}'],
    ]);
  });

  it('have the same hash after a row came and went, even one that never was', () => {
    const committed = new Committed();
    committed.change((layer) => layer.put('stays', 1));
    const before = committed.rows.stateHash;
    committed.change((layer) => layer.put('comes', 1));
    committed.change((layer) => layer.delete('comes'));
    committed.change((layer) => layer.delete('never was'));
    expect(committed.rows.stateHash).toBe(before);
  });

  describe('may be many more than are kept at hand', () => {
    const count = 50_000;
    const key = (index: number) => `row/${index}`;
    const numbered = (layer: Layer, numberOf: (index: number) => number) => {
      for (let index = 0; index < count; index++) layer.put(key(index), numberOf(index));
    };

    it('and are found, changed and deleted all the same (P2)', () => {
      const committed = new Committed();
      committed.change((layer) => numbered(layer, (index) => index));
      for (const index of [0, 12_345, count - 1]) expect(committed.rows.get(key(index))).toBe(index);
      committed.change((layer) => {
        for (let index = 0; index < count; index += 2) layer.put(key(index), index + 1);
        for (let index = 1; index < count; index += 2) layer.delete(key(index));
      });
      expect(committed.stored.size).toBe(count / 2);
      expect(committed.rows.stateHash).toBe(hashOf(committed.stored));
      const looked = [0, 1, 2, count - 2, count - 1].map((index) => committed.rows.get(key(index)));
      expect(looked).toEqual([1, undefined, 3, count - 1, undefined]);
    });

    it('and are the same when somebody reads while so many are being written (P7)', () => {
      const committed = new Committed();
      committed.change((layer) => numbered(layer, (index) => index));
      const changes = committed.absorb((layer) => numbered(layer, (index) => index + 1));
      committed.rows.get(key(0));
      committed.write(changes);
      expect(committed.rows.get(key(0))).toBe(1);
      committed.change((layer) => layer.put(key(0), 2));
      expect(committed.rows.stateHash).toBe(hashOf(committed.stored));
    });
  });
});
