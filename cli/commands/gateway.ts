/** `verbatim gateway`: other doors to the same commands, for programs that speak no NATS. */
import type { Command } from 'commander';

export function configure(_command: Command): void {
  // one subcommand a door
}
