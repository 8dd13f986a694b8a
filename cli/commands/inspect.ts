/** `verbatim inspect`: the state machines of all actors on a local page, live and back in time. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { freePort, type ServerOptions, withOperator } from '../options.ts';
import { Output } from '../output.ts';
import { asOperator } from '../session.ts';

interface Options extends ServerOptions {
  readonly port: number;
  readonly bodies: boolean;
  readonly stately?: boolean;
}

export function configure(command: Command): void {
  withOperator(command)
    .option('--port <n>', 'of the page on 127.0.0.1; 0: any that is free', freePort, 0)
    .option('--no-bodies', 'show nothing of what people wrote')
    .option('--stately', 'serve the same to the Stately Inspector, whose page is not part of Verbatim')
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
      const token = randomBytes(24).toString('base64url');
      const known = await nodesIn(options.data);
      const common = { operator, port, token, bodies, known };
      const door = stately
        ? await startStately(common)
        : await startInspector({ ...common, parts: await pageParts() });
      await output.emit({ url: door.url }, `open ${door.url}`);
      await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
      await door.stop();
    },
    'inspector',
  );
}
