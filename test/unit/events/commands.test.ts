import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecError } from '../../../src/events/codec.ts';
import { batchSchema, type ClientCommand, guestCommand, userCommand } from '../../../src/events/commands.ts';
import { limits } from '../../../src/events/limits.ts';
import { canonicalName, userName } from '../../../src/events/names.ts';

const sha = 'a'.repeat(64);

/** One of each: a new kind of command does not compile before it stands here. */
const commands: { [T in ClientCommand['type']]: Extract<ClientCommand, { type: T }> } = {
  Register: { type: 'Register', id: 'c1', name: 'Alice', password: 'password', recoveryHash: sha },
  LogIn: { type: 'LogIn', id: 'c1', name: 'Alice', password: 'x', tokenHash: sha },
  Recover: {
    type: 'Recover',
    id: 'c1',
    name: 'Alice',
    recoveryCode: 'x',
    password: 'password',
    recoveryHash: sha,
  },
  PostMessage: { type: 'PostMessage', id: 'c1', to: 'Bob', text: 'hi' },
  OpenGroup: { type: 'OpenGroup', id: 'c1', topic: 'lunch', members: ['Bob', 'Carol'] },
  Invite: { type: 'Invite', id: 'c1', session: 's-1', name: 'Dave' },
  LeaveGroup: { type: 'LeaveGroup', id: 'c1', session: 's-1' },
  SetTopic: { type: 'SetTopic', id: 'c1', session: 's-1', topic: '' },
  OpenMatch: { type: 'OpenMatch', id: 'c1', name: 'Bob', points: 11 },
  JoinMatch: { type: 'JoinMatch', id: 'c1', match: 'p-1' },
  DeclineMatch: { type: 'DeclineMatch', id: 'c1', match: 'p-1' },
  ReadyForMatch: { type: 'ReadyForMatch', id: 'c1', match: 'p-1' },
  PauseMatch: { type: 'PauseMatch', id: 'c1', match: 'p-1' },
  ForfeitMatch: { type: 'ForfeitMatch', id: 'c1', match: 'p-1' },
  Rematch: { type: 'Rematch', id: 'c1', match: 'p-1' },
  MarkRead: { type: 'MarkRead', id: 'c1', session: 's-1', upTo: 1 },
  MarkShown: { type: 'MarkShown', id: 'c1', upTo: 1 },
  ComeOnline: { type: 'ComeOnline', id: 'c1' },
  GoOffline: { type: 'GoOffline', id: 'c1' },
  LogOut: { type: 'LogOut', id: 'c1', tokenHash: sha },
  ChangePassword: {
    type: 'ChangePassword',
    id: 'c1',
    password: 'x',
    newPassword: 'password',
    tokenHash: sha,
  },
  LogOutEverywhere: { type: 'LogOutEverywhere', id: 'c1', tokenHash: sha },
  DeleteAccount: { type: 'DeleteAccount', id: 'c1', tokenHash: sha },
};
const guests = new Set(['Register', 'LogIn', 'Recover']);
const schemaOf = (type: string) => (guests.has(type) ? guestCommand : userCommand);

function refusalOf(command: object): { field: string; message: string } {
  const parsed = schemaOf((command as { type: string }).type).safeParse(command);
  if (parsed.success) throw new Error(`understood ${JSON.stringify(command)}`);
  return codecError(parsed.error);
}

describe('a command', () => {
  const each = Object.entries(commands);

  it.each(each)('%s is understood as it is', (type, command) => {
    expect(schemaOf(type).parse(command)).toEqual(command);
  });

  it.each(each)('%s belongs to one side of the login alone (P9)', (type, command) => {
    const other = guests.has(type) ? userCommand : guestCommand;
    expect(other.safeParse(command).success).toBe(false);
  });

  it.each(each)('%s is refused with a field that nobody knows, by its name (P10)', (_, command) => {
    expect(refusalOf({ ...command, surplus: 1 })).toMatchObject({
      field: 'surplus',
      message: 'surplus: unknown field',
    });
  });

  it.each(each)(
    '%s is refused without one of its fields, or with one of another type, by its name (P10)',
    (_, command) => {
      for (const field of Object.keys(command)) {
        if (field === 'type') continue;
        expect(refusalOf({ ...command, [field]: undefined }).field).toBe(field);
        expect(refusalOf({ ...command, [field]: [] }).field).toBe(field);
      }
    },
  );
});

