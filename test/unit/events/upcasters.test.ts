import { expect, it, vi } from 'vitest';
import { decodeEvent } from '../../../src/events/codec.ts';

// The table of upcasters is empty as long as every type has its first shape, so the seam is shown with one of its own.
vi.mock('../../../src/events/upcasters.ts', () => ({
  upcast: ({ data, ...event }: Record<string, unknown>) => {
    const { author, ...kept } = data as Record<string, unknown>;
    return { ...event, data: author === undefined ? kept : { ...kept, from: author } };
  },
}));

const event = { type: 'MessagePosted', at: 1, data: { session: 's-1', from: 'u-1', text: 'hi' } } as const;

it('an event of an older shape is read as one of the present shape', () => {
  const { from, ...data } = event.data;
  expect(decodeEvent(JSON.stringify({ ...event, data: { ...data, author: from } }))).toEqual(event);
});

it('an event of the present shape is read as it is', () => {
  expect(decodeEvent(JSON.stringify(event))).toEqual(event);
});

it('what an upcaster made is checked like anything else', () => {
  const misfit = JSON.stringify({ ...event, data: { ...event.data, author: 7 } });
  expect(() => decodeEvent(misfit)).toThrow('data.from: ');
});
