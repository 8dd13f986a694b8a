import { describe, expect, it } from 'vitest';
import { gatewayWord, originOf } from '../../../src/transport/origin.ts';

const password = 'p1';

describe('where somebody connects from', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
  ])('is the network of the address that the server saw: %s', (seen, origin) => {
    expect(originOf(seen, undefined, password)).toBe(origin);
    expect(originOf(seen, 'some token of their own', password)).toBe(origin);
  });

  it('behind a gateway is what the gateway says', () => {
    expect(originOf('10.0.0.1', gatewayWord(password, '192.0.2.7'), password)).toBe('192.0.2.7');
    expect(originOf('10.0.0.1', gatewayWord(password, '2001:db8:1:2::9'), password)).toBe(
      '2001:db8:1:2::/64',
    );
  });

  it.each([
    ['of another password', gatewayWord('p2', '192.0.2.7'), password],
    ['without an address', gatewayWord(password, ''), password],
    ['of what is no address', gatewayWord(password, 'localhost'), password],
    ['of a cluster that has none', gatewayWord('undefined', '192.0.2.7'), undefined],
  ])('is nowhere for a gateway that is none: %s (P9)', (_, word, own) => {
    expect(originOf('10.0.0.1', word, own)).toBeUndefined();
  });
});
