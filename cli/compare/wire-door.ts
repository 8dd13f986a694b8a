/** The door of the wire protocol. */
import { formatBearer } from '../../src/gateways/bearer.ts';
import { WireClient } from '../../src/gateways/wire/client.ts';
import { encode } from '../../src/gateways/wire/codec.ts';
import type { Door } from './doors.ts';

/** @param pid of the gateway. */
export function wireDoor(port: number, pid: number): Door {
  const post = (to: string, text: string, id: string) =>
    ({ type: 'send', id, to, session: '', text }) as const;
  return {
    name: 'wire',
    port,
    pid,
    opensBeforeLogIn: true,
    connect: async (at) => {
      const client = await WireClient.connect({ host: '127.0.0.1', port: at });
      const close = () => client.close();
      return {
        close,
        enter: async (identity) => {
          await client.ask({ type: 'resume', token: formatBearer(identity), position: identity.position });
          return { send: (to, text, id) => client.ask(post(to, text, id)), close };
        },
      };
    },
    encodedBytes: (to, text, id) => encode(1_000, post(to, text, id)).length,
  };
}
