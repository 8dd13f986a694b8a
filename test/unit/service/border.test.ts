import { beforeEach, describe, expect, it } from 'vitest';
import { type ClientCommand, guestCommand, userCommand } from '../../../src/events/commands.ts';
import { hashToken } from '../../../src/events/tokens.ts';
import type { Passwords } from '../../../src/ports/passwords.ts';
import { users } from '../../../src/projections/tables.ts';
import { answerFrom, answerSchema } from '../../../src/protocol/answers.ts';
import { digestOf, needsPreparation, prepare, weaknessOf } from '../../../src/service/prepare.ts';
import { type Told, World } from '../../support/world.ts';

/** Hashes that can be read, and a note of what was verified against what. */
class PlainPasswords implements Passwords {
  readonly verified: (string | undefined)[] = [];
  /** What happens while the first password is verified, and the second. */
  readonly meanwhile: (() => void)[] = [];

  async hash(password: string): Promise<string> {
    return `hash of ${password}`;
  }

  async verify(hash: string | undefined, password: string): Promise<boolean> {
    this.verified.push(hash);
    const isRight = hash === `hash of ${password}` || hash === `weak hash of ${password}`;
    await this.meanwhile.shift()?.();
    return isRight;
  }

  async isCommon(password: string): Promise<boolean> {
    return password === 'password1';
  }

  isOutdated(hash: string): boolean {
    return hash.startsWith('weak');
  }
}

const sha = 'a'.repeat(64);
let world: World;
let alice: string;
let passwords: PlainPasswords;

beforeEach(() => {
  world = new World();
  const register = {
    type: 'Register',
    name: 'Alice',
    passwordHash: 'hash of secret12',
    recoveryHash: sha,
  } as const;
  const event = world.tell('g-1', register);
  alice = event.type === 'UserRegistered' ? event.data.user : '';
  passwords = new PlainPasswords();
});

function prepared(command: ClientCommand, user = 'g-1') {
  if (!needsPreparation(command)) throw new Error('nothing to prepare');
  return prepare(command, user, () => world.rows, passwords);
}

describe('at the border', () => {
  it('a password is the same however its letters are put together, one hashed as it was typed included', async () => {
    const [one, two] = ['caf\u00e9 noir', 'cafe\u0301 noir'] as const;
    const command = { type: 'Register', id: 'c1', name: 'bob', password: two, recoveryHash: sha } as const;
    expect(await prepared(command)).toMatchObject({ passwordHash: `hash of ${one}` });
    const known = `hash of ${two}`;
    world.tell('g-2', { type: 'Register', name: 'old', passwordHash: known, recoveryHash: sha });
    expect(await logIn('old', two)).toMatchObject({ verifiedAgainst: known });
    world.tell('g-3', { type: 'Register', name: 'new', passwordHash: `hash of ${one}`, recoveryHash: sha });
    for (const typed of [one, two])
      expect(await logIn('new', typed)).toMatchObject({ verifiedAgainst: `hash of ${one}` });
  });

  const logIn = (name: string, password: string) =>
    prepared({ type: 'LogIn', id: 'c1', name, password, tokenHash: sha });
  const change = (password: string, user = alice) =>
    prepared({ type: 'ChangePassword', id: 'c1', password, newPassword: 'another1', tokenHash: sha }, user);

  it('a password is replaced by its hash and goes no further', async () => {
    const command = await prepared({
      type: 'Register',
      id: 'c1',
      name: 'Bob',
      password: 'secret12',
      recoveryHash: sha,
    });
    expect(command).toEqual({
      type: 'Register',
      id: 'c1',
      name: 'Bob',
      passwordHash: 'hash of secret12',
      recoveryHash: sha,
    });
  });

  it('a login is verified against the account of that name, in any spelling', async () => {
    expect(await logIn('ALICE', 'secret12')).toMatchObject({ verifiedAgainst: 'hash of secret12' });
    expect(await logIn('alice', 'wrong')).toMatchObject({ verifiedAgainst: null });
    expect(await logIn('alice', 'wrong')).not.toHaveProperty('password');
  });

  it('a login takes as long for somebody unknown or deleted: something is verified all the same', async () => {
    expect(await logIn('nobody', 'secret12')).toMatchObject({ verifiedAgainst: null });
    world.tell('g-1', {
      type: 'LogIn',
      name: 'Alice',
      verifiedAgainst: 'hash of secret12',
      tokenHash: sha,
    });
    world.tell(alice, { type: 'DeleteAccount', tokenHash: sha });
    expect(await logIn('alice', 'secret12')).toMatchObject({ verifiedAgainst: null });
    expect(await change('secret12')).toMatchObject({ verifiedAgainst: null });
    expect(passwords.verified).toEqual([undefined, undefined, undefined]);
  });

  it('a log-in by a hash that was made with less work than today makes another, and still logs in', async () => {
    world.tell(alice, {
      type: 'ChangePassword',
      verifiedAgainst: 'hash of secret12',
      passwordHash: 'weak hash of secret12',
      tokenHash: sha,
    });
    const command = await logIn('alice', 'secret12');
    expect(command).toMatchObject({
      verifiedAgainst: 'weak hash of secret12',
      passwordHash: 'hash of secret12',
    });
    expect(world.tell('g-1', command as Told)).toMatchObject({ type: 'LoggedIn' });
    expect(users.get(world.rows, alice)).toMatchObject({ passwordHash: 'hash of secret12' });
    expect(await logIn('alice', 'wrong')).not.toHaveProperty('passwordHash');
    expect(await logIn('alice', 'secret12')).not.toHaveProperty('passwordHash');
  });

  it('what was verified against a hash that is replaced meanwhile is verified once more', async () => {
    const change = (to: string) => () =>
      void world.tell(alice, {
        type: 'ChangePassword',
        verifiedAgainst: users.get(world.rows, alice)!.passwordHash,
        passwordHash: to,
        tokenHash: sha,
      });
    passwords.meanwhile.push(change('weak hash of secret12'));
    expect(await logIn('alice', 'secret12')).toMatchObject({ verifiedAgainst: 'weak hash of secret12' });
    passwords.meanwhile.push(change('hash of another1'));
    expect(await logIn('alice', 'secret12')).toMatchObject({ verifiedAgainst: null });
  });

  it('a recovery code is replaced by its SHA-256, the new password by its hash, whoever it is', async () => {
    const code = 'AAAA-BBBB';
    for (const name of ['alice', 'nobody']) {
      const command = await prepared({
        type: 'Recover',
        id: 'c1',
        name,
        recoveryCode: code,
        password: 'another1',
        recoveryHash: sha,
      });
      expect(command).toEqual({
        type: 'Recover',
        id: 'c1',
        name,
        recoveredBy: hashToken(code),
        passwordHash: 'hash of another1',
        recoveryHash: sha,
      });
    }
  });

  it.each([
    ['the name itself, in whatever letters', 'Somebody1', 'sOMEBODY1', 'That password is the name itself'],
    ['among the commonest', 'Somebody1', 'password1', 'among the first that anybody would try'],
  ])('a new password that is %s is refused, and an old one is not', async (_, name, chosen, words) => {
    const refused = { code: 'weak-password', message: expect.stringContaining(words) };
    const weakness = (command: ClientCommand, user = 'g-1') =>
      needsPreparation(command) ? weaknessOf(command, user, world.rows, passwords) : undefined;
    const somebody = world.register(name);
    const password = chosen;
    const hashes = { tokenHash: sha, id: 'c1' };
    for (const command of [
      { type: 'Register', id: 'c1', name, password, recoveryHash: sha },
      { type: 'Recover', id: 'c1', name, recoveryCode: '', password, recoveryHash: sha },
      { type: 'ChangePassword', ...hashes, password: 'x', newPassword: password },
    ] as const)
      expect(await weakness(command, somebody)).toEqual(refused);
    for (const command of [
      { type: 'LogIn', ...hashes, name, password },
      { type: 'ChangePassword', ...hashes, password, newPassword: 'something else' },
    ] as const)
      expect(await weakness(command, somebody)).toBeUndefined();
  });

  it('a change of the password is verified against the one who speaks', async () => {
    const command = await change('secret12');
    expect(command).toMatchObject({ verifiedAgainst: 'hash of secret12', passwordHash: 'hash of another1' });
    expect(Object.keys(command)).not.toContain('newPassword');
    expect(await change('wrong')).toMatchObject({ verifiedAgainst: null });
    expect(await change('secret12', 'u-nobody')).toMatchObject({ verifiedAgainst: null });
  });

  it('nothing else has to wait', () => {
    expect(needsPreparation({ type: 'PostMessage', id: 'c1', to: 'Bob', text: 'hi' })).toBe(false);
  });
});

