/** Clients' connections. */
import { GuestClient } from '../client/client.ts';
import type { Link } from '../client/link.ts';
import { RecordedGuest } from '../recording/clients.ts';
import { Scribe } from '../recording/scribe.ts';
import type { Broker } from './broker.ts';
import { SimulatedBus } from './bus.ts';
import type { SimulatedProcess } from './process.ts';
import type { Surroundings } from './surroundings.ts';
import { Wire } from './wire.ts';

/** Resolves when the connection is made. @throws when no server can be reached now. */
export async function dial(wire: Wire, broker: Broker): Promise<Link> {
  if (!wire.isOpenable) throw new Error('no server can be reached');
  const link = Object.assign(new SimulatedBus(wire, broker), { close: async () => wire.end() });
  return await new Promise((resolve) => {
    wire.listen({ opened: () => resolve(link), closed: () => undefined });
    wire.open();
  });
}

/** Somebody who is not logged in, at a connection of its own. @param name unlike every other client's. */
export function newGuest(
  name: string,
  process: SimulatedProcess,
  { broker, history }: Surroundings,
): RecordedGuest {
  const { random } = process;
  const client = new GuestClient({
    clock: process,
    random,
    link: () => dial(new Wire(process, broker), broker),
  });
  return new RecordedGuest(client, new Scribe(history, name, null), random);
}
