/** Options that several subcommands share, and their values. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export const defaultPort = 4222;
const defaultTimeoutMs = 10_000;
const nodesMax = 9;

export interface OutputOptions {
  readonly json?: boolean;
}

export interface ServerOptions extends OutputOptions {
  /** Undefined: that of the data folder, else the default port here. */
  readonly servers?: readonly string[];
  readonly tlsCa?: string;
  readonly insecurePlaintext?: boolean;
  readonly data: string;
  readonly timeout: number;
}

export interface UserOptions extends ServerOptions {
  readonly profile: string;
}

/** Options of a replica that `up` passes on to its nodes. */
export interface ReplicaOptions {
  readonly election: 'random' | 'lowest-id';
  /** Undefined: a majority. */
  readonly copies?: number;
  readonly minCopies: number;
  readonly fsync: 'stream' | 'nodes';
  readonly sessionGap: number;
  readonly loginLife: number;
  readonly sendRate: number;
  readonly log: 'text' | 'json';
}

export interface UpOptions extends ReplicaOptions, OutputOptions {
  readonly host: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly insecurePlaintext?: boolean;
  readonly nodes: number;
  readonly data: string;
  readonly port: number;
  readonly nats: 1 | 3;
  readonly restart: boolean;
}

export function withOutput(command: Command): Command {
  return command.option('--json', 'one JSON object a line on standard output');
}

export function withServers(command: Command): Command {
  const servers = new Option(
    '--servers <urls>',
    "nats-server addresses, nats:// or tls://; the first that works is used (default: the embedded server's)",
  );
  return withSecurity(command.addOption(servers.env('VERBATIM_SERVERS').argParser(parseServers)));
}

export function withSecurity(command: Command): Command {
  return command
    .addOption(
      new Option('--tls-ca <file>', "certificates to trust, in PEM (default: the system's)").env(
        'VERBATIM_TLS_CA',
      ),
    )
    .option(
      '--insecure-plaintext',
      'speak plain text even to another machine: everybody between reads along',
    );
}

export function withData(command: Command, description = "the cluster's data folder"): Command {
  return command.addOption(new Option('--data <dir>', description).env('VERBATIM_DATA').default('.verbatim'));
}

function withTimeout(command: Command): Command {
  const option = new Option('--timeout <duration>', 'how long to wait for an answer');
  return command.addOption(option.argParser(positiveDuration).default(defaultTimeoutMs, '10s'));
}

/** For commands of users and guests. */
export function withProfile(command: Command): Command {
  return withTimeout(
    withData(
      withOutput(withServers(command)),
      'where a cluster started here keeps its data, and its address',
    ),
  ).addOption(profileOption());
}

/** For commands that nobody needs to be logged in for: taken, so that a script may give it to all, and of no effect. */
export function withAnyProfile(command: Command): Command {
  return command.addOption(profileOption().hideHelp());
}

function profileOption(): Option {
  return new Option('--profile <name>', 'who you are: where the log-in is kept')
    .env('VERBATIM_PROFILE')
    .default('default')
    .argParser(profileName);
}

/** For commands of operators: the data folder holds their password. */
export function withOperator(command: Command): Command {
  const data =
    "the cluster's data folder, which holds the operator's password (or set VERBATIM_OPERATOR_PASSWORD, or VERBATIM_OPERATOR_PASSWORD_FILE)";
  return withAnyProfile(withTimeout(withData(withOutput(withServers(command)), data)));
}

export function withPasswordStdin(command: Command, lines = 'the password'): Command {
  return command.option('--password-stdin', `read ${lines} from standard input`);
}

