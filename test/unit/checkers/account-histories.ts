/** Arbitrary histories of one account name, decided by the real actors, as clients would have seen them. */
import fc from 'fast-check';
import type { HistoryEvent, Result } from '../../../src/checkers/history.ts';
import type { DomainEvent } from '../../../src/events/domain.ts';
import { canonicalName } from '../../../src/events/names.ts';
import { names, users } from '../../../src/projections/tables.ts';
import { type Told, World } from '../../support/world.ts';
import { History } from './story.ts';

const passwords = ['p', 'q'];
const step = fc.record({
  op: fc.constantFrom(
    'register',
    'login',
    'login',
    'recover',
    'logout',
    'everywhere',
    'passwd',
    'passwd',
    'delete',
  ),
  password: fc.constantFrom(...passwords),
  newPassword: fc.constantFrom(...passwords),
  /** Which of the log-ins so far, from the latest back. */
  login: fc.nat({ max: 2 }),
  before: fc.nat({ max: 25 }),
  after: fc.nat({ max: 25 }),
  fate: fc.constantFrom('heard', 'heard', 'heard', 'heard', 'unheard', 'lost'),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Most begin with a registration, so that there is something to ask. */
export const anyAccountHistory: fc.Arbitrary<HistoryEvent[]> = fc
  .tuple(fc.boolean(), fc.array(step, { minLength: 5, maxLength: 20, size: 'max' }))
  .map(([isNew, steps]) => {
    const asked = steps.map((one, index) => (isNew || index > 0 ? one : { ...one, op: 'register' as const }));
    return new Life().live(asked);
  });

class Life {
  readonly #world = new World();
  readonly #history = new History();
  /** Recovery codes that somebody heard of. */
  readonly #codes: string[] = [];
  /** Log-ins that somebody heard of. */
  readonly #logins: { readonly user: string; readonly token: string }[] = [];

  live(steps: readonly Step[]): HistoryEvent[] {
    for (const [index, one] of steps.entries()) this.#do(one, index);
    return this.#history.events;
  }

  #do(one: Step, index: number): void {
    const { op, password, newPassword, before, after, fate } = one;
    const atMs = 10 * index + 100;
    const login = this.#logins.at(-1 - one.login);
    const token = `t${index}`;
    const code = `r${index}`;
    const guest = `g-ann.${index}`;
    const asked = (() => {
      switch (op) {
        case 'register': {
          const command = {
            type: 'Register',
            name: 'ann',
            passwordHash: password,
            recoveryHash: code,
          } as const;
          return { client: guest, sender: guest, part: { op, args: { password } } as const, command };
        }
        case 'recover': {
          const given = this.#codes.at(-1 - one.login) ?? 'no code';
          const command = {
            type: 'Recover',
            name: 'ann',
            recoveredBy: given,
            passwordHash: newPassword,
            recoveryHash: code,
          } as const;
          const args = { recovery_code: given, new_password: newPassword };
          return { client: guest, sender: guest, part: { op, args } as const, command };
        }
        case 'login': {
          const verifiedAgainst = this.#verified(names.get(this.#world.rows, canonicalName('ann')), password);
          const command = { type: 'LogIn', name: 'ann', verifiedAgainst, tokenHash: token } as const;
          return { client: guest, sender: guest, part: { op, args: { password, token } } as const, command };
        }
        default:
          return (
            login && {
              client: 'ann.1',
              sender: login.user,
              ...this.#ofUser(op, login, password, newPassword),
            }
          );
      }
    })();
    if (!asked) return;
    const event = fate === 'lost' ? undefined : this.#world.tell(asked.sender, asked.command);
    const times = [atMs - before, atMs + after] as const;
    const outcome = event && fate === 'heard' ? heard(event, code) : 'unknown';
    if (typeof outcome === 'object' && 'ok' in outcome && outcome.ok.recovery_code) this.#codes.push(code);
    this.#history.did(asked.client, `c-${index}`, asked.part, times, outcome);
    const last = this.#history.events.findLast((line) => line.type === 'invoke');
    if (login && last && last.user !== null) Object.assign(last, { user: login.user });
    if (op === 'login' && fate === 'heard' && event?.type === 'LoggedIn') {
      this.#logins.push({ user: event.data.user, token });
    }
  }

  #ofUser(
    op: 'logout' | 'everywhere' | 'passwd' | 'delete',
    { user, token }: { user: string; token: string },
    password: string,
    newPassword: string,
  ) {
    if (op === 'logout') {
      return {
        part: { op, args: { token } } as const,
        command: { type: 'LogOut', tokenHash: token } satisfies Told,
      };
    }
    if (op === 'everywhere') {
      return {
        part: { op: 'logout', args: { token, everywhere: true } } as const,
        command: { type: 'LogOutEverywhere', tokenHash: token } satisfies Told,
      };
    }
    if (op === 'delete') {
      return {
        part: { op, args: { token } } as const,
        command: { type: 'DeleteAccount', tokenHash: token } satisfies Told,
      };
    }
    const verifiedAgainst = this.#verified(user, password);
    const command = {
      type: 'ChangePassword',
      verifiedAgainst,
      passwordHash: newPassword,
      tokenHash: token,
    } as const;
    return { part: { op, args: { password, new_password: newPassword, token } } as const, command };
  }

  /** As the border does it; passwords are their own hashes here. */
  #verified(user: string | undefined, password: string): string | null {
    const known = user === undefined ? undefined : users.get(this.#world.rows, user)?.passwordHash;
    return known === password ? known : null;
  }
}

function heard(event: DomainEvent, code: string): { ok: Result } | { refused: string; position: number } {
  switch (event.type) {
    case 'CommandRefused':
      return { refused: event.data.code, position: 1 };
    case 'UserRegistered':
    case 'AccountRecovered':
      return { ok: { user: event.data.user, recovery_code: code } };
    case 'LoggedIn':
      return { ok: { user: event.data.user } };
    default:
      return { ok: {} };
  }
}
