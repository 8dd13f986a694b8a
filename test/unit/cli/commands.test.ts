import { describe, expect, it } from 'vitest';
import { helpLines, parseTyped, splitName } from '../../../cli/chat/commands.ts';

describe('what is typed into the chat', () => {
  it.each([
    ['hello', { kind: 'words', text: 'hello' }],
    ['//etc/passwd', { kind: 'words', text: '/etc/passwd' }],
    ['   ', { kind: 'nothing' }],
    ['/users', { kind: 'command', name: 'users', argument: '' }],
    ['/msg bob  two  words', { kind: 'command', name: 'msg', argument: 'bob  two  words' }],
    ['/delete account', { kind: 'command', name: 'delete account', argument: '' }],
    ['/mgs bob', { kind: 'unknown', name: 'mgs', nearest: 'msg' }],
    ['/delete', { kind: 'unknown', name: 'delete', nearest: 'delete account' }],
    ['/usersx', { kind: 'unknown', name: 'usersx', nearest: 'users' }],
    ['/xyzzyxyzzy', { kind: 'unknown', name: 'xyzzyxyzzy', nearest: undefined }],
  ])('%j', (line, typed) => {
    expect(parseTyped(line)).toEqual(typed);
  });

  it('takes a name from the words behind it', () => {
    expect(splitName('bob  two  words')).toEqual({ name: 'bob', text: 'two  words' });
    expect(splitName('bob')).toEqual({ name: 'bob', text: '' });
    expect(splitName('')).toEqual({ name: '', text: '' });
  });

  it('lists every command but one', () => {
    const help = helpLines().join('\n');
    for (const name of [
      'msg',
      'users',
      'sessions',
      'transcript',
      'replay',
      'delete account',
      'logout',
      'help',
      'quit',
    ]) {
      expect(help).toContain(`/${name}`);
    }
    expect(help).not.toContain('parrot');
  });
});
