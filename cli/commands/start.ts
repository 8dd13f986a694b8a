/** `verbatim start`, which `npm start` runs: a cluster, and on a terminal the chat with it. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { type ClusterNews, startCluster } from '../cluster.ts';
import { operatorLog } from '../operator-log.ts';
import { type UpOptions, withLocalCluster } from '../options.ts';
import { count } from '../render/text.ts';
import { untilStopped } from '../stop.ts';
import { type ChatOptions, runChat, withChat } from './chat.ts';

type Options = UpOptions & ChatOptions;

const logName = 'verbatim.log';

export function configure(command: Command): void {
  withLocalCluster(withChat(command))
    .addHelpText('after', '\nExample:\n  $ verbatim start --data .verbatim')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const log = join(options.data, logName);
  const cluster = await startCluster(options, await (isTerminal ? newsTo(log, options) : openNews(options)));
  const own = { ...options, servers: cluster.servers };
  const servers = cluster.servers.join(',');
  await untilStopped(cluster, async () => {
    await cluster.ready();
    if (!isTerminal) return sayHowToJoin(options, servers);
    process.stdout.write(`The cluster is up at ${servers}; what it says goes to ${relative('.', log)}.\n`);
    await runChat(own).finally(async () => {
      const others = await cluster.clients();
      if (others > 0)
        process.stdout.write(
          `${count(others, 'other client is', 'other clients are')} connected and will lose the cluster.\n`,
        );
      process.stdout.write('Stopping the cluster; `npm start` brings it back with everything in it.\n');
      await cluster.stop();
    });
  });
}

/** A chat and the lines of a cluster do not go together on one screen. */
async function newsTo(log: string, options: Options): Promise<ClusterNews> {
  let file: WriteStream | undefined; // opened late: a start that is refused leaves nothing behind
  const write = (line: string) => {
    file ??= createWriteStream(log, { flags: 'a', mode: 0o600 });
    file.write(`${line}\n`);
  };
  const logged = await operatorLog(options.log, write);
  return { say: (_, text) => logged(text), log: logged };
}

async function openNews({ json = false, log }: Options): Promise<ClusterNews> {
  return {
    say: (object, text) => process.stdout.write(json ? `${JSON.stringify(object)}\n` : `${text}\n`),
    log: await operatorLog(log),
  };
}

function sayHowToJoin({ json = false }: Options, servers: string): void {
  if (!json) process.stdout.write(`join from another terminal with: npm run chat -- --servers ${servers}\n`);
}
