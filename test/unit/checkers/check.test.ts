import { describe, expect, it } from 'vitest';
import { check } from '../../../src/checkers/check.ts';
import { BrokenHistory, type HistoryEvent, parseHistory, writeEvent } from '../../../src/checkers/history.ts';
import type { NodeRecord } from '../../../src/checkers/log.ts';
import { History, Log, nodesWith } from './story.ts';

interface Run {
  history: HistoryEvent[];
  nodes: NodeRecord[];
}

/** Ann writes to Bob, loses her leader and repeats; Bob follows, is killed, comes back, reads; Cat's account is deleted. */
function story(): Run {
  const log = new Log();
  const history = new History();
  log.add('LeaderElected', { node: 'n1', members: ['n1', 'n2', 'n3'], copies: 2 });
  for (const [index, name] of ['ann', 'bob', 'cat'].entries()) {
    const position = log.register(name);
    const at = 4 * index;
    const token = `t-${name}`;
    const ok = { user: `u-${name}`, position };
    history.did(`g-${name}.1`, `r-${name}`, { op: 'register', args: { password: 'p' } }, [at, at + 1], {
      ok,
    });
    const loggedIn = log.add(
      'LoggedIn',
      { user: ok.user, tokenHash: token, expiresAt: 99 },
      { user: `g-${name}`, id: 'l' },
    );
    history.did(`g-${name}.2`, 'l', { op: 'login', args: { password: 'p', token } }, [at + 2, at + 3], {
      ok: { user: ok.user, position: loggedIn },
    });
  }
  history.follow('bob.1');
  log.open('s-1', 'u-ann', 'u-bob');
  const one = log.post('u-ann', 'm-1', 'one', 's-1');
  history.send('ann.1', 'm-1', 'bob', 'one', [20, 21], { ok: { position: one, session: 's-1' } });
  history.show('bob.1', log, one);
  history.end('bob.1');
  history.follow('bob.2');
  history.show('bob.2', log, one);
  log.add('LeaderElected', { node: 'n2', members: ['n1', 'n2', 'n3'], copies: 2 });
  const two = log.post('u-ann', 'm-2', 'two', 's-1');
  history.send('ann.1', 'm-2', 'bob', 'two', [22, 30], 'unknown');
  const ok = { position: two, session: 's-1', duplicate: true };
  history.send('ann.1', 'm-2', 'bob', 'two', [31, 32], { ok });
  history.show('bob.2', log, two);
  log.shown('u-bob', two);
  history.read('bob.2', log, 's-1', [one, two], { position: two });
  log.open('s-2', 'u-ann', 'u-cat');
  const three = log.post('u-ann', 'm-3', 'three', 's-2');
  history.send('ann.1', 'm-3', 'cat', 'three', [33, 34], { ok: { position: three, session: 's-2' } });
  const gone = log.delete('u-cat');
  history.did('cat.1', 'd', { op: 'delete', args: { token: 't-cat' } }, [35, 36], { ok: { position: gone } });
  history.follow('ann.1');
  history.show('ann.1', log, three, gone);
  history.replay('bob.2', log, 's-1', [one, two]);
  history.replay('ann.1', log, 's-2', [three]);
  const hashes = [{ frame: gone, version: 1, state: 'abc' }];
  return { history: history.events, nodes: nodesWith(log).map((node) => ({ ...node, hashes })) };
}