describe('the digest of a command', () => {
  const fieldsOf = [...guestCommand.options, ...userCommand.options].map(({ shape }) => {
    return [shape.type.value, Object.keys(shape)] as const;
  });
  const hidden = new Set(['id', 'password', 'newPassword', 'recoveryCode']);

  it.each(fieldsOf)('%s tells another command from a repeat by every open field: %j (P1)', (_, fields) => {
    const command = Object.fromEntries(fields.map((field) => [field, 'one'])) as unknown as ClientCommand;
    for (const field of fields) {
      const changed = digestOf({ ...command, [field]: 'another' } as ClientCommand);
      expect(changed === digestOf(command), field).toBe(hidden.has(field));
    }
  });

  it('is the same for the same command, in whatever order its fields come', () => {
    const command: ClientCommand = { type: 'PostMessage', id: 'c1', to: 'Bob', text: 'hi' };
    const reversed = Object.fromEntries(Object.entries(command).reverse()) as ClientCommand;
    expect(digestOf(reversed)).toBe(digestOf(command));
  });

  it('is what it was before commands had more fields: logs hold it for ever (P1)', () => {
    const command: ClientCommand = { type: 'PostMessage', id: 'm-1', to: 'Bob', text: 'hi' };
    expect(digestOf(command)).toBe('bBOGQW6yy3n-TCxKkYns4l');
  });
});

describe('an answer', () => {
  it('says what the event says that answers, and no secret', () => {
    const bob = world.register('Bob');
    const posted = world.tell(alice, { type: 'PostMessage', to: 'Bob', text: 'hi' });
    const session = posted.type === 'MessagePosted' ? posted.data.session : '';
    expect(answerFrom(posted, 9)).toEqual({ id: posted.cause!.id, position: 9, at: posted.at, session });
    const refused = world.tell(alice, { type: 'PostMessage', to: 'Nobody', text: 'hi' });
    expect(answerFrom(refused, 10)).toMatchObject({ position: 10, refused: { code: 'unknown-user' } });
    const came = world.tell(bob, { type: 'ComeOnline' });
    expect(answerFrom(came, 11)).toEqual({ id: came.cause!.id, position: 11, at: came.at });
    const loggedIn = world.tell('g-1', { type: 'LogIn', name: 'Bob', verifiedAgainst: 'p1', tokenHash: sha });
    expect(answerFrom(loggedIn, 12)).toEqual({
      id: loggedIn.cause!.id,
      position: 12,
      at: loggedIn.at,
      user: bob,
    });
  });

  it('passes what clients check, whatever happened', () => {
    for (const { event, position } of world.stored) {
      expect(answerSchema.parse(answerFrom(event, position))).toEqual(answerFrom(event, position));
    }
  });
});
