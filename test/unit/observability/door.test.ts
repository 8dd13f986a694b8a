import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Door, json, openDoor } from '../../../src/observability/door.ts';
import { askHttp } from '../../support/ask-http.ts';

describe('the door for those who watch', () => {
  let door: Door;
  let port: string;

  beforeEach(async () => {
    door = await openDoor(0, {
      '/well': () => json(200, { well: true }),
      '/broken': () => {
        throw new Error('the secret is 1234');
      },
    });
    port = new URL(door.url).port;
  });
  afterEach(async () => {
    await door.stop();
  });

  it('shows its pages, on the loopback address, and lets nobody keep or guess at them', async () => {
    expect(door.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { status, headers, body } = await askHttp(`${door.url}/well`);
    expect({ status, body }).toEqual({ status: 200, body: '{"well":true}\n' });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect((await askHttp(`${door.url}/well?since=1`)).status).toBe(200);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST:9100', '127.0.0.1:1'])(
    'answers to the name %s',
    async (host) => {
      expect((await askHttp(`${door.url}/well`, { host })).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1@evil.example',
    '127.0.0.1:80:80',
    '127.0.0.2',
    '0.0.0.0',
    '[::1]',
  ])('to the name %s it gives nothing away: a page of a stranger may have come by it (P9)', async (host) => {
    for (const path of ['/well', '/else']) {
      const { status, body } = await askHttp(`${door.url}${path}`, { host });
      expect({ status, body }).toEqual({ status: 403, body: '{"error":"ask for 127.0.0.1 or localhost"}\n' });
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'])(
    'takes no %s (P10)',
    async (method) => {
      const { status, headers } = await askHttp(`${door.url}/well`, { method });
      expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET' });
    },
  );

  it.each(['/', '/else', '/well/', '//well', '/../well', '/constructor', '/__proto__'])(
    'has no page %s (P10)',
    async (path) => {
      const { status, body } = await rawly(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(status).toBe(404);
      expect(body).toBe('{"error":"there is /well, /broken"}\n');
    },
  );

  it('says no more about a page that fails than that it does', async () => {
    const { status, body } = await askHttp(`${door.url}/broken`);
    expect({ status, body }).toEqual({ status: 500, body: '{"error":"this page cannot be shown"}\n' });
  });

  it.each([
    ['no host', 'GET /well HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['an empty host', 'GET /well HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n', 403],
    ['no host, and an old version', 'GET /well HTTP/1.0\r\n\r\n', 403],
    [
      'a whole address of somebody else',
      'GET http://evil.example/well HTTP/1.1\r\nHost: localhost\r\n\r\n',
      404,
    ],
    ['a head without end', `GET /well HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}`, 431],
    ['what is no HTTP', 'PUB verbatim.cmd 5\r\nhello\r\n', 400],
  ])('%s is refused, and the next is served (P10)', async (_, request, status) => {
    expect((await rawly(request)).status).toBe(status);
    expect((await askHttp(`${door.url}/well`)).status).toBe(200);
  });

  it('says in one sentence that its port is in use', async () => {
    await expect(openDoor(Number(port), {})).rejects.toMatchObject({
      name: 'PortInUse',
      message: `port ${port} is in use; choose another one with --http-port`,
    });
  });

  it('closes at once, whoever is still connected', async () => {
    const visitor = connect(Number(port), '127.0.0.1').resume();
    await new Promise((resolve) => visitor.once('connect', resolve));
    const gone = new Promise((resolve) => visitor.once('close', resolve));
    visitor.on('error', () => undefined);
    await Promise.all([door.stop(), gone]);
    await expect(askHttp(`${door.url}/well`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  /** As it is: a client would tidy it up first. */
  async function rawly(request: string): Promise<{ status: number; body: string }> {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined); // it need not read everything
    socket.end(request);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), body };
  }
});
