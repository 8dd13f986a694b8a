/**
 * Where somebody connects from.
 *
 * A server sees the address of whoever opens the connection, which behind a gateway is the gateway's for everybody: one
 * crowd would keep all others out. So a gateway says for whom it connects, and proves that it is one by the gateways'
 * password. That is all the password is good for. It opens no connection: each is a guest's or carries its user's token.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';

const wordPattern = /^gateway:(?<password>[^:]+):(?<address>[0-9A-Fa-f.:]{1,45})$/;

/** What a gateway gives as the token of a connection that it opens for somebody at `address`. */
export function gatewayWord(password: string, address: string): string {
  return `gateway:${password}:${address}`;
}

/**
 * @param seen the address that the server saw. @param word the token that came with the connection, if any.
 * @param password the gateways'; undefined where the cluster has none.
 * @returns undefined for a gateway that is none.
 */
export function originOf(
  seen: string,
  word: string | undefined,
  password: string | undefined,
): string | undefined {
  if (!word?.startsWith('gateway:')) return neighbourhoodOf(seen);
  const said = wordPattern.exec(word)?.groups;
  if (!said || password === undefined || !isSame(said.password!, password)) return undefined;
  return neighbourhoodOf(said.address!);
}

/** Whoever has an IPv6 address has 2^64 of them: what they share is what counts. */
export function neighbourhoodOf(whole: string): string {
  const address = whole.toLowerCase().replace(/^::ffff:(?=\d+\.)/, ''); // as some systems write one of IPv4
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => text?.split(':').filter((group) => group !== '') ?? [];
  const [first, last] = [groups(head), groups(tail)];
  const left = Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array.from({ length: left }, () => '0'), ...last];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(one), digest(other));
}
