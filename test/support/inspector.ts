/** The real `verbatim inspect` of a test's own. */
import { Cli, type Running } from './cli.ts';
import type { TestCluster } from './cluster.ts';

export interface RunningInspector {
  readonly url: string;
  readonly running: Running;
  /** Another path of it, with its token. */
  path(path: string, query?: string): string;
}

export async function inspect(cluster: TestCluster, ...args: string[]): Promise<RunningInspector> {
  const running = new Cli(cluster.env).start(['inspect', '--json', ...args]);
  const { url } = JSON.parse(await running.out.next('"url"')) as { url: string };
  const { origin, search } = new URL(url);
  return { url, running, path: (path, query = '') => `${origin}${path}${search}${query}` };
}
