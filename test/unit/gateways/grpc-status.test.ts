/** What a failed call tells a program, whoever could not or would not do it. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { grpcDocument, path } from '../../../scripts/grpc-doc.ts';
import { Refused, Unanswered } from '../../../src/client/errors.ts';
import { failureOf } from '../../../src/gateways/failure.ts';
import { problemOf } from '../../../src/gateways/grpc/client.ts';
import { endingOf } from '../../../src/gateways/grpc/status.ts';

const told = (error: unknown, log: (line: string) => void = () => undefined) =>
  problemOf(endingOf(failureOf(error, log), error instanceof Unanswered ? error.id : undefined));

it('an unknown outcome is to be repeated under the same id (P6)', () => {
  expect(told(new Unanswered('unknown', 'nobody answered in time', { id: 'm-1' }))).toMatchObject({
    status: 'DEADLINE_EXCEEDED',
    reason: 'OUTCOME_UNKNOWN',
    retryMs: 200,
    metadata: { outcome: 'unknown', id: 'm-1' },
  });
});

it('what was not sent is to be tried again (P6)', () => {
  expect(told(new Unanswered('not-sent', 'there is no leader at present'))).toMatchObject({
    status: 'UNAVAILABLE',
    reason: 'UNAVAILABLE',
    retryMs: 200,
    metadata: { outcome: 'not-done' },
  });
});

it('a refusal is its reason, with no advice to try again', () => {
  const problem = told(new Refused('name-taken', 'Somebody has it.'));
  expect(problem).toEqual({
    status: 'ALREADY_EXISTS',
    reason: 'NAME_TAKEN',
    message: 'Somebody has it.',
    metadata: { outcome: 'not-done' },
  });
});

it('what nobody foresaw is said to the operator, and not to the far end', () => {
  const lines: string[] = [];
  const problem = told(new Error('a secret'), (line) => lines.push(line));
  expect(problem).toMatchObject({ status: 'INTERNAL', metadata: { outcome: 'unknown' } });
  expect(JSON.stringify(problem)).not.toContain('secret');
  expect(lines.join()).toContain('a secret');
});

it('a refusal of a later version is not taken for another', () => {
  expect(endingOf(failureOf(new Refused('too-modern', 'Later.'), () => undefined)).code).toBe(status.UNKNOWN);
});

it('docs/grpc.md says what the tables say (npx tsx scripts/grpc-doc.ts)', () => {
  expect(readFileSync(path, 'utf8')).toBe(grpcDocument());
});

it('the .proto files keep the rules of buf', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const lint = [join(root, 'node_modules/@bufbuild/buf/bin/buf'), 'lint', join(root, 'proto')];
  const { status: ended, stdout } = spawnSync(process.execPath, lint, { encoding: 'utf8' });
  expect({ ended, stdout }).toEqual({ ended: 0, stdout: '' });
});
