/** Elections and what else of note stands in the log. Pure. */
import type { LoggedEvent } from '../../service/logged.ts';
import type { Happening } from './view.ts';

export const notedTypes = ['Seeded', 'LeaderElected', 'CopiesChanged'] as const;

export function happeningOf({ type, at, position, epoch, data }: LoggedEvent): Happening | undefined {
  const place = { at: Date.parse(at), position };
  switch (type) {
    case 'Seeded':
      return { ...place, what: 'copies', node: '', text: `generation ${data.generation} begins` };
    case 'LeaderElected':
      return { ...place, what: 'election', node: String(data.node), text: `leads epoch ${epoch}` };
    case 'CopiesChanged': {
      const dead = (data.dead as readonly string[]).join(', ');
      const why = dead ? `without ${dead}` : 'with all';
      return { ...place, what: 'copies', node: dead, text: `${data.copies} copies make a commit, ${why}` };
    }
    default:
      return undefined;
  }
}
