/**
 * Histories of the account `ann` as one line of text: `passwd 10-20 p/q t ok; login 11-12 q u wrong-credentials`.
 *
 * A step is an operation, when it was begun and ended, what it was given (`/` between the old and the new) and what came
 * of it: `ok` (with `=USER`, `=USER,CODE` where something else than `u-ann` was told), `unknown`, `killed`, `not-sent` or
 * a code. `begin` stands for an account with the password `p`, logged in to as `t`, at the time 3.
 */
import type { Invocation, Operation, Result } from '../../../src/checkers/history.ts';
import { operationsOf } from '../../../src/checkers/history.ts';
import { History } from './story.ts';

type Op = Exclude<Invocation['op'], 'send' | 'read' | 'group'>;
type Given = readonly [string, string, string];

const begin = 'register 0-1 p ok; login 2-3 p t ok';

const partOf = {
  register: ([password]: Given) => ({ op: 'register', args: { password } }) as const,
  login: ([password, , token]: Given) => ({ op: 'login', args: { password, token } }) as const,
  recover: ([recovery_code, new_password]: Given) => {
    return { op: 'recover', args: { recovery_code, new_password } } as const;
  },
  /** With a star: everywhere. */
  logout: ([, , token]: Given) => {
    const everywhere = token.endsWith('*') ? { everywhere: true } : {};
    return { op: 'logout', args: { token: token.replace('*', ''), ...everywhere } } as const;
  },
  passwd: ([password, new_password, token]: Given) => {
    return { op: 'passwd', args: { password, new_password, token } } as const;
  },
  delete: ([, , token]: Given) => ({ op: 'delete', args: { token } }) as const,
};

export function operationsIn(script: string): Operation[] {
  const history = new History();
  for (const [index, line] of script.replace('begin', begin).split('; ').entries()) {
    const [op = '', when = '', ...rest] = line.split(' ');
    if (!isOp(op)) throw new Error(`no operation: ${line}`);
    const [from, to] = when.split('-').map(Number);
    const [first, second = ''] = rest;
    const [password = '', next = ''] = op === 'logout' || op === 'delete' ? [] : (first ?? '').split('/');
    const token = op === 'logout' || op === 'delete' ? (first ?? '') : second;
    const client = op === 'logout' || op === 'delete' || op === 'passwd' ? 'ann.1' : `g-ann.${index}`;
    const part = partOf[op]([password, next, token]);
    history.did(client, `c-${index}`, part, [from ?? 0, to ?? 0], outcomeOf(op, rest.at(-1) ?? ''));
  }
  return operationsOf(history.events);
}

function isOp(word: string): word is Op {
  return Object.hasOwn(partOf, word);
}

function outcomeOf(op: Op, word: string): Parameters<History['did']>[4] {
  if (word === 'unknown' || word === 'killed' || word === 'not-sent') return word;
  const [outcome = '', told] = word.split('=');
  return outcome === 'ok' ? { ok: resultOf(op, told) } : { refused: outcome };
}

function resultOf(op: Op, told: string | undefined): Result {
  const [user, recovery_code] = (told ?? (op === 'register' || op === 'login' ? 'u-ann' : '')).split(',');
  return { ...(user ? { user } : {}), ...(recovery_code ? { recovery_code } : {}) };
}
