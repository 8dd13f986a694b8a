/** What is of note: elections and the like, which stand in the log, and what was seen while somebody looked. Pure. */
import type { LoggedEvent } from '../../service/logged.ts';
import type { Happening, NodeRow } from './view.ts';

export const notedTypes = ['Seeded', 'LeaderElected', 'CopiesChanged'] as const;

export function happeningOf({ type, at, position, epoch, data }: LoggedEvent): Happening[] {
  const place = { at: Date.parse(at), position };
  switch (type) {
    case 'Seeded':
      return [{ ...place, what: 'copies', node: '', text: `generation ${data.generation} begins` }];
    case 'LeaderElected':
      return [{ ...place, what: 'election', node: String(data.node), text: `leads epoch ${epoch}` }];
    case 'CopiesChanged': {
      const dead = (data.dead as readonly string[]).join(', ');
      const why = dead ? `without ${dead}` : 'with all';
      return [{ ...place, what: 'copies', node: dead, text: `${data.copies} copies make a commit, ${why}` }];
    }
    default:
      return [];
  }
}

const noteworthy: Readonly<Record<string, [Happening['what'], string]>> = {
  'campaigning.waiting': ['election', 'campaigns'],
  settingAside: ['copy', 'gives up its copy and takes a full one'],
  checking: ['fault', 'doubts its rows and checks them'],
  frozen: ['fault', 'is frozen'],
  disconnected: ['fault', 'lost its connection'],
  'seeding.waiting': ['election', 'finds the stream lost'],
};

/** That it leads says the log. */
export function replicaHappening(node: string, state: string, before: string, at: number): Happening[] {
  const found = noteworthy[state];
  const topBefore = before.split('.')[0];
  if (!found || topBefore === state.split('.')[0]) return [];
  const [what, text] = found;
  return [{ at: Math.round(at), what, node, text, position: null }];
}

/** @param before undefined where it is seen for the first time: what was before that nobody knows. */
export function nodeHappening(now: NodeRow, before: NodeRow | undefined, at: number): Happening[] {
  if (!before) return [];
  const texts: string[] = [];
  if (before.role !== null && now.role === null) texts.push('is silent');
  if (before.role === null && now.role !== null) texts.push('is back');
  if (now.said && before.said && now.said.pid !== before.said.pid) texts.push('was started again');
  return texts.map((text) => ({ at: Math.round(at), what: 'fault', node: now.node, text, position: null }));
}
