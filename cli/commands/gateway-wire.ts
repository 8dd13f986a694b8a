/** `verbatim gateway wire`: the wire protocol of docs/wire-protocol.md. */
import type { Command } from 'commander';
import { type GatewayCommandOptions, serveGateway, withGateway } from '../gateway.ts';

export function configure(command: Command): void {
  withGateway(command, 7400)
    .addHelpText(
      'after',
      `
docs/wire-protocol.md says how to speak with it; examples/ has a client in Python.

Examples:
  $ verbatim gateway wire
  $ verbatim gateway wire --host chat.example.org --tls-cert chat.pem --tls-key chat.key`,
    )
    .action((options: GatewayCommandOptions) =>
      serveGateway('wire', options, async (settings) => {
        const { WireGateway } = await import('../../src/gateways/wire/gateway.ts');
        return await WireGateway.start(settings);
      }),
    );
}
