/** What the gateways' commands have in common: options, the credential, the line that says ready, the end. */
import type { Command } from 'commander';
import type { Gateway, GatewayOptions } from '../src/gateways/gateway.ts';
import { Refusal } from './failure.ts';
import { read, refuseOpenHost, refuseUnfit } from './listening.ts';
import {
  freePort,
  type ServerOptions,
  wholeNumber,
  withAnyProfile,
  withData,
  withOutput,
  withServers,
  withTimeout,
} from './options.ts';
import { Output } from './output.ts';
import { reachOf } from './session.ts';
import { untilStopped } from './stop.ts';

export interface GatewayCommandOptions extends ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly credential?: string;
  readonly connections: number;
  readonly connectionsPerNetwork: number;
}

const data = "the cluster's data folder, which holds the gateways' password";

export function withGateway(command: Command, defaultPort: number): Command {
  return withAnyProfile(withTimeout(withData(withOutput(withServers(command)), data)))
    .option('--credential <file>', "a file with the gateways' password, where the data folder is elsewhere")
    .option('--host <address>', 'address or name to listen on', '127.0.0.1')
    .option('--port <n>', 'where to listen; 0: any that is free', freePort, defaultPort)
    .option('--tls-cert <file>', 'certificate of the host, in PEM; clients then speak TLS')
    .option('--tls-key <file>', 'its private key')
    .option('--connections <n>', 'how many clients at once', wholeNumber(1, 1_000_000), 10_000)
    .option('--connections-per-network <n>', 'how many from one address', wholeNumber(1, 1_000_000), 2_000);
}

/** Until it is stopped. @param start listens. */
export async function serveGateway(
  name: string,
  options: GatewayCommandOptions,
  start: (settings: GatewayOptions) => Promise<Gateway>,
): Promise<void> {
  const output = new Output(options);
  const settings = await settingsOf(options, (line) => process.stderr.write(`${name} gateway: ${line}\n`));
  const { reachCluster } = await import('../src/gateways/gateway.ts');
  await reachCluster(settings.cluster, options.timeout);
  const gateway = await start(settings).catch((error: unknown) =>
    Promise.reject(whyNotListening(error, options)),
  );
  const { address } = gateway;
  const ready = { ready: true, gateway: name, address, pid: process.pid };
  await untilStopped(
    gateway,
    () => output.emit(ready, `ready: the ${name} gateway is at ${address}`),
    settings.log,
  );
}

async function settingsOf(
  options: GatewayCommandOptions,
  log: (line: string) => void,
): Promise<GatewayOptions> {
  const { host, port, timeout: patienceMs } = options;
  const [{ servers, security }, password, tls] = await Promise.all([
    reachOf(options),
    gatewayPassword(options),
    tlsOf(options),
  ]);
  return {
    host,
    port,
    tls,
    cluster: { servers, security, password },
    patienceMs,
    connectionsMax: options.connections,
    connectionsPerNetworkMax: options.connectionsPerNetwork,
    log,
  };
}

async function gatewayPassword({ credential, data }: GatewayCommandOptions): Promise<string> {
  if (credential !== undefined) return (await read(credential, 'data-unusable')).trim();
  const { readSecrets } = await import('../src/cluster/secrets.ts');
  const { gatewayPassword: password } = await readSecrets(data);
  if (password !== undefined) return password;
  throw new Refusal(
    'data-unusable',
    `${data} has no gateways' password: it is of an earlier version; \`verbatim up\` makes one`,
  );
}

async function tlsOf(options: GatewayCommandOptions): Promise<GatewayOptions['tls']> {
  const { host, tlsCert, tlsKey } = options;
  refuseOpenHost(options);
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  await refuseUnfit(tlsCert, host);
  return { cert: await read(tlsCert), key: await read(tlsKey) };
}

function whyNotListening(error: unknown, { host, port }: GatewayCommandOptions): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new Refusal('port-in-use', `port ${port} of ${host} is in use; --port takes another`);
  return code === undefined
    ? error
    : new Refusal('cannot-listen', `cannot listen on ${host}, port ${port}: ${message}`);
}
