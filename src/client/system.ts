/** A client on this machine: its own clock and randomness, the broker over NATS. */
import { systemClock as clock } from '../system/clock.ts';
import { systemRandom as random } from '../system/random.ts';
import type { Security } from '../transport/security.ts';
import type { ClientOptions } from './client.ts';
import { natsLink } from './nats-link.ts';

/** @param servers tried in their order. */
export function systemClient(servers: readonly string[], security: Security = {}): ClientOptions {
  return { clock, random, link: natsLink(servers, security) };
}
