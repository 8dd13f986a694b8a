/** The state of a cluster: a row a node, then what there is to know about all of them. */
import type { ClusterHealth, NodeHealth } from '../../src/operator/health.ts';
import type { Palette } from './colour.ts';
import { table } from './table.ts';
import { count } from './text.ts';
import { age } from './time.ts';

const columns = [
  { title: 'node' },
  { title: 'role' },
  ...['epoch', 'position'].map((title) => ({ title, align: 'right' as const })),
  { title: 'state hash' },
  { title: 'lag', align: 'right' as const },
  { title: 'in sync' },
  { title: 'pid', align: 'right' as const },
  { title: 'uptime', align: 'right' as const },
];

export function renderStatus(health: ClusterHealth, palette: Palette): string[] {
  return [
    ...table(
      columns,
      health.nodes.map((node) => row(node, palette)),
    ),
    '',
    ...summary(health, palette),
  ];
}

function row(
  { node, status, isInSync, lag = 0 }: NodeHealth,
  { bold, green, red, yellow }: Palette,
): string[] {
  if (!status) return [node, red('unreachable')];
  const { epoch, position, state_hash: hash, pid, uptime_ms: uptimeMs } = status;
  const role = roleOf(status);
  return [
    node,
    role === 'leader' ? bold(green(role)) : role,
    String(epoch),
    String(position),
    hash.slice(0, 16),
    String(lag),
    isInSync ? green('yes') : yellow('no'),
    String(pid),
    age(uptimeMs),
  ];
}

function summary(
  { nodes, leader, differAt, degraded }: ClusterHealth,
  { bold, red, yellow }: Palette,
): string[] {
  const leading = nodes.find(({ node }) => node === leader)?.status;
  const inSync = nodes.filter(({ isInSync }) => isInSync).length;
  const lines = leading
    ? [
        `${leader} leads epoch ${leading.epoch}; ${inSync} of ${count(nodes.length, 'node')} in sync; ${clients(leading.clients)}`,
      ]
    : [bold(red('there is no leader'))];
  if (differAt !== undefined)
    lines.push(bold(red(`state hashes differ at frame ${differAt}; run \`verbatim verify\``)));
  if (degraded.length > 0) lines.push(yellow(`degraded: ${degraded.join('; ')}`));
  return lines;
}

function clients(amount: number): string {
  return `${count(amount, 'client')} connected`;
}

/** A line of `status --json`. */
export function statusJson({ node, status, isInSync, lag }: NodeHealth, { degraded }: ClusterHealth) {
  if (!status) {
    const unknown = {
      epoch: null,
      position: null,
      state_hash: null,
      in_sync: false,
      lag: null,
      pid: null,
      uptime_ms: null,
      http: null,
    };
    return { node, role: 'unreachable', ...unknown, degraded: true };
  }
  const {
    epoch,
    position,
    frame,
    state_hash,
    pid,
    uptime_ms,
    clients: connected,
    copies,
    copies_wanted,
    generation,
    state,
    http = null,
  } = status;
  const place = {
    node,
    role: roleOf(status),
    epoch,
    position,
    frame,
    state_hash,
    in_sync: isInSync,
    lag,
    pid,
    uptime_ms,
  };
  const more = { state, generation, http, clients: connected, copies, copies_wanted };
  return { ...place, ...more, degraded: degraded.length > 0 };
}

/** What a node does that neither leads nor follows says its machine's state, such as `frozen`. */
function roleOf({ role, state }: { role: string; state: string }): string {
  return role === 'other' ? state : role;
}
