/** Ending a cluster with the command that started it. */
import { exitStatus } from './failure.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a task, and stops the cluster when a signal comes, when the task fails, and never otherwise.
 * The process ends then, whatever the task still waits for.
 * @param log is told when a signal has stopped it.
 */
export async function untilStopped(
  cluster: { stop(): Promise<void> },
  task: () => Promise<void>,
  log: (line: string) => void,
): Promise<void> {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return; // asked once more, as by an impatient Ctrl-C: it is on its way
    isStopping = true;
    if (signal === 'SIGINT' && process.stderr.isTTY) process.stderr.write('\n'); // after the terminal's own ^C
    void cluster.stop().then(() => {
      log('stopped');
      process.exit(exitStatus.done);
    });
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    await task();
  } catch (error) {
    if (isStopping) return;
    await cluster.stop();
    throw error;
  }
}
