/**
 * Hosts of a test's own: network namespaces with an address each, and a router between them that can be told what to lose.
 *
 * What is lost is lost without a word, as on a cut cable: nobody is told that a connection is gone. Each direction of each
 * pair is lost by itself, so a network may be broken one way only, or between two of three. Connections that outlive the
 * cut go on when it is mended, after the wait that TCP has grown to meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const prefix = 'verbatim-';
const router = 'router';
/** In front of the rule that looks for a way. */
const priority = '10';

const made = new Set<Hosts>();
process.on('exit', () => {
  for (const hosts of made) hosts.remove();
});

export class Hosts {
  readonly names: readonly string[];
  /** Pairs of which the one does not reach the other, as `a b`. */
  readonly #lost = new Set<string>();

  private constructor(names: readonly string[]) {
    this.names = names;
  }

  /** @returns why there can be none on this machine, undefined where there can. */
  static whyNot(): string | undefined {
    if (process.platform !== 'linux') return 'only Linux has network namespaces';
    if (process.getuid?.() !== 0) return 'only root may make network namespaces';
    if (spawnSync('ip', ['-V']).status !== 0) return 'there is no `ip` command here (package iproute2)';
    removeStale();
    const probe = new Hosts(['probe']);
    try {
      probe.#make();
      return undefined;
    } catch (error) {
      return `no network namespaces can be made here: ${(error as Error).message}`;
    } finally {
      probe.remove();
    }
  }

  static make(names: readonly string[]): Hosts {
    const hosts = new Hosts(names);
    made.add(hosts);
    hosts.#make();
    return hosts;
  }

  addressOf(name: string): string {
    return `10.77.${this.names.indexOf(name) + 1}.2`;
  }

  /** In front of a command: it is run there, as the same process. */
  entryOf(name: string): [string, ...string[]] {
    return ['ip', 'netns', 'exec', spaceOf(name)];
  }

  /** From now on nothing of what the one sends arrives at the other. */
  lose(from: string, to: string): void {
    if (this.#lost.has(`${from} ${to}`)) return;
    this.#rule('add', from, to);
    this.#lost.add(`${from} ${to}`);
  }

  /** Neither hears the other. */
  part(one: string, other: string): void {
    this.lose(one, other);
    this.lose(other, one);
  }

  /** From all others. */
  cutOff(name: string): void {
    for (const other of this.names) if (other !== name) this.part(name, other);
  }

  heal(): void {
    for (const pair of this.#lost) {
      const [from, to] = pair.split(' ') as [string, string];
      this.#rule('del', from, to);
    }
    this.#lost.clear();
  }

  /** With every process that runs there. */
  remove(): void {
    made.delete(this);
    for (const name of [...this.names, router]) removeSpace(spaceOf(name));
  }

  #make(): void {
    const hub = spaceOf(router);
    ip('netns', 'add', hub);
    for (const name of this.names) {
      const [space, address] = [spaceOf(name), this.addressOf(name)];
      const gateway = address.replace(/2$/, '1');
      ip('netns', 'add', space);
      ip('-n', hub, 'link', 'add', portOf(name), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
      ip('-n', hub, 'address', 'add', `${gateway}/24`, 'dev', portOf(name));
      ip('-n', hub, 'link', 'set', portOf(name), 'up');
      ip('-n', space, 'address', 'add', `${address}/24`, 'dev', 'eth0');
      for (const device of ['lo', 'eth0']) ip('-n', space, 'link', 'set', device, 'up');
      ip('-n', space, 'route', 'add', 'default', 'via', gateway);
    }
    ip('netns', 'exec', hub, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  }

  #rule(what: 'add' | 'del', from: string, to: string): void {
    const rule = ['iif', portOf(from), 'to', `${this.addressOf(to)}/32`, 'priority', priority, 'blackhole'];
    ip('-n', spaceOf(router), 'rule', what, ...rule);
  }
}

function spaceOf(name: string): string {
  return `${prefix}${process.pid}-${name}`;
}

/** Of the router. */
function portOf(name: string): string {
  return `to-${name}`;
}

/** @throws with what `ip` said. */
function ip(...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
}

/** What tests left behind that were killed themselves. */
function removeStale(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [, space, pid] = new RegExp(`^(${prefix}(\\d+)-\\S+)`).exec(line) ?? [];
    if (space !== undefined && !existsSync(`/proc/${pid}`)) removeSpace(space);
  }
}

function removeSpace(space: string): void {
  const { stdout } = spawnSync('ip', ['netns', 'pids', space], { encoding: 'utf8' });
  for (const pid of stdout.split('\n').filter(Boolean)) spawnSync('kill', ['-9', pid]);
  spawnSync('ip', ['netns', 'delete', space]);
}
