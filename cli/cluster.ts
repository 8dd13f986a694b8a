/** A cluster started by `up` or `start`, and what is said about it. */
import { rememberedServers, rememberedTrust } from '../src/cluster/address.ts';
import { Cluster } from '../src/cluster/cluster.ts';
import { readSecrets } from '../src/cluster/secrets.ts';
import { type Listening, portsTaken } from '../src/cluster/servers.ts';
import { type NodeStatus, Operator } from '../src/operator/operator.ts';
import { Refusal, UsageError } from './failure.ts';
import { listeningOf } from './listening.ts';
import type { UpOptions } from './options.ts';
import type { Reach } from './session.ts';

/** Where the news of a cluster goes. */
export interface ClusterNews {
  /** A process started, or the cluster is ready. */
  say(object: object, text: string): void;
  /** What processes say themselves, and how they end. */
  log(line: string): void;
}

export interface StartedCluster {
  /** Addresses of its nats-servers. */
  readonly servers: readonly string[];
  /** Resolves, and says so, when a leader serves. @throws {Refusal} when a process refuses to run, with its reason. */
  ready(): Promise<void>;
  /** Clients that are connected now. */
  clients(): Promise<number>;
  stop(): Promise<void>;
}

const pollMs = 25;
const answerMs = 250;
const lastPort = 65_535;
/** A process that ends so was not killed: it refused to run, and would again. */
const refusedToRun = /^exit status [12]$/;
const patienceMs = 3_000;

export async function startCluster(options: UpOptions, news: ClusterNews): Promise<StartedCluster> {
  const { nodes, data, port, nats, restart } = options;
  const listening = await listeningOf(options);
  const nodeArgs = [...replicaArgs(options), ...securityArgs(options, listening)];
  if (port + portsTaken(nats) - 1 > lastPort)
    throw new UsageError(
      `--port ${port} leaves no room for the ${portsTaken(nats)} ports of ${nats} servers`,
    );
  await refuseRunning(data, port);
  const start = new Start();
  const cluster = await Cluster.start(
    {
      nodes,
      nats,
      data,
      listening,
      port,
      restart,
      nodeArgs,
      program: { command: process.execPath, args: [...process.execArgv, process.argv[1] ?? ''] },
    },
    {
      started: (kind, id, pid, url) =>
        news.say(
          { process: kind, id, pid, ...(url ? { url } : {}) },
          `${id} started (${kind}, pid ${pid}${url ? `, ${url}` : ''})`,
        ),
      line: (id, text) => {
        if (!start.keepsBack(id, text)) news.log(text);
      },
      died: (id, how, willRestart) => {
        if (start.failedBy(id, how)) return;
        news.log(`${id} died (${how})${willRestart ? '; starting it again' : ''}`);
      },
    },
  );
  const reach = { servers: cluster.servers, data, security: securityOf(options, listening) };
  return {
    servers: cluster.servers,
    stop: () => cluster.stop(),
    ready: async () => {
      const leader = await Promise.race([leaderServing(reach, nodes, start), start.failed]);
      start.isOver = true;
      news.say(
        { ready: true, servers: cluster.servers, leader },
        `ready: ${leader} leads; servers ${cluster.servers.join(',')}`,
      );
    },
    clients: async () => {
      const statuses = await askAll(reach, nodes).catch(() => []);
      return Math.max(0, ...statuses.map(({ clients }) => clients));
    },
  };
}

/** The time until a leader serves: whatever ends by itself then has a reason that does not go away. */
class Start {
  isOver = false;
  /** Processes that are still started and ended meanwhile have nothing to add. */
  #hasFailed = false;
  readonly failed: Promise<never>;
  readonly #lastErrors = new Map<string, string>();
  readonly #patientUntilMs = performance.now() + patienceMs;
  #fail: (reason: Error) => void = () => undefined;