export function withReplica(command: Command): Command {
  return command
    .addOption(
      new Option('--election <how>', 'who tries first to lead')
        .choices(['random', 'lowest-id'])
        .default('random'),
    )
    .option(
      '--copies <n>',
      'nodes that must hold a message before it is acknowledged (default: a majority)',
      wholeNumber(1, nodesMax),
    )
    .option('--min-copies <n>', 'never commit with fewer copies than this', wholeNumber(1, nodesMax), 1)
    .addOption(
      new Option('--fsync <where>', 'what is synced to disk before an acknowledgement')
        .choices(['stream', 'nodes'])
        .default('stream'),
    )
    .addOption(
      new Option('--session-gap <duration>', 'silence after which a pair begins a new session')
        .argParser(duration)
        .default(3_600_000, '1h'),
    )
    .addOption(
      new Option('--login-life <duration>', 'how long a log-in lasts; then one logs in again')
        .argParser(duration)
        .default(90 * unitMs.d!, '90d'),
    )
    .option(
      '--send-rate <n>',
      'commands a user may send a second, ten times as many at once; 0: no limit',
      wholeNumber(0, 1_000_000),
      1_000,
    )
    .addOption(
      new Option('--log <form>', 'how lines for operators are written to standard error')
        .choices(['text', 'json'])
        .default('text'),
    );
}

export function withLocalCluster(command: Command): Command {
  return withReplica(command)
    .option('--host <address>', 'address or name that nats-server listens on', '127.0.0.1')
    .option('--tls-cert <file>', 'certificate of the host, in PEM; clients then use tls://')
    .option('--tls-key <file>', 'its private key')
    .option(
      '--nodes <n>',
      'how many replicas; 0: they run on other machines, with `verbatim node`',
      wholeNumber(0, nodesMax),
      3,
    )
    .option('--port <n>', 'where nats-server listens', wholeNumber(1, 65_535), defaultPort)
    .option('--nats <n>', 'how many nats-servers, 1 or 3; of three any one may die', serverCount, 1)
    .option('--no-restart', 'leave the dead dead');
}

function parseServers(text: string): string[] {
  const servers = text.split(',').map((part) => part.trim());
  for (const server of servers) {
    if (!/^(nats|tls):\/\/[^\s/]+:\d{1,5}$/.test(server)) {
      throw new InvalidArgumentError(
        `an address looks like nats://host:port or tls://host:port, not ${JSON.stringify(server)}.`,
      );
    }
  }
  return servers;
}

function serverCount(text: string): 1 | 3 {
  if (text === '1' || text === '3') return text === '1' ? 1 : 3;
  throw new InvalidArgumentError(`1 or 3 is needed, not ${JSON.stringify(text)}.`);
}

function profileName(text: string): string {
  if (/^\w[\w.-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'a profile is up to 64 of A-Z, a-z, 0-9, _, . and -, and starts with none of the last two.',
  );
}

export function nodeId(text: string): string {
  if (/^[a-z][a-z0-9-]{0,15}$/.test(text)) return text;
  throw new InvalidArgumentError('a node id is up to 16 of a-z, 0-9 and -, and starts with a letter.');
}

/** An option parser for whole numbers within bounds. */
function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `a whole number from ${least} to ${most} is needed, not ${JSON.stringify(text)}.`,
    );
  };
}

/** 0: any that is free. */
export const freePort = wholeNumber(0, 65_535);
/** That win a match of Pong. */
export const points = wholeNumber(1, 21);
export const position = wholeNumber(0, Number.MAX_SAFE_INTEGER);

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A hundred years: what comes near to where numbers stop counting was not meant. */
const durationDaysMax = 36_500;

/** Whole milliseconds from `500ms`, `3s`, `1.5m`, `1h`, `2d`. */
export function duration(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined)
    throw new InvalidArgumentError(`a duration looks like 500ms, 3s or 1h, not ${JSON.stringify(text)}.`);
  const ms = Math.round(Number(amount) * unitMs[unit]!);
  if (ms > durationDaysMax * unitMs.d!)
    throw new InvalidArgumentError(`a duration is at most ${durationDaysMax}d.`);
  return ms;
}

/** What a timer of the system can wait. */
const timerMsMax = 2 ** 31 - 1;

function positiveDuration(text: string): number {
  const ms = duration(text);
  if (ms > 0 && ms <= timerMsMax) return ms;
  throw new InvalidArgumentError('more than nothing and at most 24d is needed.');
}
