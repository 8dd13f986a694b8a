/** `verbatim gateway grpc`: Verbatim for every language that has gRPC. */
import type { Command } from 'commander';
import { type GatewayCommandOptions, serveGateway, withGateway } from '../gateway.ts';

export function configure(command: Command): void {
  withGateway(command, 7401)
    .addHelpText(
      'after',
      `
Examples:
  $ verbatim gateway grpc
  $ buf curl --protocol grpc --http2-prior-knowledge -d '{"name":"alice","password":"…"}' \\
      http://127.0.0.1:7401/verbatim.v1.AccountService/LogIn`,
    )
    .action(run);
}

async function run(options: GatewayCommandOptions): Promise<void> {
  const { startGrpcGateway } = await import('../../src/gateways/grpc/grpc.ts');
  await serveGateway('grpc', options, startGrpcGateway);
}
