/** Options that several subcommands share, and their values. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export const defaultPort = 4222;

export interface CommonOptions {
  readonly servers: readonly string[];
  readonly json?: boolean;
}

export function withServers(command: Command): Command {
  return command
    .addOption(
      new Option('--servers <urls>', 'nats-server addresses, the first that works is used')
        .env('VERBATIM_SERVERS')
        .argParser(parseServers)
        .default([`nats://127.0.0.1:${defaultPort}`], `nats://127.0.0.1:${defaultPort}`),
    )
    .option('--json', 'one JSON object a line on standard output');
}

export function withData(command: Command): Command {
  return command.addOption(
    new Option('--data <dir>', "the cluster's data folder").env('VERBATIM_DATA').default('.verbatim'),
  );
}

function parseServers(text: string): string[] {
  const servers = text.split(',').map((part) => part.trim());
  for (const server of servers) {
    if (!/^(nats|tls):\/\/[^\s/]+:\d{1,5}$/.test(server)) {
      throw new InvalidArgumentError(`an address looks like nats://host:port, not ${JSON.stringify(server)}.`);
    }
  }
  return servers;
}

/** An option parser for whole numbers within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed, not ${JSON.stringify(text)}.`);
  };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds from `500ms`, `3s`, `1.5m`, `1h`, `2d`. */
export function duration(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError(`a duration looks like 500ms, 3s or 1h, not ${JSON.stringify(text)}.`);
  return Number(amount) * unitMs[unit]!;
}
