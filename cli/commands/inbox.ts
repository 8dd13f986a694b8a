/** `verbatim inbox`: what has come, once; with `--follow` also what comes. */
import { type Command, Option } from 'commander';
import type { ItemView } from '../../src/client/client.ts';
import { TooLate } from '../failure.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { itemJson, renderItem } from '../render/messages.ts';
import { type UserSession, withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly follow?: boolean;
  readonly peek?: boolean;
}

export function configure(command: Command): void {
  withProfile(command)
    .option('--follow', 'go on with what comes, until Ctrl-C')
    .addOption(new Option('--peek', 'look only: everything still counts as new').conflicts('follow'))
    .addHelpText('after', '\nExample:\n  $ verbatim inbox --follow')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const output = new Output(options);
  const show = (item: ItemView) => output.emit(itemJson(item), renderItem(item, output.palette));
  await withUser(options, async (session) => {
    if (options.follow) await follow(session, show, output);
    else await showOnce(session, show, options.peek ?? false);
  });
}

async function showOnce(
  { client, leftMs }: UserSession,
  show: (item: ItemView) => Promise<void>,
  peek: boolean,
): Promise<void> {
  if (!peek) await client.line.ready(leftMs()); // marking as shown is a command
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate('what was shown may be shown again')), leftMs());
  });
  await Promise.race([client.showInbox(show, peek), late]).finally(() => clearTimeout(timer));
}

/** Until somebody ends it; a cluster without a leader is waited for. */
async function follow(
  { client }: UserSession,
  show: (item: ItemView) => Promise<void>,
  output: Output,
): Promise<void> {
  await client.follow(show);
  await new Promise<void>((resolve, reject) => {
    let wasReady = true;
    client.line.watch(() => {
      const isReady = client.line.state === 'ready';
      if (client.line.state === 'closed') {
        if (client.line.problem) reject(client.line.problem);
        else resolve(); // Ctrl-C
      } else if (isReady !== wasReady) {
        output.note(isReady ? 'connected again' : 'nobody answers at present; waiting');
      }
      wasReady = isReady;
    });
  });
}
