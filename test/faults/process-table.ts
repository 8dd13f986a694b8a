/** Processes as the system lists them, whoever started them. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process that has ended but was not fetched by its parent yet does not count. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Every process of a cluster has its home in the cluster's folder, or its store; ids are used again, folders are not. */
export function isOf(pid: number, folder: string): boolean {
  return about(pid, 'environ').includes(`${folder}/`) || about(pid, 'cmdline').includes(`${folder}/`);
}

/** Running processes of a folder, by id and command line. */
export function processesOf(folder: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map(Number)
    .filter((pid) => isRunning(pid) && isOf(pid, folder))
    .map((pid) => `${pid} ${about(pid, 'cmdline').replaceAll('\0', ' ')}`);
}

export function kill9(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

/** No file of a running process grows beyond that many bytes. @returns false where this machine has no means for it. */
export function limitFiles(pid: number, sizeBytes: number | 'unlimited'): boolean {
  return spawnSync('prlimit', ['--pid', String(pid), `--fsize=${sizeBytes}:`]).status === 0;
}

function about(pid: number, what: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return '';
  }
}
