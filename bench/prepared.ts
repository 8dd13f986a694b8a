/** Clusters that already hold a long log: the same frames in the stream and in every node's store. */
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureSecrets } from '../src/cluster/secrets.ts';
import { findServerBinary, projectRoot } from '../src/cluster/server-binary.ts';
import { planServers, type ServerPlan, superviseServer, urlOf } from '../src/cluster/servers.ts';
import { JetStreamLog } from '../src/log/jetstream.ts';
import { LevelStore } from '../src/log/level.ts';
import type { Entry } from '../src/log/port.ts';
import type { Journal } from '../src/ports/journal.ts';
import { emptyMark, rebuildRows } from '../src/replication/rebuild.ts';
import { connectTo } from '../src/transport/connection.ts';
import { freePort } from '../test/support/free-port.ts';
import { type SyntheticLog, syntheticFrames } from './synthetic.ts';

export const silent: Journal = { notice: () => undefined, detail: () => undefined };

const framesPerBatch = 32;

/** Writes the log's frames, without rows, as an older projection version would have left them. @returns its last position. */
export async function writeLog(folder: string, log: SyntheticLog): Promise<number> {
  await mkdir(folder, { recursive: true });
  const store = await LevelStore.open(folder);
  let position = 0;
  let batch: Entry[] = [];
  const write = async () => {
    const number = batch.at(-1)?.number ?? 0;
    const mark = { ...emptyMark, number, position, version: 0 };
    await store.write({ entries: batch, rows: [], bookmark: { sequence: number, mark } }, { sync: false });
    batch = [];
  };
  for (const frame of syntheticFrames(log)) {
    position = frame.last;
    batch.push({ number: frame.number, bytes: frame.bytes });
    if (batch.length === framesPerBatch) await write();
  }
  await write();
  await store.close();
  return position;
}

/** A data folder with this log in the stream and in three nodes' stores, rows folded. */
export async function prepareCluster(data: string, log: SyntheticLog): Promise<void> {
  const folder = (id: string) => join(data, 'nodes', id);
  await writeLog(folder('n1'), log);
  const store = await LevelStore.open(folder('n1'));
  await rebuildRows({ store, journal: silent, sync: false });
  await fillStream(data, store);
  await store.close();
  for (const id of ['n2', 'n3']) await cp(folder('n1'), folder(id), { recursive: true });
}

async function fillStream(data: string, store: LevelStore): Promise<void> {
  const [secrets, binary, root, port] = await Promise.all([
    ensureSecrets(data),
    findServerBinary(),
    projectRoot(),
    freePort(),
  ]);
  const [plan] = planServers(1, port, data) as [ServerPlan];
  await mkdir(plan.store, { recursive: true });
  const basis = { binary, root, secrets };
  const server = superviseServer(plan, basis, false, { started: () => {}, line: () => {}, died: () => {} });
  const credentials = { user: 'node', pass: secrets.nodePassword };
  const connection = await connectTo({
    servers: [urlOf(plan)],
    credentials,
    name: 'bench',
    patient: true,
  });
  const stream = await JetStreamLog.open(
    connection,
    { stream: 'VERBATIM_1', subject: 'verbatim.log.1' },
    true,
  );
  for await (const { number, bytes } of store.range(1)) await stream?.append(bytes, number);
  await connection.close();
  await server.stop();
}
