/** Every subcommand: one file each, loaded when it is asked for. */
import type { Command } from 'commander';

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ configure(command: Command): void }>;
}

export const commands: readonly Subcommand[] = [
  { name: 'up', summary: 'start nats-server and the replicas on this machine', load: () => import('./commands/up.ts') },
  { name: 'node', summary: 'run one replica in the foreground', load: () => import('./commands/node.ts') },
  { name: 'status', summary: 'show every node: role, epoch, position, state hash', load: () => import('./commands/status.ts') },
];