  constructor() {
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined); // told by `ready`
  }

  /** What a process gives as the reason for its end is told once, as this command's own. */
  keepsBack(id: string, line: string): boolean {
    const told = asText(line);
    const isReason = !this.isOver && /^(error|nats-server): |\[FTL\]/.test(told);
    if (isReason) this.#lastErrors.set(id, told);
    return isReason || this.#hasFailed;
  }

  failedBy(id: string, how: string): boolean {
    if (this.isOver || !refusedToRun.test(how)) return this.#hasFailed;
    const last = this.#lastErrors.get(id) ?? 'it ended without a word';
    // Nodes of a supervisor that was killed just now are still ending: those that are started again find room soon.
    if (/is in use by another process$/.test(last) && performance.now() < this.#patientUntilMs) return false;
    this.isOver = true;
    this.#hasFailed = true;
    const [, code = 'failed', reason = last] = /^error: ([a-z-]+): (.*)$/.exec(last) ?? [];
    this.#fail(new Refusal(code, `${id} cannot run: ${reason}`));
    return true;
  }
}

/** With `--log json` nodes say their last word as an object. */
function asText(line: string): string {
  if (!line.startsWith('{"error":')) return line;
  const { code, message } = (JSON.parse(line) as { error: { code: string; message: string } }).error;
  return `error: ${code}: ${message}`;
}

/** Two servers on one store would damage it. The port says it when it is the same one; the folder remembers the last. */
async function refuseRunning(data: string, port: number): Promise<void> {
  const servers = await rememberedServers(data);
  if (servers === undefined || servers[0]!.endsWith(`:${port}`)) return;
  if (await runningIn(data))
    throw new Refusal('data-unusable', `${data} is in use by the cluster at ${servers.join(',')}`);
}

/** Where the cluster of a data folder runs; undefined when it does not. */
export async function runningIn(data: string): Promise<readonly string[] | undefined> {
  const servers = await rememberedServers(data);
  if (servers === undefined) return undefined;
  const { operatorPassword } = await readSecrets(data);
  const security = { caFile: rememberedTrust(data) };
  const operator = await Operator.connect(servers, operatorPassword, security).catch(() => undefined); // another's knows no such password
  await operator?.close();
  return operator && servers;
}

function replicaArgs({
  election,
  fsync,
  sessionGap,
  loginLife,
  sendRate,
  minCopies,
  log,
  inspect,
  nodes,
  copies = majority(nodes),
}: UpOptions): string[] {
  if (nodes > 0 && copies > nodes) throw new UsageError(`${nodes} nodes cannot hold ${copies} copies`);
  if (minCopies > copies) throw new UsageError('--min-copies is not more than --copies');
  const gap = `${sessionGap}ms`;
  return [
    '--election',
    election,
    '--fsync',
    fsync,
    '--session-gap',
    gap,
    '--login-life',
    `${loginLife}ms`,
    '--send-rate',
    String(sendRate),
    '--copies',
    String(copies),
    '--min-copies',
    String(minCopies),
    '--log',
    log,
    ...(inspect ? [] : ['--no-inspect']),
  ];
}

interface ClusterReach extends Reach {
  readonly data: string;
}

function securityOf({ insecurePlaintext }: UpOptions, { tls }: Listening): Reach['security'] {
  return { caFile: tls?.ca, isPlainTextAllowed: insecurePlaintext };
}

function securityArgs({ insecurePlaintext }: UpOptions, { tls }: Listening): string[] {
  return [...(tls?.ca ? ['--tls-ca', tls.ca] : []), ...(insecurePlaintext ? ['--insecure-plaintext'] : [])];
}

/** Nobody answers yet: that passes. A certificate that does not fit stays so. */
function unlessInsecure(error: unknown): NodeStatus[] {
  if (['plain-text', 'not-trusted'].includes((error as Refusal).code)) throw error;
  return [];
}

function majority(nodes: number): number {
  return Math.floor(nodes / 2) + 1;
}

/** Asks until some node says that it leads. */
async function leaderServing(
  reach: ClusterReach,
  nodes: number,
  start: { readonly isOver: boolean },
): Promise<string> {
  for (;;) {
    const statuses = await askAll(reach, nodes).catch(unlessInsecure);
    const leading = statuses.find(({ node, leader, role }) => role === 'leader' && leader === node);
    if (leading) return leading.node;
    if (start.isOver) return ''; // nobody waits any more
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** @param nodes that are expected; 0: any that answer in time. */
async function askAll({ servers, data, security }: ClusterReach, nodes: number): Promise<NodeStatus[]> {
  const { operatorPassword } = await readSecrets(data);
  const operator = await Operator.connect(servers, operatorPassword, security);
  try {
    return await operator.status(answerMs, nodes || undefined);
  } finally {
    await operator.close();
  }
}
