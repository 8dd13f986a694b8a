/** `verbatim group`: opens a group, has somebody join it, leaves it, says what it is about. */
import type { Command } from 'commander';
import type { Answer, UserClient } from '../../src/client/client.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { iso } from '../render/time.ts';
import { withUser } from '../session.ts';

/** A group is written to, read and played back by its session. */
const examples = `
Examples:
  $ verbatim group new bob carol --topic 'the trip'    # prints the group's session
  $ verbatim send --session s-0123456789abcdef 'hello, both of you'
  $ verbatim group invite s-0123456789abcdef dave
  $ verbatim group topic s-0123456789abcdef 'where to eat'
  $ verbatim group leave s-0123456789abcdef`;

const session = ['<session>', 'as `verbatim sessions` lists them'] as const;

export function configure(command: Command): void {
  command.addHelpText('after', examples);
  withProfile(command.command('new').description('open a group'))
    .argument('<names...>', 'the others in it')
    .option('--topic <text>', 'what it is about', '')
    .action((names: string[], options: UserOptions & { readonly topic: string }) =>
      run(options, ({ conversations }, asking) => conversations.openGroup(names, options.topic, asking)),
    );
  withProfile(command.command('invite').description('have somebody join, who sees what comes from then on'))
    .argument(...session)
    .argument('<name>', 'whom')
    .action((group: string, name: string, options: UserOptions) =>
      run(options, ({ conversations }, asking) => conversations.invite(group, name, asking)),
    );
  withProfile(command.command('leave').description('leave; what was said until then can still be read'))
    .argument(...session)
    .action((group: string, options: UserOptions) =>
      run(options, ({ conversations }, asking) => conversations.leave(group, asking)),
    );
  withProfile(command.command('topic').description('say what the group is about'))
    .argument(...session)
    .argument('<text>', 'in one line; empty to take it away')
    .action((group: string, text: string, options: UserOptions) =>
      run(options, ({ conversations }, asking) => conversations.setTopic(group, text, asking)),
    );
}

async function run(
  options: UserOptions,
  ask: (client: UserClient, asking: { timeoutMs: number }) => Promise<Answer>,
): Promise<void> {
  const output = new Output(options);
  await withUser(options, async ({ client, leftMs }) => {
    await client.line.ready(leftMs());
    const { id, session = '', position = 0, at = 0 } = await ask(client, { timeoutMs: leftMs() });
    await output.emit({ id, session, position, at: iso(at) }, session);
  });
}
