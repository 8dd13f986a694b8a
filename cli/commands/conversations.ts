/** `verbatim conversations`: with whom, what about, what is new there. */
import type { Command } from 'commander';
import type { ConversationView } from '../../src/client/conversations.ts';
import { collect } from '../collect.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { conversationJson, renderConversations } from '../render/conversations.ts';
import { withUser } from '../session.ts';

export function configure(command: Command): void {
  withProfile(command)
    .option('--unread', 'only those with something new')
    .addHelpText('after', '\nExample:\n  $ verbatim conversations --unread')
    .action(run);
}

async function run(options: UserOptions & { readonly unread?: boolean }): Promise<void> {
  const output = new Output(options);
  const all = await withUser(options, ({ client, leftMs }) => collect(client.conversations.list(leftMs())));
  const wanted = all.filter(({ unread }) => !options.unread || unread > 0).sort(byLastWord);
  if (output.isJson) for (const one of wanted) await output.emit(conversationJson(one), '');
  else for (const line of renderConversations(wanted, output.palette)) await output.say(line);
}

/** The liveliest first. */
function byLastWord(one: ConversationView, other: ConversationView): number {
  return (other.last?.at ?? 0) - (one.last?.at ?? 0);
}
