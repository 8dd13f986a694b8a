import { describe, expect, it } from 'vitest';
import { type Choices, chosenFrom, planOf } from '../../../src/labs/clocks/core/config.ts';
import { configFrom, exampleFile } from '../../../src/labs/clocks/core/config-file.ts';

const plan = (text: string, given: Choices = {}) => {
  const { choices, machines } = chosenFrom(given, configFrom(text, 'clocks.conf'));
  return planOf(choices, machines);
};

describe('a configuration file', () => {
  it('as it is printed describes a run', () => {
    const { settings, out } = plan(exampleFile);
    expect(settings).toMatchObject({ mode: 'real', seconds: 60, trials: 5, seed: 7, internal: 0.7 });
    expect(settings.machines.map(({ rate }) => rate)).toEqual([1, 3, { least: 1, most: 6 }]);
    expect(settings.machines[1]!.neighbours).toEqual(['m3', 'm1']);
    expect(out).toBe('clocks-run');
  });

  it('is overruled by an option', () => {
    expect(plan('seed = 3', { seed: { text: '9', place: '--seed' } }).settings.seed).toBe(9);
  });

  it('says nothing more of rates where an option does', () => {
    const given = { 'rate-range': { text: '2-4', place: '--rate-range' } };
    const range = { least: 2, most: 4 };
    for (const text of ['rates = 1,3,6', '[machine m1]\nrate = 1\n[machine m2]\n[machine m3]\nrate = 6'])
      expect(plan(text, given).settings.machines.map(({ rate }) => rate)).toEqual([range, range, range]);
  });

  it.each([
    ['rates = 0,1,2', 'clocks.conf:1: rates: a rate is more than 0'],
    ['\n\nrates = 1,-2,3', 'clocks.conf:3: rates: a rate is more than 0'],
    ['rates = 1,6-1,3', 'clocks.conf:1: rates: rates are drawn from whole numbers'],
    ['rates = 1,2\nrate-range = 1-6', 'clocks.conf:2: rate-range: rates is given too'],
    ['servers = nats://127.0.0.1:4222\nport = 4333', 'clocks.conf:2: port: servers is given too'],
    ['rate-range = 6-1', 'clocks.conf:1: rate-range: rates are drawn from'],
    ['internal = 1.1', 'clocks.conf:1: internal: a number from 0 to 1 is needed, not "1.1"'],
    ['seconds = soon', 'clocks.conf:1: seconds: a number from 1'],
    ['trials = 0', 'clocks.conf:1: trials: a whole number from 1'],
    ['mode = unreal', 'clocks.conf:1: mode: it is real or virtual'],
    ['port = 65536', 'clocks.conf:1: port: a whole number from 0 to 65535'],
    ['servers = localhost', 'clocks.conf:1: servers: an address looks like'],
    ['sede = 7', 'clocks.conf:1: "sede" is none of machines, rates'],
    ['seed', 'clocks.conf:1: a line says name = value'],
    ['seed = 1\nseed = 2', 'clocks.conf:2: seed is said twice'],
    ['machines = 1', 'clocks.conf:1: machines: a whole number from 2 to 50'],
    ['machines = 3\nrates = 1,2', 'clocks.conf:1: machines: 3 machines are asked for, and 2 are described'],
    ['[machine M 1]', "clocks.conf:1: a machine's name is up to 16"],
    ['[machine m1]\n[machine m1]', 'clocks.conf:2: there are two machines m1'],
    [
      '[machine m1]\nneighbours = m2, m7\n[machine m2]',
      'clocks.conf:2: neighbours: there is no machine "m7"',
    ],
    [
      '[machine m1]\nneighbours = m1\n[machine m2]',
      'clocks.conf:2: neighbours: m1 is no neighbour of itself',
    ],
    ['[machine m1]\nspeed = 3\n[machine m2]', 'clocks.conf:2: "speed" is none of rate, neighbours'],
  ])('that says %j is refused with the place and the reason', (text, reason) => {
    expect(() => plan(text)).toThrow(reason);
  });
});