describe('bad input is refused in words (P10):', () => {
  const { Register, PostMessage, MarkShown, LogOut, ChangePassword } = commands;
  it.each<[string, object, string]>([
    ['an empty message', { ...PostMessage, text: '' }, 'a message is not empty'],
    [
      'a message of too many bytes',
      { ...PostMessage, text: 'ß'.repeat(8 * 1024 + 1) },
      'at most 16384 bytes',
    ],
    ['half a character', { ...PostMessage, text: '\ud83d' }, 'well-formed Unicode'],
    ['a short password', { ...Register, password: '1234567' }, 'at least 8 characters'],
    ['a long password', { ...ChangePassword, newPassword: 'x'.repeat(257) }, 'at most 256 characters'],
    ['a name of 10,000 characters', { ...Register, name: 'x'.repeat(10_000) }, 'at most 32 characters'],
    [
      'a name that grows when it is normalised',
      { ...Register, name: 'ﷺ'.repeat(3) },
      'at most 32 characters',
    ],
    ['a name with control characters', { ...Register, name: 'a\u001b[31m' }, 'is made of letters, digits'],
    ['a name with a space', { ...PostMessage, to: 'a b' }, 'is made of letters, digits'],
    ['a name that begins with a dot', { ...Register, name: '.a' }, 'starts with a letter or digit'],
    ['an empty name', { ...Register, name: '' }, 'is made of letters, digits'],
    ['a token that is no hash', { ...LogOut, tokenHash: 'A'.repeat(64) }, 'SHA-256'],
    ['an id with a slash', { ...MarkShown, id: 'a/b' }, 'an id is 1 to 64 characters'],
    ['an id that is too long', { ...MarkShown, id: 'x'.repeat(65) }, 'an id is 1 to 64 characters'],
    ['a position before the first', { ...MarkShown, upTo: 0 }, 'upTo'],
    ['half a position', { ...MarkShown, upTo: 1.5 }, 'upTo'],
  ])('%s', (_, command, words) => {
    expect(refusalOf(command).message).toContain(words);
  });

  it('but the largest message that there may be is understood', () => {
    const text = 'ß'.repeat(limits.textBytesMax / 2);
    expect(userCommand.parse({ ...PostMessage, text })).toMatchObject({ text });
  });
});

describe('a batch', () => {
  const batch = { after: null, clock: 0, commands: [] };

  it('does not look into its commands: one that is malformed does not spoil the others', () => {
    expect(batchSchema.parse({ ...batch, commands: [7, commands.ComeOnline] }).commands).toHaveLength(2);
  });

  it('is understood whatever its clock: it may have it from somebody who turned it forward (P10)', () => {
    const most = batchSchema.parse({ ...batch, clock: Number.MAX_SAFE_INTEGER }).clock;
    expect(most).toBeGreaterThan(10 ** 12);
    expect(most).toBeLessThan(Number.MAX_SAFE_INTEGER / 16); // everything that ever happens still counts up from there
  });

  it.each([
    { ...batch, after: 'a b' },
    { ...batch, clock: -1 },
    { ...batch, commands: Array.from({ length: limits.commandsPerRequestMax + 1 }, () => null) },
    { ...batch, surplus: 1 },
  ])('is refused when it is not one: %#', (misfit) => {
    expect(batchSchema.safeParse(misfit).success).toBe(false);
  });
});

describe('a name', () => {
  it('is kept as it was written, and compared without regard to case or width', () => {
    expect(userName.parse('Ａlice')).toBe('Alice');
    expect(['ALICE', 'ａlice', 'alice'].map(canonicalName)).toEqual(['alice', 'alice', 'alice']);
  });

  it.each(['Ünsal', '李雷', 'o-neil_2.0', '7of9', 'नमस्ते'])('may be %s', (name) => {
    expect(userName.parse(name)).toBe(name.normalize('NFKC'));
  });

  it('that is understood is one line of letters, digits and marks, and stays the same name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const parsed = userName.safeParse(text);
        if (!parsed.success) return;
        expect(parsed.data).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,31}$/u);
        expect(userName.parse(parsed.data)).toBe(parsed.data);
        expect(canonicalName(parsed.data)).toBe(canonicalName(text));
      }),
    );
  });
});
