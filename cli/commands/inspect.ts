/** `verbatim inspect`: the state machines of all actors on a local page, live and back in time. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { freePort, type ServerOptions, withInspector } from '../options.ts';
import { Output } from '../output.ts';
import { asOperator } from '../session.ts';

interface Options extends ServerOptions {
  readonly port: number;
  readonly bodies: boolean;
  readonly stately?: boolean;
}

export function configure(command: Command): void {
  withInspector(command)
    .option('--port <n>', 'of the page on 127.0.0.1; 0: any that is free', freePort, 0)
    .option('--no-bodies', 'show nothing of what people wrote')
    .option(
      '--stately',
      'show the same in the Stately Inspector: its page is loaded from stately.ai, and is given what is shown here',
    )
    .addHelpText(
      'after',
      `
The page is for whoever has the link, on this machine. It only looks.

Examples:
  $ verbatim inspect
  $ verbatim inspect --data /var/lib/verbatim --no-bodies --port 7000`,
    )
    .action(run);
}

const findMs = 1_000;

async function run(options: Options): Promise<void> {
  const output = new Output(options);
  const { port, bodies, stately = false } = options;
  await asOperator(
    options,
    async (operator) => {
      const [{ startInspector, pageParts, startStately }, { nodesIn }] = await Promise.all([
        import('../inspector.ts'),
        import('../../src/operator/folders.ts'),
      ]);
      await operator.mayLook(findMs);
      const token = randomBytes(24).toString('base64url');
      const known = await nodesIn(options.data);
      const common = { operator, port, token, bodies, known };
      const door = stately
        ? await startStately(common)
        : await startInspector({ ...common, parts: await pageParts() });
      if (stately) output.note(statelyNote(bodies));
      await output.emit({ url: door.url }, `open ${door.url}`);
      await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
      await door.stop();
    },
    'inspector',
  );
}

function statelyNote(bodies: boolean): string {
  const texts = bodies ? 'what people wrote too, unless you say --no-bodies' : 'without what people wrote';
  return `the page comes from stately.ai and is given all that happens here, ${texts}`;
}
