/** `verbatim gateway`: other doors to the same commands, for programs that speak no NATS. */
import type { Command } from 'commander';
import { configure as configureWire } from './gateway-wire.ts';

export function configure(command: Command): void {
  configureWire(command.command('wire').description('length-prefixed binary frames over TCP'));
}