describe('a whole run', () => {
  it('that went well has nothing to be said about, read from its file as well', () => {
    const { history, nodes } = story();
    expect(check(history, nodes)).toEqual([]);
    const read = parseHistory(history.map(writeEvent).join(''));
    expect(check(read, JSON.parse(JSON.stringify(nodes)))).toEqual([]);
  });

  const last = <T>(values: T[]): T => values.at(-1)!;
  const withoutMessage = ({ nodes }: Run, id: string) =>
    nodes.map((node) => ({ ...node, log: node.log.filter(({ event }) => event.cause?.id !== id) }));

  it.each<[string, string[], (run: Run) => void]>([
    [
      'a message that is gone from all nodes',
      ['P2', 'P1', 'P4', 'P4', 'P7', 'P7'],
      (run) => {
        run.nodes = withoutMessage(run, 'm-2');
      },
    ],
    [
      'a node that is behind',
      ['P2'],
      ({ nodes }) => {
        nodes[1] = { ...nodes[1]!, log: nodes[1]!.log.slice(0, -1) };
      },
    ],
    [
      'a delivery that is missing',
      ['P4'],
      ({ history }) => {
        history.splice(
          history.findLastIndex(({ type }) => type === 'deliver'),
          1,
        );
      },
    ],
    [
      'a read that is too old',
      ['P7', 'P7'],
      ({ history }) => {
        for (const event of history) {
          if (event.type !== 'complete' || event.outcome !== 'ok' || !event.result.messages) continue;
          if (event.result.position === undefined) continue; // a replay
          event.result.messages.pop();
          event.result.position = last(event.result.messages).position;
        }
      },
    ],
    ['a replay that nobody was given', ['P8'], ({ history }) => void history.pop()],
    [
      'an order that time forbids',
      ['order', 'order'],
      ({ history }) => {
        const sends = history.filter((event) => event.type === 'invoke' && event.op === 'send');
        const [first, , , fourth] = sends;
        if (first?.type !== 'invoke' || fourth?.type !== 'invoke') return;
        history.splice(history.indexOf(first), 1);
        history.splice(history.indexOf(fourth) + 1, 0, { ...first, invoked_ms: 40 });
        const completed = history.findIndex((one) => one.type === 'complete' && one.client === 'ann.1');
        history.push(...history.splice(completed, 1).map((one) => ({ ...one, completed_ms: 41 })));
      },
    ],
    [
      'a name that two were given',
      ['P3'],
      ({ history }) => {
        const again = new History();
        const register = { op: 'register', args: { password: 'p' } } as const;
        again.did('g-ann.9', 'r', register, [50, 51], { ok: { user: 'u-other' } });
        history.push(...again.events);
      },
    ],
    [
      'a node with another state',
      ['P2'],
      ({ nodes }) => {
        nodes[2] = { ...nodes[2]!, hashes: nodes[2]!.hashes.map((at) => ({ ...at, state: 'xyz' })) };
      },
    ],
  ])('is called out for %s', (_, promises, spoil) => {
    const run = story();
    spoil(run);
    expect(check(run.history, run.nodes).map(({ promise }) => promise)).toEqual(promises);
  });

  it('is not judged by a history that is none', () => {
    const { history, nodes } = story();
    expect(() => check(history.slice(1), nodes)).toThrow(BrokenHistory);
  });
});

/** Ten clients that write to each other, read, change their passwords, and lose an answer now and then. */
function long(sends: number): Run & { events: number } {
  const people = Array.from({ length: 10 }, (_, index) => `user${index}`);
  const log = new Log();
  const history = new History();
  const sessions = new Map<string, { id: string; positions: number[] }>();
  for (const name of people) {
    log.register(name);
    history.did(`g-${name}.1`, 'r', { op: 'register', args: { password: 'p0' } }, [0, 1], {
      ok: { user: `u-${name}` },
    });
    const login = { op: 'login', args: { password: 'p0', token: `t-${name}` } } as const;
    history.did(`g-${name}.2`, 'l', login, [2, 3], { ok: { user: `u-${name}` } });
    history.follow(`${name}.1`);
  }
  const changes = new Map<string, number>();
  for (let index = 0; index < sends; index++) {
    const from = people[index % 10]!;
    const to = people[(index + 1 + (Math.floor(index / 10) % 9)) % 10]!;
    const pair = [from, to].sort().join();
    const session = sessions.get(pair) ?? { id: `s-${pair}`, positions: [] };
    if (!sessions.has(pair)) log.open(session.id, `u-${from}`, `u-${to}`);
    sessions.set(pair, session);
    const position = log.post(`u-${from}`, `m-${index}`, `message ${index}`, session.id);
    session.positions.push(position);
    const times = [10 + index, 60 + index] as const;
    const outcome = index % 50 === 0 ? 'unknown' : { ok: { position, session: session.id } };
    history.send(`${from}.1`, `m-${index}`, to, `message ${index}`, times, outcome);
    history.show(`${to}.1`, log, position);
    if (index % 100 === 0)
      history.read(`${from}.1`, log, session.id, session.positions.slice(0, 200), { position, more: true });
    if (index % 20 !== 0) continue;
    const change = changes.get(from) ?? 0;
    changes.set(from, change + 1);
    const args = { password: `p${change}`, new_password: `p${change + 1}`, token: `t-${from}` };
    history.did(
      `${from}.1`,
      `x-${change}`,
      { op: 'passwd', args },
      times,
      index % 400 === 0 ? 'unknown' : { ok: {} },
    );
  }
  return { history: history.events, nodes: nodesWith(log), events: history.events.length };
}

describe('a long run', () => {
  it('is judged within seconds, as measured by the processor: others may be at work beside it', () => {
    const { history, nodes, events } = long(33_000);
    expect(events).toBeGreaterThan(100_000);
    const before = process.cpuUsage();
    expect(check(history, nodes)).toEqual([]);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(8_000);
  }, 60_000);
});
