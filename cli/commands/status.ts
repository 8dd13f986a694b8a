/** placeholder replaced below */
import type { Command } from 'commander';
export function configure(command: Command): void { command.action(() => undefined); }
