/** A cluster of its own for a comparison, with all its doors open: in a folder that goes away, on ports that were free. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GuestClient, type Identity, UserClient } from '../../src/client/client.ts';
import { systemClient } from '../../src/client/system.ts';
import type { Door } from './doors.ts';
import { grpcDoor } from './grpc-door.ts';
import { natsDoor } from './nats-door.ts';
import { wireDoor } from './wire-door.ts';

export interface Stage {
  readonly doors: readonly Door[];
  /** Registers so many users and logs each in once. */
  people(count: number): Promise<Identity[]>;
  stop(): Promise<void>;
}

type Said = Readonly<Record<string, unknown>>;

const password = 'compared by a machine';

/** @param connections how many are to be held at each door. */
export async function openStage(connections: number): Promise<Stage> {
  const data = await mkdtemp(join(tmpdir(), 'verbatim-compare-'));
  const processes: ChildProcess[] = [];
  const stop = async () => {
    const [cluster, ...gateways] = processes;
    await Promise.all(gateways.map(ended)); // first: they say good-bye to the cluster
    if (cluster) await ended(cluster);
    await rm(data, { recursive: true, force: true });
  };
  const start = async (args: readonly string[], isReady: (said: Said) => boolean) => {
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args, '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    processes.push(child);
    return await saidBy(child, isReady);
  };
  try {
    const port = await freePort();
    // What a door can do is compared, and not what a user is allowed.
    const unlimited = ['--send-rate', '0'];
    const said = await start(['up', '--data', data, '--port', String(port), ...unlimited], isReady);
    const open = async (name: string) => {
      const room = ['--connections-per-network', String(connections + 100)];
      const [ready] = (await start(['gateway', name, '--data', data, '--port', '0', ...room], isReady)).slice(
        -1,
      );
      return [Number(String(ready!.address).split(':').at(-1)), Number(ready!.pid)] as const;
    };
    const server = Number(said.find(({ process: kind }) => kind === 'nats-server')?.pid);
    const [wire, grpc] = await Promise.all([open('wire'), open('grpc')]);
    const doors = [natsDoor(port, server), wireDoor(...wire), grpcDoor(...grpc)];
    return { doors, people: (count) => people(port, count), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const isReady = ({ ready }: Said) => ready === true;

/** What it printed until it was ready. */
async function saidBy(child: ChildProcess, isLast: (said: Said) => boolean): Promise<Said[]> {
  const said: Said[] = [];
  return await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`a process of the comparison ended with status ${code}`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      said.push(JSON.parse(line) as Said);
      if (isLast(said.at(-1)!)) resolve(said);
    });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }; // a TCP server's address
      probe.close(() => resolve(port));
    });
  });
}

async function people(port: number, count: number): Promise<Identity[]> {
  const options = systemClient([`nats://127.0.0.1:${port}`]);
  const guest = new GuestClient(options);
  await guest.line.ready();
  const identities: Identity[] = [];
  for (let index = 0; index < count; index++) {
    const name = `someone-${index}`;
    await guest.register(name, password);
    const identity = await guest.logIn(name, password);
    identities.push({ ...identity, position: Math.max(identity.position, guest.line.position) });
  }
  await guest.close();
  const [first] = identities;
  if (!first) return [];
  const user = new UserClient(options, first);
  await user.line.ready();
  const { cluster } = await user.whoAmI();
  await user.close();
  return identities.map((identity) => ({ ...identity, cluster }));
}
