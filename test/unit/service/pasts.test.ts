/** Moments that were looked at are kept, in bounds, and found from any later position. */
import { expect, it } from 'vitest';
import { newActor } from '../../../src/actors/restore.ts';
import { Pasts } from '../../../src/service/pasts.ts';

it('finds the last moment up to a position, and keeps of many every second', () => {
  const pasts = new Pasts();
  const moment = newActor('s-1').getSnapshot();
  expect(pasts.upTo('s-1', 10)).toBeUndefined();
  for (let position = 1; position <= 1_000; position++) pasts.keep('s-1', { position, moment });
  expect(pasts.upTo('s-1', 2_000)?.position).toBe(1_000);
  const before = pasts.upTo('s-1', 500)!.position;
  expect(before).toBeGreaterThan(450);
  expect(before).toBeLessThanOrEqual(500);
  for (let actor = 0; actor < 8; actor++) pasts.keep(`s-2${actor}`, { position: 1, moment });
  expect(pasts.upTo('s-1', 2_000)).toBeUndefined();
});
