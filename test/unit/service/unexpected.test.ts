import { expect, it } from 'vitest';
import { Unexpected } from '../../../src/service/unexpected.ts';

const notices: string[] = [];
const unexpected = new Unexpected({ notice: (line) => notices.push(line), detail: () => undefined });

function thrown(cause: () => unknown): unknown {
  try {
    return cause();
  } catch (error) {
    return error;
  }
}

it('what nobody reckoned with is told once for each kind, and never in the words of whoever sent it', () => {
  const missing = undefined as unknown as { verify(): void };
  for (let time = 0; time < 3; time++) {
    unexpected.tell(
      'it failed',
      thrown(() => missing.verify()),
    );
    unexpected.tell(
      'it failed',
      thrown(() => JSON.parse('a secret that is no JSON')),
    );
    unexpected.tell('it failed', Object.assign(new Error('no such file: words.txt'), { code: 'ENOENT' }));
    unexpected.tell(
      'it failed',
      thrown(() => Buffer.from(7 as unknown as string)),
    );
    unexpected.tell('it failed', 'a string');
  }
  expect(notices).toEqual([
    expect.stringMatching(
      /^it failed: TypeError, Cannot read properties of undefined .*, at .*unexpected\.test/,
    ),
    expect.stringMatching(/^it failed: SyntaxError, at JSON\.parse/),
    expect.stringMatching(/^it failed: ENOENT, no such file: words\.txt, at /),
    expect.stringMatching(/^it failed: ERR_INVALID_ARG_TYPE, at /),
    'it failed: something was thrown that is no error',
  ]);
});
