/**
 * Acknowledged sends beside the limits of what they are built on, on one server in one run: core request/reply, and one
 * JetStream message for each send. Rounds alternate, medians are quoted.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { GuestClient, type Identity, UserClient } from '../src/client/client.ts';
import { natsLink } from '../src/client/nats-link.ts';
import { readSecrets } from '../src/cluster/secrets.ts';
import { systemClock as clock } from '../src/system/clock.ts';
import { systemRandom as random } from '../src/system/random.ts';
import { connectTo } from '../src/transport/connection.ts';
import type { BenchCluster } from './cluster.ts';
import { type Load, load, median, quantile, type Row, round } from './measure.ts';

const payload = 'x'.repeat(256);
const rounds = 3;
/** Operations in a round, by how many are in flight. */
const countOf: Readonly<Record<number, number>> = { 1: 400, 64: 6_000, 256: 12_000 };

export async function benchSends(cluster: BenchCluster): Promise<Row[]> {
  const { nodePassword } = await readSecrets(cluster.data);
  const credentials = { user: 'node', pass: nodePassword };
  const connection = await connectTo({ servers: [cluster.url], credentials, name: 'bench', patient: false });
  const contestants = [
    { name: 'core request/reply', operation: await echo(connection, cluster.url, nodePassword) },
    { name: 'js.publish', operation: await publishing(connection) },
    { name: 'verbatim send', operation: await sending(cluster.url) },
  ];
  const rows: Row[] = [];
  for (const [inFlight, count] of Object.entries(countOf)) {
    const results = contestants.map((): Load[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { operation }] of contestants.entries()) {
        const result = await load(Number(inFlight), count, operation.run);
        if (round > 0) results[index]!.push(result); // the first round only warms up
      }
    }
    rows.push(
      ...results.map((loads, index) => row(contestants[index]!.name, Number(inFlight), loads, results)),
    );
  }
  for (const { operation } of contestants) await operation.end();
  await connection.close();
  return rows;
}

function row(name: string, inFlight: number, loads: readonly Load[], all: readonly Load[][]): Row {
  const rate = (of: readonly Load[]) => median(of.map(({ perSecond }) => perSecond));
  const p50 = (of: readonly Load[]) => median(of.map(({ latenciesMs }) => quantile(latenciesMs, 0.5)));
  return {
    what: name,
    in_flight: inFlight,
    per_second: Math.round(rate(loads)),
    p50_ms: round(p50(loads)),
    p99_ms: round(median(loads.map(({ latenciesMs }) => quantile(latenciesMs, 0.99)))),
    rate_to_echo: round(rate(loads) / rate(all[0]!)),
    rate_to_publish: round(rate(loads) / rate(all[1]!)),
    p50_to_publish: round(p50(loads) / p50(all[1]!)),
  };
}

interface Operation {
  run(index: number): Promise<unknown>;
  end(): Promise<void>;
}

/** A process of its own answers, as the leader does. */
async function echo(connection: NatsConnection, url: string, pass: string): Promise<Operation> {
  const responder = fork(fileURLToPath(new URL('echo.ts', import.meta.url)), [url], {
    env: { ...process.env, ECHO_PASSWORD: pass },
  });
  await new Promise((resolve) => responder.once('message', resolve));
  return {
    run: () => connection.request('verbatim.bench.echo', payload, { timeout: 10_000 }),
    end: async () => void responder.kill(),
  };
}

async function publishing(connection: NatsConnection): Promise<Operation> {
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'BENCH', subjects: ['bench.stream'], storage: StorageType.File });
  const client = jetstream(connection, { timeout: 10_000 });
  return {
    run: () => client.publish('bench.stream', payload),
    end: async () => undefined, // the stream goes with the cluster
  };
}

/** One user sends to another who is not connected: what is measured is acknowledgement, not display. */
export async function sending(url: string): Promise<Operation> {
  const options = { clock, random, link: natsLink([url]) };
  const guest = new GuestClient(options);
  await guest.line.ready(10_000);
  const suffix = Buffer.from(random.bytes(4)).toString('hex');
  const [alice, bob] = [`a-${suffix}`, `b-${suffix}`];
  await guest.register(alice, payload);
  await guest.register(bob, payload);
  const identity: Identity = await guest.logIn(alice, payload);
  await guest.close();
  const user = new UserClient(options, identity);
  await user.line.ready(10_000);
  return { run: () => user.send(bob, payload), end: () => user.close() };
}
