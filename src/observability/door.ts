/**
 * A small HTTP server for whoever watches a node: on the loopback address, read-only, a few fixed pages.
 *
 * Loopback alone does not keep strangers out: a page in a browser on this machine can have its own name point to
 * 127.0.0.1 and would then read what it asks for (DNS rebinding). Such a request still carries the stranger's name, so
 * only requests for this machine's own names are answered. Nothing here takes input, so there is nothing else to check.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** By path. */
export type Pages = Readonly<Record<string, () => Page | Promise<Page>>>;

export interface Door {
  readonly url: string;
  stop(): Promise<void>;
}

const address = '127.0.0.1';
const ownName = /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i;
const patienceMs = 5_000;
const headBytesMax = 8_192;
const connectionsMax = 64;

class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/**
 * @param port 0: any that is free.
 * @throws {PortInUse} in one sentence, also when the port may not be used.
 */
export async function openDoor(port: number, pages: Pages): Promise<Door> {
  const options = { maxHeaderSize: headBytesMax, headersTimeout: patienceMs, requestTimeout: patienceMs };
  const server = createServer(options, (request, response) => {
    receive(request, response, pages).catch(() => response.destroy());
  });
  server.maxConnections = connectionsMax;
  await listen(server, port);
  server.unref(); // watching a node does not keep it alive
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`, // of a TCP server that listens
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(status: number, object: object): Page {
  return { status, type: 'application/json', body: `${JSON.stringify(object)}\n` };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // Stays: a server without such a listener ends the process when it cannot take a connection.
    server.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${message}`;
      reject(new PortInUse(`port ${port} ${why}; choose another one with --http-port`));
    });
    server.listen(port, address, resolve);
  });
}

async function receive(request: IncomingMessage, response: ServerResponse, pages: Pages): Promise<void> {
  request.resume(); // nobody reads a body
  const { status, type, body } = await pageFor(request, pages).catch(() =>
    json(500, { error: 'this page cannot be shown' }),
  );
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 405 ? { Allow: 'GET' } : {}),
  });
  response.end(body);
}

async function pageFor({ method, headers, url = '' }: IncomingMessage, pages: Pages): Promise<Page> {
  if (!ownName.test(headers.host ?? '')) return json(403, { error: `ask for ${address} or localhost` });
  const [path = ''] = url.split('?');
  if (!Object.hasOwn(pages, path)) return json(404, { error: `there is ${Object.keys(pages).join(', ')}` });
  if (method !== 'GET') return json(405, { error: 'these pages can only be read (GET)' });
  return await pages[path]!();
}
