import { expect, it } from 'vitest';
import { Causality } from '../../../src/labs/clocks/core/causality.ts';
import { diagramSvg } from '../../../src/labs/clocks/core/diagram-svg.ts';
import { csvHead, csvLines, shivizText } from '../../../src/labs/clocks/core/exports.ts';
import { lanesOf } from '../../../src/labs/clocks/core/lanes.ts';
import { machinesOf, trialOf, usual } from '../../../src/labs/clocks/core/settings.ts';
import {
  electionLanes,
  type StampedEvent,
  sessionLanes,
} from '../../../src/labs/clocks/core/verbatim-lanes.ts';
import { runVirtual } from '../../../src/labs/clocks/core/virtual.ts';
import { seeded } from '../../../src/labs/clocks/virtual-run.ts';

const trial = trialOf({ ...usual, mode: 'virtual', machines: machinesOf([1, 3, 6]) }, 1, seeded);
const logs = runVirtual(trial, seeded);
const logged = { trial: 1, machines: trial.machines, logs };
const total = logs.flat().length;

it('ShiViz finds every event, each with the next own clock of its host', () => {
  const form = /(?<event>.*)\n(?<host>\S*) (?<clock>{.*})/g; // as it is typed into its page
  const matches = [...shivizText(logged).matchAll(form)];
  expect(matches).toHaveLength(total);
  const counts = new Map<string, number>();
  for (const { groups } of matches) {
    const { host = '', clock = '' } = groups ?? {};
    const own = (JSON.parse(clock) as Record<string, number>)[host];
    expect(own).toBe((counts.get(host) ?? 0) + 1);
    counts.set(host, own!);
  }
  expect([...counts.keys()]).toEqual(['m1', 'm2', 'm3']);
});

it('a CSV has a line an event and as many fields as names', () => {
  const lines = csvLines(logged);
  expect(lines).toHaveLength(total);
  for (const line of lines) expect(line.split(',')).toHaveLength(csvHead.split(',').length);
});

it('an SVG has a mark an event, an arrow a receipt, and a stub for what never arrived', () => {
  const text = diagramSvg(new Causality(lanesOf(['m1', 'm2', 'm3'], logs)), 'a <run>');
  expect(text.match(/<path [^>]*><title>/g)).toHaveLength(total);
  const [arrows, stubs] = text.split('<g fill="none"').slice(1);
  const receipts = logs.flat().filter(({ kind }) => kind === 'received').length;
  const sends = logs.flat().reduce((sum, event) => sum + ('to' in event ? event.to.length : 0), 0);
  expect(arrows!.match(/<path/g)).toHaveLength(receipts);
  expect(stubs!.split('</g>')[0]!.match(/<path/g)).toHaveLength(sends - receipts);
  expect(sends).toBeGreaterThan(receipts); // the slow one leaves some in its queue
  expect(text).toContain('a &lt;run&gt;');
});

const at = '2026-11-21T19:30:00.000Z';
const told = (position: number, type: string, data: Record<string, unknown>, epoch = 1): StampedEvent => {
  return { position, epoch, type, at, clock: position + 5, data };
};

it('a session has a lane a participant, and an arrow to where a message was shown', () => {
  const lanes = sessionLanes(
    [
      told(1, 'UserRegistered', { user: 'u-a', name: 'alice' }),
      told(2, 'UserRegistered', { user: 'u-b', name: 'bob' }),
      told(3, 'SessionOpened', { session: 's-1', participants: ['u-a', 'u-b'], continues: null }),
      told(4, 'MessagePosted', { session: 's-1', from: 'u-a', text: 'hi' }),
      told(5, 'MessagePosted', { session: 's-2', from: 'u-a', text: 'elsewhere' }),
      told(6, 'ItemsShown', { user: 'u-b', upTo: 4 }),
      told(7, 'MessagePosted', { session: 's-1', from: 'u-b', text: 'hello' }),
    ],
    's-1',
  );
  expect(
    lanes.map(({ name, events }) => [name, events.map(({ what, from }) => [what, from?.number])]),
  ).toEqual([
    ['service', [['SessionOpened', undefined]]],
    ['alice', [['posts', undefined]]],
    [
      'bob',
      [
        ["is shown alice's message", 1],
        ['posts', undefined],
      ],
    ],
  ]);
});

it('elections have a lane a node, and an arrow from the last event of the epoch before', () => {
  const lanes = electionLanes([
    told(1, 'Seeded', {}),
    told(2, 'LeaderElected', { node: 'n1' }),
    told(3, 'MessagePosted', {}),
    told(4, 'LeaderElected', { node: 'n2' }, 2),
  ]);
  expect(lanes.map(({ name }) => name)).toEqual(['founding', 'n1', 'n2']);
  expect(lanes[2]!.events[0]).toMatchObject({ from: { machine: 'n1', number: 2 }, clock: 9 });
});
