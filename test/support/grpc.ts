/** The gRPC gateway of a test's own, and those who call it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type GrpcClient, type Problem, problemOf } from '../../src/gateways/grpc/client.ts';
import { AccountService } from '../../src/gateways/grpc/generated/verbatim/v1/accounts_pb.js';
import type { Running } from './cli.ts';
import { password, type TestCluster } from './cluster.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const buf = fileURLToPath(new URL('../../node_modules/@bufbuild/buf/bin/buf', import.meta.url));

export interface GatewayProcess {
  readonly address: string;
  readonly running: Running;
}

export async function startGateway(cluster: TestCluster, ...args: string[]): Promise<GatewayProcess> {
  const running = cluster.as('gateway').start(['gateway', 'grpc', '--port', '0', '--json', ...args]);
  const { address } = JSON.parse(await running.out.next('"ready":true')) as { address: string };
  return { address, running };
}

/** Registers and logs in. @returns the token. */
export async function welcome(client: GrpcClient, name: string): Promise<string> {
  await client.ask(AccountService, 'register', { name, password });
  const { token } = await client.ask(AccountService, 'logIn', { name, password });
  return token;
}

/** The first that is heard; then no more is wanted. */
export async function firstOf<T>(count: number, heard: AsyncIterable<T> & { cancel(): void }): Promise<T[]> {
  const first: T[] = [];
  for await (const one of heard) {
    first.push(one);
    if (first.length === count) break;
  }
  heard.cancel();
  return first;
}

/** How a call fails. */
export async function failureOf(call: Promise<unknown>): Promise<Problem> {
  return await call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => problemOf(error),
  );
}

export interface Called {
  readonly status: number | null;
  /** Its messages. */
  readonly messages: Record<string, unknown>[];
  /** The status and details of a call that failed. */
  readonly error: { readonly code?: string; readonly message?: string; readonly details?: unknown[] };
}

/** `buf curl`: a client that knows the services from the gateway's reflection alone. */
export async function bufCurl(
  address: string,
  method: string,
  messages: readonly object[],
  { token, more = [] }: { readonly token?: string; readonly more?: readonly string[] } = {},
): Promise<Called> {
  const who = token === undefined ? [] : ['--header', `authorization: Bearer ${token}`];
  const how = ['--protocol', 'grpc', '--data', '@-', ...more, ...who];
  const scheme = more.includes('--cacert') ? 'https' : 'http';
  if (scheme === 'http') how.push('--http2-prior-knowledge');
  const env = { ...process.env, BUF_CACHE_DIR: `${root}/.cache/buf` };
  const child = spawn(process.execPath, [buf, 'curl', ...how, `${scheme}://${address}/${method}`], { env });
  child.stdin.end(messages.map((message) => JSON.stringify(message)).join('\n'));
  const [out, problem, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { status, messages: objectsIn(out), error: (objectsIn(problem)[0] ?? {}) as Called['error'] };
}

/** Objects that follow one another, each beginning and ending a line. */
function objectsIn(printed: string): Record<string, unknown>[] {
  return printed
    .split(/^(?=\{)/m)
    .filter((part) => part.startsWith('{'))
    .map((part) => JSON.parse(part) as Record<string, unknown>);
}

/** A Python that has gRPC, as with Debian's python3-grpcio; undefined where there is none. */
export const python = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import grpc, google.protobuf']).status === 0,
);

/** Runs a program that gets the descriptors of all services as its first argument. */
export async function runPython(
  program: string,
  args: readonly string[],
): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(python!, [program, ...args]);
  child.stdin.end();
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { status, out, err };
}
