/** Somebody in between who counts: what goes through a socket, in both directions, whatever the protocol. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CountingProxy {
  readonly port: number;
  /** Since the start, over all connections. */
  readonly bytes: { up: number; down: number };
  close(): Promise<void>;
}

/** @param port of whom it stands before, on 127.0.0.1. */
export async function countingProxy(port: number): Promise<CountingProxy> {
  const bytes = { up: 0, down: 0 };
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    near.on('data', (chunk: Buffer) => {
      bytes.up += chunk.length;
    });
    far.on('data', (chunk: Buffer) => {
      bytes.down += chunk.length;
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => undefined); // cut off by one side: the other one is cut off, too
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, // it listens on no pipe
    bytes,
    close: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
