/** `verbatim gateway`: other doors to the same commands, for programs that speak no NATS. */
import type { Command } from 'commander';
import { configure as configureGrpc } from './gateway-grpc.ts';
import { configure as configureWire } from './gateway-wire.ts';

export function configure(command: Command): void {
  command.addHelpText(
    'after',
    `
Examples:
  $ verbatim gateway wire --port 7400
  $ verbatim gateway grpc --port 7401`,
  );
  configureWire(command.command('wire').description('length-prefixed binary frames over TCP'));
  configureGrpc(command.command('grpc').description('gRPC, as proto/verbatim/v1 has it'));
}
