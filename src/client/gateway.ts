/**
 * Clients for somebody who is elsewhere: what gateways open for those whom they speak for, each with a connection of its
 * own. The gateways' password goes along with the address of the far end, and opens nothing by itself (ADR 0018).
 */
import { systemClock as clock } from '../system/clock.ts';
import { systemRandom as random } from '../system/random.ts';
import { gatewayWord, neighbourhoodOf } from '../transport/origin.ts';
import type { Security } from '../transport/security.ts';
import type { ClientOptions } from './client.ts';
import { natsLink } from './nats-link.ts';

export interface Representing {
  /** Tried in their order. */
  readonly servers: readonly string[];
  readonly security?: Security;
  /** The gateways'. */
  readonly password: string;
}

/** @param address of whoever it is for, as its socket shows it. */
export function clientFor(address: string, { servers, security, password }: Representing): ClientOptions {
  return { clock, random, link: natsLink(servers, security, gatewayWord(password, address)) };
}

/** Those of one network count as one: an IPv4 address, or what an IPv6 address shares with 2^64 others. */
export const networkOf = neighbourhoodOf;
