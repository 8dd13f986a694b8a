/** The inspector: a page of its own, and what the page asks for. */
import { createHash } from 'node:crypto';
import type { Operator } from '../../operator/operator.ts';
import { furthestNode, readLog, stateAt } from '../../operator/running.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Door, json, openDoor, type Page, type Routes } from './door.ts';
import { Looker } from './looker.ts';

export interface PageParts {
  readonly script: string;
  readonly style: string;
  /** Runs in a worker, and lays out statecharts. */
  readonly layout: Buffer;
}

export interface InspectorOptions {
  readonly operator: Operator;
  readonly clock: Clock;
  readonly port: number;
  /** Opens the page, and tells this run from others. */
  readonly token: string;
  readonly bodies: boolean;
  readonly known: readonly string[];
  readonly parts: PageParts;
}

const askMs = 10_000;
const findMs = 3_000;
const historyPage = 500;
const logMax = 200;

/** @throws {PortInUse} */
export async function startInspector(options: InspectorOptions): Promise<Door> {
  const { operator, clock, token, bodies, known, parts, port } = options;
  const looker = new Looker({ operator, clock, id: token.slice(0, 16), bodies, known });
  return await openDoor(port, token, routesOf(looker, options, pageOf(parts)));
}

function routesOf(looker: Looker, { operator, bodies, parts }: InspectorOptions, page: Page): Routes {
  /** Any that answers, while none was chosen yet. @throws {Unanswered} where none does. */
  const node = async () => looker.teller ?? (await furthestNode(operator, findMs)).node;
  return {
    pages: {
      '/': () => page,
      '/layout.js': () => ({ type: 'text/javascript', body: parts.layout }),
      '/state': async (query) => {
        const at = query.has('at') ? Number(query.get('at')) : null;
        const asked = { session: null, user: null, actor: query.get('actor'), at, bodies };
        return json(await stateAt(operator, await node(), asked, askMs));
      },
      '/history': async (query) => {
        const asked = {
          actor: query.get('actor') ?? '',
          after: Number(query.get('after') ?? 0),
          limit: historyPage,
          bodies,
        };
        return json(await operator.ask(await node(), 'history', asked, askMs));
      },
      '/log': async (query) => {
        const from = Number(query.get('from') ?? 1);
        const to = Math.min(Number(query.get('to') ?? from), from + logMax);
        const events: unknown[] = [];
        for await (const event of readLog(operator, await node(), { from, to, types: null, bodies }, askMs))
          events.push(event);
        return json(events);
      },
    },
    streams: {
      '/stream': (send, query) => looker.look(send, { everybody: query.has('everybody') }),
      '/events': (send, query) => looker.watch(query.get('actor') ?? '', (events) => send(events)),
    },
  };
}

/** One document: what it may run is named by hash, and it may speak with this server alone. */
function pageOf({ script, style }: PageParts): Page {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:', // the icon, which is none
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Verbatim inspector</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script type="module">${script}</script>
<noscript>The inspector needs JavaScript. It loads nothing from anywhere else.</noscript>
</body>
</html>
`;
  return { type: 'text/html', body, policy };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
