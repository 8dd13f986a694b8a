/** The SDK's own door: NATS. */
import { type Identity, UserClient } from '../../src/client/client.ts';
import { systemClient } from '../../src/client/system.ts';
import type { Door, Sender } from './doors.ts';

/** @param pid of nats-server. */
export function natsDoor(port: number, pid: number): Door {
  return {
    name: 'nats',
    port,
    pid,
    opensBeforeLogIn: false,
    connect: async (at) => ({ enter: (identity) => enter(at, identity), close: async () => undefined }),
    encodedBytes: (to, text, id) => {
      const commands = [{ type: 'PostMessage', to, text, id }];
      return Buffer.byteLength(JSON.stringify({ after: null, clock: 1_000, commands }));
    },
  };
}

async function enter(port: number, identity: Identity): Promise<Sender> {
  const client = new UserClient(systemClient([`nats://127.0.0.1:${port}`]), identity);
  await client.line.ready();
  return { send: (to, text, id) => client.send(to, text, { id }), close: () => client.close() };
}
