import { expect, it } from 'vitest';
import {
  answerSubject,
  clientSubjects,
  formatIntroduction,
  parseIntroduction,
  userPermissions,
} from '../../../src/protocol/subjects.ts';

const user = 'u-0123456789abcdef';
const command = `verbatim.cmd.${user}.c-1`;

it.each([
  ['to the group of who asked', command, `_INBOX_${user}.x.1`, `verbatim.answer.${user}.x.1`],
  ['to the group of a guest who asked', 'verbatim.cmd.g-1.c-1', '_INBOX_g-1.x', 'verbatim.answer.g-1.x'],
  ['into the log', command, 'verbatim.log.1', undefined],
  ['among the nodes', command, 'verbatim.node.ack', undefined],
  ["into another's inbox", command, '_INBOX_u-fedcba9876543210.x', undefined],
  ['into an inbox that only begins alike', `verbatim.get.u-1.whoami`, '_INBOX_u-12.x', undefined],
  ['nowhere', command, '', undefined],
  ["into the operator's inbox", 'verbatim.ops.n1.status', '_INBOX_operator.x', '_INBOX_operator.x'],
  ['where an operator points to', 'verbatim.ops.n1.status', 'verbatim.log.1', undefined],
  ['to a node', 'verbatim.node.position', '_INBOX.abc', '_INBOX.abc'],
  ['into the log for a node', 'verbatim.node.position', 'verbatim.log.1', undefined],
])('an answer goes %s: %s to %s, %s (P9)', (_, subject, reply, expected) => {
  expect(answerSubject(subject, reply)).toBe(expected);
});

it('every subject that a user may publish to names the user, and no wildcard reaches another (P9)', () => {
  for (const subject of userPermissions(user).publish) expect(subject.split('.')[2]).toBe(user);
});

it('whoever looks on at matches does so in a group of their own, so that nobody is sent the same a hundred times', () => {
  const permitted = userPermissions(user).subscribe.filter((subject) => subject.startsWith('verbatim.match'));
  expect(permitted).toEqual([0, 1, 2].map((group) => `verbatim.match.* ${user}.${group}`));
  for (const client of ['c-0', 'c-1', 'c-z'])
    expect(permitted).toContain(`verbatim.match.* ${clientSubjects.onlookers(user, client)}`);
});

it('an introduction is understood as it was given, and nothing else is', () => {
  for (const cluster of [undefined, '0123456789abcdef']) {
    const introduction = { as: 'user', user, position: 7, cluster } as const;
    expect(parseIntroduction(formatIntroduction(introduction))).toEqual(introduction);
  }
  for (const text of [
    '',
    'node',
    'user:u-1:7',
    `user:${user}`,
    `user:${user}:-1`,
    `user:${user}:7 `,
    `user:${user}:7:`,
    `user:${user}:7:0123`,
    'guest:g-*',
    'guest:>',
  ]) {
    expect(parseIntroduction(text), text).toBeUndefined();
  }
});
