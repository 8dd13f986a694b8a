/** Ties a process to this one: when this one ends, however it ends, so does that one. */
import { spawn } from 'node:child_process';

/**
 * nats-server knows nothing of its supervisor and would live on after a `kill -9` of it, keep the port and write to the
 * store. So a shell in a session of its own, out of reach of whatever ends a terminal or a process group, waits on a
 * pipe that the system closes when this process is gone. It does not ask: whoever starts the cluster again at once finds
 * the port free and nobody at the store, and what was acknowledged is on the disk.
 * @returns cuts the tether.
 */
export function tether(pid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', 'read -r _ || kill -9 "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.once('error', () => undefined); // no shell here: then it lives on
  guard.unref();
  return () => guard.kill('SIGKILL');
}
