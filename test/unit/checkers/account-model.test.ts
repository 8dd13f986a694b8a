import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccountCommand,
  type Answered,
  accountModel,
  isAccountCommand,
} from '../../../src/checkers/account-model.ts';
import { checkAccounts } from '../../../src/checkers/accounts.ts';
import { type Operation, operationsOf } from '../../../src/checkers/history.ts';
import type { Call } from '../../../src/checkers/linearizability.ts';
import { anyAccountHistory } from './account-histories.ts';
import { isLinearizable } from './registers.ts';
import { promisesIn } from './story.ts';

const runs = { numRuns: 300 };

describe('the account model', () => {
  it('agrees with those who decide, whatever is asked and however that overlaps', () => {
    const answers = new Set<string>();
    fc.assert(
      fc.property(anyAccountHistory, (events) => {
        const operations = operationsOf(events);
        for (const { op, completion } of operations) {
          const code = completion?.outcome === 'refused' ? completion.code : completion?.outcome;
          answers.add(`${op} ${code}`);
        }
        expect(checkAccounts(operations)).toEqual([]);
      }),
      runs,
    );
    const refused = [
      'register name-taken',
      'login wrong-credentials',
      'passwd wrong-credentials',
      'logout not-logged-in',
    ];
    const obeyed = ['register ok', 'login ok', 'logout ok', 'passwd ok', 'delete ok'];
    expect([...answers], 'all of these came up').toEqual(expect.arrayContaining([...refused, ...obeyed]));
  });

  it('says of histories with one wrong answer what trying everything says', () => {
    const seen = { true: 0, false: 0 };
    const corrupted = fc.tuple(anyAccountHistory, fc.nat(), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(corrupted, ([events, which, how]) => {
        const operations = operationsOf(events).slice(0, 6);
        const victim = which % Math.max(operations.length, 1);
        const altered = operations.map((one, index) => (index === victim ? withWrongAnswer(one, how) : one));
        const commands = altered.filter(isAccountCommand);
        const isFine = isLinearizable(commands.map(callOf), accountModel(commands));
        seen[`${isFine}`] += 1;
        expect(promisesIn(checkAccounts(altered))).toEqual(isFine ? [] : ['P3']);
      }),
      runs,
    );
    expect(Math.min(seen.true, seen.false), 'both kinds came up').toBeGreaterThan(runs.numRuns / 20);
  });
});

const codes = ['name-taken', 'wrong-credentials', 'not-logged-in'];

function withWrongAnswer(operation: Operation, how: number): Operation {
  const { completion, client, call } = operation;
  if (completion?.outcome !== 'ok' && completion?.outcome !== 'refused') return operation;
  const { completed_ms } = completion;
  const common = { type: 'complete', client, call, completed_ms } as const;
  const code = codes[how];
  if (code !== undefined) return { ...operation, completion: { ...common, outcome: 'refused', code } };
  return { ...operation, completion: { ...common, outcome: 'ok', result: { user: 'u-other' } } };
}

function callOf(input: AccountCommand): Call<AccountCommand, Answered> {
  const { completion, invoked_ms: invokedMs } = input;
  const isAnswered = completion?.outcome === 'ok' || completion?.outcome === 'refused';
  const answer = isAnswered ? { output: completion, answeredMs: completion.completed_ms } : undefined;
  return { input, invokedMs, answer };
}
