/** `verbatim up`: nats-server and the replicas as child processes, until it is stopped. */
import type { Command } from 'commander';
import { startCluster } from '../cluster.ts';
import { operatorLog } from '../operator-log.ts';
import {
  type UpOptions,
  withAnyProfile,
  withData,
  withLocalCluster,
  withOutput,
  withSecurity,
} from '../options.ts';
import { untilStopped } from '../stop.ts';

export function configure(command: Command): void {
  withLocalCluster(withSecurity(withAnyProfile(withData(withOutput(command)))))
    .addHelpText(
      'after',
      `
Two ways of electing: \`random\` waits a random moment, \`lowest-id\` lets the lowest id among those heard go first.

Examples:
  $ verbatim up
  $ verbatim up --data /var/lib/verbatim --port 4333 --election lowest-id --fsync nodes
  $ verbatim up --host chat.example.org --tls-cert chat.pem --tls-key chat.key`,
    )
    .action(run);
}

async function run(options: UpOptions): Promise<void> {
  const log = await operatorLog(options.log);
  const cluster = await startCluster(options, {
    say: (object, text) => process.stdout.write(options.json ? `${JSON.stringify(object)}\n` : `${text}\n`),
    log,
  });
  await untilStopped(cluster, () => cluster.ready(), log);
}
