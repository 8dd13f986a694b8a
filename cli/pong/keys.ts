/** Every key and what it does where. The line of help at the foot and the document (`docs/pong.md`) are made from this table. */
import type { Direction } from '../../src/client/pong.ts';
import type { Where } from './state.ts';

export type Act =
  | { readonly kind: 'move' | 'run'; readonly direction: Direction }
  | { readonly kind: 'choose'; readonly by: 1 | -1 }
  | { readonly kind: 'practise'; readonly level: 'easy' | 'hard' }
  | {
      readonly kind:
        | 'enter'
        | 'invite'
        | 'decline'
        | 'ready'
        | 'pause'
        | 'forfeit'
        | 'rematch'
        | 'overlay'
        | 'leave'
        | 'yes'
        | 'no'
        | 'quit'
        | 'suspend'
        | 'redraw';
    };

export interface KeyUse {
  /** As `cli/tui/keys.ts` names them, or letters. */
  readonly keys: readonly string[];
  /** For people; those without are not listed at the foot. */
  readonly label?: string;
  readonly help: string;
  /** Undefined: everywhere. */
  readonly where?: readonly Where[];
  readonly act: Act;
}

const atMatch: readonly Where[] = ['playing', 'readying', 'readied', 'waiting', 'over', 'watching'];

export const keyTable: readonly KeyUse[] = [
  use(['up', 'w', 'k'], 'up', ['playing'], { kind: 'move', direction: -1 }, 'W ↑'),
  use(['down', 's', 'j'], 'down', ['playing'], { kind: 'move', direction: 1 }, 'S ↓'),
  use(['S-up', 'W', 'K'], 'up, until another key is pressed', ['playing'], { kind: 'run', direction: -1 }),
  use(['S-down', 'S', 'J'], 'down, until another key is pressed', ['playing'], { kind: 'run', direction: 1 }),
  use([' ', 'x'], 'stand still', ['playing'], { kind: 'run', direction: 0 }),
  use([' ', 'enter'], 'ready', ['readying'], { kind: 'ready' }, 'Space'),
  use(['p'], 'pause', ['playing'], { kind: 'pause' }, 'P'),
  use(['f'], 'forfeit', ['playing', 'readying', 'readied'], { kind: 'forfeit' }, 'F'),
  use(['r'], 'rematch', ['over'], { kind: 'rematch' }, 'R'),
  use(['up', 'k'], 'choose', ['hall'], { kind: 'choose', by: -1 }, '↑↓'),
  use(['down', 'j'], 'choose', ['hall'], { kind: 'choose', by: 1 }),
  use(['enter'], 'join or go on', ['hall'], { kind: 'enter' }, 'Enter'),
  use(['enter', ' '], 'accept', ['invited'], { kind: 'enter' }, 'Enter'),
  use(['d'], 'decline, or withdraw', ['hall', 'invited', 'waiting'], { kind: 'decline' }, 'D'),
  use(['i'], 'invite somebody', ['hall'], { kind: 'invite' }, 'I'),
  use(['e'], 'easy bot', ['hall'], { kind: 'practise', level: 'easy' }, 'E'),
  use(['h'], 'hard bot', ['hall'], { kind: 'practise', level: 'hard' }, 'H'),
  use(['o', 'f1'], 'info', atMatch, { kind: 'overlay' }, 'O'),
  use(['y'], 'yes', ['asked'], { kind: 'yes' }, 'Y'),
  use(['n', 'escape'], 'no', ['asked'], { kind: 'no' }, 'N'),
  use(['q', 'escape'], 'leave', [...atMatch, 'invited', 'hall'], { kind: 'leave' }, 'Q'),
  use(['C-c', 'C-d'], 'quit at once; a match can be gone on with', undefined, { kind: 'quit' }),
  use(['C-z'], 'suspend; `fg` comes back', undefined, { kind: 'suspend' }),
  use(['C-l'], 'draw the screen anew', undefined, { kind: 'redraw' }),
];

function use(
  keys: readonly string[],
  help: string,
  where: readonly Where[] | undefined,
  act: Act,
  label?: string,
): KeyUse {
  return { keys, help, act, ...(where ? { where } : {}), ...(label === undefined ? {} : { label }) };
}

export function useOf(key: string, where: Where): KeyUse | undefined {
  return keyTable.find((one) => one.keys.includes(key) && (one.where?.includes(where) ?? true));
}

/** What can be done here. */
export function helpFor(where: Where): string[] {
  return keyTable
    .filter((one) => one.label !== undefined && one.where?.includes(where))
    .map(({ label, help }) => `${label} ${help}`);
}
