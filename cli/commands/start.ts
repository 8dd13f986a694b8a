/** `verbatim start`, which `npm start` runs: a cluster, and on a terminal the chat with it. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { type ClusterNews, runningIn, startCluster } from '../cluster.ts';
import { operatorLog } from '../operator-log.ts';
import { type UpOptions, withLocalCluster } from '../options.ts';
import { ask } from '../prompt.ts';
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
  const running = isTerminal ? await runningIn(options.data).catch(() => undefined) : undefined;
  if (running !== undefined) return await joinRunning(options, running);
  const log = join(options.data, logName);
  const news = await (isTerminal ? newsTo(log, options) : openNews(options));
  const cluster = await startCluster(options, news).catch(hintAtPort);
  const own = { ...options, servers: cluster.servers };
  const servers = cluster.servers.join(',');
  await untilStopped(
    cluster,
    async () => {
      await cluster.ready();
      if (!isTerminal) return sayHowToJoin(options, servers);
      const greeting = [
        `The cluster is up at ${servers}; what it says goes to ${relative('.', log)}.`,
        `Others join with: ${howToJoin(servers)}`,
        'Leaving this chat stops the cluster.',
      ];
      const chat = runChat({ ...own, greeting });
      await chat.catch(() => undefined);
      if (await shallGoOn(await cluster.clients()))
        return say('The cluster goes on without you; Ctrl-C stops it.');
      say('Stopping the cluster; `npm start` brings it back with everything in it.');
      await cluster.stop();
      await chat;
    },
    isTerminal ? say : news.log,
  );
}

/** Behind `npm start` an option stands after two dashes. */
function hintAtPort(error: Error): never {
  if (error.name === 'PortInUse' && process.env.npm_lifecycle_event === 'start')
    error.message = error.message.replace('with --port', 'with `npm start -- --port N`');
  throw error;
}

/** Somebody has started it already, in another terminal: it is theirs to stop. */
async function joinRunning(options: Options, servers: readonly string[]): Promise<void> {
  const greeting = [
    `The cluster runs already, at ${servers.join(',')}: this is one more chat with it, and leaving it stops nothing.`,
    `Whoever is somebody else takes a profile of their own: ${howToJoin(servers.join(','))}`,
  ];
  await runChat({ ...options, servers, greeting });
}

/** Whoever asks to stop at the question, with Ctrl-C, has answered it. */
async function shallGoOn(others: number): Promise<boolean> {
  if (others === 0) return false;
  say(`${count(others, 'other client is', 'other clients are')} connected and would lose the cluster.`);
  const answer = await ask('Stop it? [y/N] ').catch(() => 'y');
  return !/^y(es)?$/i.test(answer.trim());
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
  if (!json) say(`join from another terminal with: ${howToJoin(servers)}`);
}

function howToJoin(servers: string): string {
  return `npm run chat -- --servers ${servers} --profile NAME`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
