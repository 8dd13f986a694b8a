/** A nats-server for a run: on this machine only, without anything that is kept, and gone with the run. */
import { createServer } from 'node:net';
import { findServerBinary } from '../../cluster/server-binary.ts';
import { refusePortsInUse, urlOf } from '../../cluster/servers.ts';
import { Supervised } from '../../cluster/supervised.ts';

const host = '127.0.0.1';
const advice = 'choose another one with --port, or name none: then it is any that is free';

export interface Broker {
  readonly servers: readonly string[];
  stop(): Promise<void>;
}

/** @param port 0: any that is free. @throws {PortInUse | NoServerProgram | ServerTooOld} before it starts. */
export async function startBroker(port: number, say: (line: string) => void): Promise<Broker> {
  const binary = await findServerBinary();
  if (port !== 0) await refusePortsInUse([{ host, port, id: 'nats', store: '' }], advice);
  const own = port || (await freePort());
  const server = new Supervised({
    command: binary,
    args: ['--addr', host, '--port', String(own)],
    env: { PATH: process.env.PATH },
    restart: true,
    tethered: true,
    started: () => undefined,
    line: (text) => (/\[(ERR|FTL)\]/.test(text) ? say(text) : undefined),
    died: (how) => say(`nats-server died (${how}); starting it again`),
  });
  return { servers: [urlOf({ host, port: own })], stop: () => server.stop() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
