/** The inspector's HTTP server: on this machine only, for whoever has the token, and only to look. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { turnedAway } from './gate.ts';

const address = '127.0.0.1';
const headBytesMax = 8_192;
const patienceMs = 10_000;
const connectionsMax = 64;
/** Whoever does not read what is sent is let go, and comes back for all of it. */
const unreadBytesMax = 16 * 1024 * 1024;

export interface Page {
  readonly type: string;
  readonly body: string | Buffer;
  /** What the browser may run and load. */
  readonly policy?: string;
  readonly status?: number;
}

/** Sends an event; ended when the reader has gone. */
export type Stream = (send: (data: object) => void, query: URLSearchParams) => { stop(): void } | undefined;

export interface Routes {
  readonly pages: Readonly<Record<string, (query: URLSearchParams) => Promise<Page> | Page>>;
  readonly streams: Readonly<Record<string, Stream>>;
}

export interface Door {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  stop(): Promise<void>;
}

class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

const nothing = "default-src 'none'; frame-ancestors 'none'";

/** @param port 0: any that is free. @throws {PortInUse} in one sentence. */
export async function openDoor(port: number, token: string, routes: Routes): Promise<Door> {
  const options = { maxHeaderSize: headBytesMax, headersTimeout: patienceMs };
  let own = port;
  const server = createServer(options, (request, response) => {
    receive(request, response, routes, own, token).catch(() => response.destroy());
  });
  server.maxConnections = connectionsMax;
  await listen(server, port);
  own = (server.address() as AddressInfo).port; // of a TCP server that listens
  return {
    url: `http://${address}:${own}/?token=${token}`,
    port: own,
    server,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(body: unknown, status = 200): Page {
  return { type: 'application/json', body: JSON.stringify(body), status };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${message}`;
      reject(new PortInUse(`port ${port} ${why}; choose another one with --port`));
    });
    server.listen(port, address, resolve);
  });
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  { pages, streams }: Routes,
  port: number,
  token: string,
): Promise<void> {
  request.resume(); // nobody reads a body
  const { method = '', url = '/', headers } = request;
  const turned = turnedAway({ method, url, headers }, port, token);
  if (turned) return send(response, json({ error: turned.why }, turned.status));
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (Object.hasOwn(streams, pathname)) return stream(response, streams[pathname]!, searchParams);
  if (!Object.hasOwn(pages, pathname)) return send(response, json({ error: 'there is no such page' }, 404));
  const page = await Promise.resolve(pages[pathname]!(searchParams)).catch((error: Error) =>
    json({ error: error.message }, 502),
  );
  send(response, page);
}

function send(response: ServerResponse, { type, body, policy = nothing, status = 200 }: Page): void {
  response.writeHead(status, {
    ...safeHeaders,
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    'Content-Security-Policy': policy,
  });
  response.end(body);
}

const safeHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

function stream(response: ServerResponse, begin: Stream, query: URLSearchParams): void {
  response.writeHead(200, {
    ...safeHeaders,
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Content-Security-Policy': nothing,
  });
  response.flushHeaders();
  const sent = (data: object) => {
    if (response.writableLength > unreadBytesMax) response.destroy();
    else response.write(`data: ${JSON.stringify(data)}\n\n`);
  };
  const streaming = begin(sent, query);
  if (!streaming) response.end();
  response.on('close', () => streaming?.stop());
}
