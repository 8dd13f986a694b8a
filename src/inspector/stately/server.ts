/**
 * The Stately Inspector's own page, fed with what happens here. That page is its maker's and comes from the network: this
 * is the one thing that the inspector shows from elsewhere, where somebody asks for it. It is given what the local page is
 * given, no more, and by its address only.
 */

import { createHash } from 'node:crypto';
import { type WebSocket, WebSocketServer } from 'ws';
import type { EventTold } from '../../protocol/inspection.ts';
import type { ActorRow, Update } from '../model/view.ts';
import { type Door, openDoor, type Page } from '../server/door.ts';
import { turnedAway } from '../server/gate.ts';
import type { InspectorOptions } from '../server/inspector.ts';
import { Looker } from '../server/looker.ts';
import { nowType } from '../source/now.ts';
import { StatelyAdapter, type StatelyMessage } from './v0.7.ts';

const origin = 'https://stately.ai';
const unreadBytesMax = 8 * 1024 * 1024;

/** @throws {PortInUse} */
export async function startStately(options: Omit<InspectorOptions, 'parts'>): Promise<Door> {
  const { operator, clock, token, bodies, known, port } = options;
  const looker = new Looker({ operator, clock, id: token.slice(0, 16), bodies, known });
  const door = await openDoor(port, token, { pages: { '/': () => bridge }, streams: {} });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_024 });
  door.server.on('upgrade', (request, socket, head) => {
    const { method = '', url = '/', headers } = request;
    if (turnedAway({ method, url, headers }, door.port, token)) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (opened) => feed(opened, looker, () => clock.wallMs()));
  });
  return {
    ...door,
    stop: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await door.stop();
    },
  };
}

/** Everything that happens, from now on, until it is closed. What is said there is not listened to. */
function feed(socket: WebSocket, looker: Looker, nowMs: () => number): void {
  const adapter = new StatelyAdapter();
  const actors = new Map<string, ActorRow>();
  let machines: NonNullable<Update['machines']> = {};
  const send = (messages: readonly StatelyMessage[]) => {
    if (socket.bufferedAmount > unreadBytesMax) return socket.terminate();
    for (const message of messages) socket.send(JSON.stringify(message));
  };
  const announce = (row: ActorRow | undefined) => {
    const graph = row && machines[row[1]];
    if (row && graph) send(adapter.announce(row, graph, Math.round(nowMs())));
  };
  const looking = looker.look(
    (update) => {
      machines = { ...machines, ...update.machines };
      for (const row of update.actors ?? []) actors.set(row[0], row);
      for (const row of actors.values()) if (!row[0].startsWith('cluster/')) announce(row);
    },
    { everybody: true },
  );
  const watching = looker.watch('*', (events: readonly EventTold[]) => {
    for (const event of events) {
      announce(actors.get(event.actor));
      if (event.type !== nowType && actors.has(event.actor)) send(adapter.event(event));
    }
  });
  socket.on('close', () => {
    looking.stop();
    watching?.stop();
  });
}

const script = `
const frame = document.querySelector('iframe');
const waiting = [];
let isConnected = false;
const tell = (message) => frame.contentWindow.postMessage(message, '${origin}');
addEventListener('message', ({ data, origin }) => {
  if (origin !== '${origin}' || data?.type !== '@statelyai.connected') return;
  isConnected = true;
  waiting.splice(0).forEach(tell);
});
const socket = new WebSocket('ws://' + location.host + '/' + location.search);
socket.onmessage = ({ data }) => {
  if (isConnected) tell(JSON.parse(data));
  else if (waiting.push(JSON.parse(data)) > 2000) waiting.shift();
};
`;
const style = 'html, body, iframe { width: 100%; height: 100%; margin: 0; border: 0; display: block }';
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const bridge: Page = {
  type: 'text/html',
  policy: `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; frame-src ${origin}; connect-src 'self'; frame-ancestors 'none'`,
  body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Stately Inspector</title><style>${style}</style></head>
<body><iframe src="${origin}/inspect" title="Stately Inspector"></iframe><script>${script}</script></body>
</html>
`,
};
