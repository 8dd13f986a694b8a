import { describe, expect, it } from 'vitest';
import { checkAccounts } from '../../../src/checkers/accounts.ts';
import { operationsOf } from '../../../src/checkers/history.ts';
import { operationsIn } from './account-script.ts';
import { History, promisesIn } from './story.ts';

const judge = (script: string) => checkAccounts(operationsIn(script));

describe('accounts (P3, P7)', () => {
  it.each([
    ['live until they are deleted', 'begin; logout 10-11 t ok; login 12-13 p u ok; delete 14-15 u ok'],
    ['are given to one of two at once', 'register 0-9 p name-taken; register 0-9 q ok'],
    ['are logged in to while they are registered', 'register 0-9 p ok; login 1-2 p t ok'],
    ['are not logged in to before', 'login 1-2 p t wrong-credentials; register 0-9 p ok'],
    ['open to the old password during a change', 'begin; passwd 10-20 p/q t ok; login 11-12 p u ok'],
    [
      'open to the new password during a change, and from then on',
      'begin; passwd 10-20 p/q t ok; login 11-12 q u ok; login 13-14 p v wrong-credentials',
    ],
    [
      'were perhaps registered, and were, a little later',
      'register 0-1 p unknown; login 5-6 p t wrong-credentials; login 9-10 p t ok; passwd 12-13 p/q t ok',
    ],
    ['were perhaps registered, and were not', 'register 0-1 p unknown; register 5-6 q ok'],
    [
      'were perhaps registered, after somebody else had had the name',
      'register 0-1 p killed; register 5-6 q ok; login 7-8 q t ok; delete 9-10 t ok; login 20-21 p u ok=u-2',
    ],
    [
      'perhaps got another password, much later',
      'begin; passwd 10-11 p/q t unknown; login 20-21 p u ok; login 30-31 q v ok; login 40-41 p w wrong-credentials',
    ],
    [
      'were perhaps logged out of',
      'begin; logout 10-11 t unknown; passwd 20-21 p/q t ok; logout 30-31 t not-logged-in',
    ],
    [
      'were perhaps deleted, and registered again',
      'begin; delete 10-11 t unknown; register 20-21 q name-taken; register 30-31 q ok=u-2; passwd 40-41 q/r t wrong-credentials',
    ],
    [
      'are left by all others when the password changes',
      'begin; login 4-5 p u ok; passwd 10-11 p/q t ok; logout 12-13 u not-logged-in; logout 14-15 t ok',
    ],
    [
      'obey those who were logged out and are connected still',
      'begin; logout 10-11 t ok; passwd 12-13 p/q t ok',
    ],
    [
      'are left everywhere',
      'begin; login 4-5 p u ok; logout 10-11 t* ok; logout 12-13 u not-logged-in; login 14-15 p v ok',
    ],
    [
      'are deleted once',
      'begin; delete 10-20 t ok; delete 10-20 t not-logged-in; delete 30-31 t not-logged-in',
    ],
    [
      'are recovered with the latest code',
      'register 0-1 p ok=u-ann,r1; recover 2-3 r1/q ok=,r2; recover 4-5 r1/x wrong-credentials; recover 6-7 r2/s ok; login 8-9 s t ok',
    ],
    [
      'are left by all when they are recovered',
      'register 0-1 p ok=u-ann,r1; login 2-3 p t ok; recover 4-5 r1/q ok; logout 6-7 t not-logged-in',
    ],
    [
      'are not concerned by what was not sent or not decided',
      'register 0-1 p not-sent; register 2-3 p malformed; register 4-5 q ok; login 6-7 p t wrong-credentials',
    ],
  ])('are fine that %s', (_, script) => {
    expect(judge(script)).toEqual([]);
  });

  it.each([
    ['are given to two', 'register 0-9 p ok; register 0-9 q ok=u-2'],
    ['are taken before anybody had them', 'register 0-1 p name-taken; register 2-3 p ok'],
    ['are free while somebody has them', 'begin; register 10-11 q ok=u-2'],
    ['are taken after they were deleted', 'begin; delete 10-11 t ok; register 20-21 q name-taken'],
    ['open to a wrong password', 'begin; login 10-11 q u ok'],
    ['do not open to the right one', 'begin; login 10-11 p u wrong-credentials'],
    ['open to the old one after a change', 'begin; passwd 10-11 p/q t ok; login 12-13 p u ok'],
    ['go back to the old one', 'begin; passwd 10-20 p/q t ok; login 11-12 q u ok; login 13-14 p v ok'],
    ['change the password on a wrong one', 'begin; passwd 10-11 x/q t ok'],
    ['refuse to change it on the right one', 'begin; passwd 10-11 p/q t wrong-credentials'],
    ['open after they were deleted', 'begin; delete 10-11 t ok; login 12-13 p u ok'],
    ['open to another user', 'begin; login 10-11 p u ok=u-2'],
    ['are logged out of twice', 'begin; logout 10-20 t ok; logout 10-20 t ok'],
    ['do not know who is logged in', 'begin; logout 10-11 t not-logged-in'],
    ['keep others logged in', 'begin; login 4-5 p u ok; passwd 10-11 p/q t ok; logout 12-13 u ok'],
    ['log out who changes the password', 'begin; passwd 10-11 p/q t ok; logout 12-13 t not-logged-in'],
    ['are deleted by a log-in that was ended', 'begin; logout 10-11 t ok; delete 12-13 t ok'],
    ['stay open when left everywhere', 'begin; login 4-5 p u ok; logout 10-11 t* ok; logout 12-13 u ok'],
    ['are deleted twice', 'begin; delete 10-20 t ok; delete 10-20 t ok'],
    ['cannot be deleted while they are there', 'begin; delete 10-11 t not-possible'],
    ['deny the user who is logged in', 'begin; delete 10-11 t not-logged-in'],
    ['obey a user who is gone', 'begin; delete 10-11 t ok; register 12-13 p ok=u-2; passwd 14-15 p/q t ok'],
    [
      'are deleted by a user who is gone',
      'begin; delete 10-11 t ok; register 12-13 p ok=u-2; delete 14-15 t ok',
    ],
    ['are recovered twice with one code', 'register 0-1 p ok=,r1; recover 2-3 r1/q ok; recover 4-5 r1/s ok'],
    ['are recovered with a code that nobody was told', 'register 0-1 p ok; recover 2-3 r1/q ok'],
    ['refuse the right code', 'register 0-1 p ok=,r1; recover 2-3 r1/q wrong-credentials'],
    [
      'keep the old password when recovered',
      'register 0-1 p ok=u-ann,r1; recover 2-3 r1/q ok; login 4-5 p t ok',
    ],
    ['change perhaps, and back', 'begin; passwd 10-11 p/q t unknown; login 20-21 q u ok; login 30-31 p v ok'],
    ['change before it was asked', 'begin; login 5-6 q u ok; passwd 10-11 p/q t unknown'],
    ['change by what was not sent', 'begin; passwd 10-11 p/q t not-sent; login 20-21 q u ok'],
    ['change by what nobody decided', 'begin; passwd 10-11 p/q t not-now; login 20-21 q u ok'],
    ['refuse for a reason that is none', 'begin; login 10-11 x u name-taken'],
    ['come back under an old id', 'begin; delete 10-11 t ok; register 12-13 p unknown; login 20-21 p u ok'],
  ])('are not fine that %s', (_, script) => {
    expect(promisesIn(judge(script))).toEqual(['P3']);
  });

  it('are each judged by themselves, under whatever spelling, with the calls at fault as evidence', () => {
    const history = new History();
    const register = { op: 'register', args: { password: 'p' } } as const;
    history.did('g-ann.1', 'c-1', register, [0, 1], { ok: { user: 'u-1' } });
    history.did('g-bob.1', 'c-1', register, [2, 3], { ok: { user: 'u-2' } });
    history.did('g-Ann.1', 'c-2', register, [4, 5], { ok: { user: 'u-3' } });
    const [found, ...others] = checkAccounts(operationsOf(history.events));
    expect(others).toEqual([]);
    expect(found?.what).toBe('the account ann cannot have answered so: register c-2 of g-Ann.1: ok');
    expect(found?.evidence).toContainEqual(expect.objectContaining({ client: 'g-Ann.1', id: 'c-2' }));
  });

  it.each([
    ['x', { ok: {} }, []],
    ['x', 'unknown', []],
    ['x', { refused: 'not-now' }, []],
    ['x', { refused: 'wrong-credentials' }, ['P3']], // somebody has logged in with the new one
    ['y', { ok: {} }, ['P3']], // it could not have been done twice
  ] as const)(
    'take a change given again as %s and answered with %o for what it is',
    (id, outcome, promises) => {
      const history = new History();
      const login = (password: string, token: string) =>
        ({ op: 'login', args: { password, token } }) as const;
      const change = { op: 'passwd', args: { password: 'p', new_password: 'q', token: 't' } } as const;
      history.did('g-ann.1', 'r', { op: 'register', args: { password: 'p' } }, [0, 1], {
        ok: { user: 'u-ann' },
      });
      history.did('g-ann.2', 'l', login('p', 't'), [2, 3], { ok: { user: 'u-ann' } });
      history.did('ann.1', 'x', change, [4, 5], 'unknown');
      history.did('g-ann.3', 'm', login('q', 'u'), [6, 7], { ok: { user: 'u-ann' } });
      history.did('ann.2', id, change, [8, 9], outcome);
      expect(promisesIn(checkAccounts(operationsOf(history.events)))).toEqual(promises);
    },
  );

  it('are not fine when one command has two answers; that two guests have one id is fine', () => {
    const register = { op: 'register', args: { password: 'p' } } as const;
    const twice = (other: string, outcome: Parameters<History['did']>[4]) => {
      const history = new History();
      history.did('g-ann.1', 'c-1', register, [0, 1], { ok: { user: 'u-1' } });
      history.did(other, 'c-1', register, [2, 3], outcome);
      return promisesIn(checkAccounts(operationsOf(history.events)));
    };
    expect(twice('g-ann.1', { ok: { user: 'u-1' } })).toEqual([]);
    expect(twice('g-ann.1', { ok: { user: 'u-2' } })).toEqual(['P1']);
    expect(twice('g-ann.1', { refused: 'name-taken' })).toEqual(['P1']);
    expect(twice('g-ann.2', { refused: 'name-taken' })).toEqual([]);
  });

  it('end the oldest log-in when there are too many', () => {
    const many = (count: number, then: string) => {
      const logins = Array.from(
        { length: count },
        (_, login) => `login ${10 * login + 5}-${10 * login + 6} p t${login} ok`,
      );
      return promisesIn(judge(['register 0-1 p ok', ...logins, then].join('; ')));
    };
    expect(many(33, 'logout 900-901 t0 not-logged-in; logout 902-903 t1 ok')).toEqual([]);
    expect(many(33, 'logout 900-901 t0 ok')).toEqual(['P3']);
    expect(many(32, 'logout 900-901 t0 ok')).toEqual([]);
    expect(many(32, 'logout 900-901 t0 not-logged-in')).toEqual(['P3']);
  });

  it('are left undecided, and that is told, when the search takes too long', () => {
    expect(promisesIn(checkAccounts(operationsIn('begin; logout 10-11 t ok'), { maxSteps: 2 }))).toEqual([
      'undecided',
    ]);
    expect(checkAccounts(operationsIn('begin; logout 10-11 t ok'), { maxSteps: 3 })).toEqual([]);
  });
});
