/**
 * Accounts: what was answered to those who registered, logged in and out, changed or recovered a password or deleted an
 * account is what one account name, asked one thing after the other, would have answered (P3, P7).
 *
 * Nobody but the one who holds the name is told whether a registration, a password or a log-in counts, so positions prove
 * nothing here; that two people were both given a name shows in their answers alone. Each name is judged by itself: what
 * happens to one has no bearing on another, and a search over a few calls is short where one over all is hopeless.
 */
import { canonicalName } from '../events/names.ts';
import { type AccountCommand, type Answered, accountModel, isAccountCommand } from './account-model.ts';
import { groupBy } from './grouping.ts';
import { type Command, isRecorded, type Operation } from './history.ts';
import { type Call, type Effort, linearize } from './linearizability.ts';
import { type Violation, violation } from './violation.ts';

export function checkAccounts(operations: readonly Operation[], effort: Effort = {}): Violation[] {
  const commands = operations.filter(isAccountCommand).filter(mayMatter);
  const byCommand = groupBy(commands, identityOf);
  const ambiguous = [...byCommand.values()].flatMap(checkAnswers);
  if (ambiguous.length > 0) return ambiguous;
  const calls = [...byCommand.values()].flatMap((attempts) => callOf(attempts) ?? []);
  const byName = groupBy(calls, ({ input }) => canonicalName(input.name));
  return [...byName].flatMap(([name, about]) => checkName(name, about, effort));
}

function checkName(
  name: string,
  calls: readonly Call<AccountCommand, Answered>[],
  effort: Effort,
): Violation[] {
  const verdict = linearize(calls, accountModel(calls.map(({ input }) => input)), effort);
  switch (verdict.is) {
    case 'linearizable':
      return [];
    case 'unknown':
      return [violation('undecided', `nothing is known of the account ${name} after ${verdict.steps} steps`)];
    case 'not-linearizable': {
      const stuck = verdict.stuck.flatMap((index) => calls[index]?.input ?? []);
      const what = `the account ${name} cannot have answered so: ${stuck.map(describe).join(', ')}`;
      return [violation('P3', what, verdict.state, ...stuck)];
    }
    default:
      return verdict satisfies never;
  }
}

/** What was not sent, or refused by somebody who decided nothing, was not there. */
function mayMatter({ completion }: Command): boolean {
  if (completion?.outcome === 'refused') return isRecorded(completion.code);
  return completion?.outcome !== 'not-sent';
}

/** The same thing asked again under the same id is one command, however often it is sent. */
function identityOf({ user, client, id, op, args }: AccountCommand): string {
  return JSON.stringify([user ?? client, id, op, args]);
}

function checkAnswers(attempts: readonly AccountCommand[]): Violation[] {
  const answers = new Set(attempts.flatMap((attempt) => gist(answerOf(attempt)) ?? []));
  if (answers.size <= 1) return [];
  return [violation('P1', `${attempts[0]?.id} was answered in ${answers.size} ways`, ...attempts)];
}

function gist(answer: Answered | undefined): string | undefined {
  if (!answer) return undefined;
  return answer.outcome === 'ok' ? `ok ${answer.result.user}` : answer.code;
}

/** From the first invocation to the first answer: it took effect once, in between. */
function callOf(attempts: readonly AccountCommand[]): Call<AccountCommand, Answered> | undefined {
  const begun = attempts.toSorted((a, b) => a.invoked_ms - b.invoked_ms);
  const [first] = begun;
  if (!first) return undefined;
  const [output] = begun
    .flatMap((attempt) => answerOf(attempt) ?? [])
    .sort((a, b) => a.completed_ms - b.completed_ms);
  const answer = output && { output, answeredMs: output.completed_ms };
  return { input: first, invokedMs: first.invoked_ms, answer };
}

function answerOf({ completion }: AccountCommand): Answered | undefined {
  return completion?.outcome === 'ok' || completion?.outcome === 'refused' ? completion : undefined;
}

function describe(command: AccountCommand): string {
  const answer = answerOf(command);
  const outcome = answer?.outcome === 'refused' ? answer.code : (answer?.outcome ?? 'no answer');
  return `${command.op} ${command.id} of ${command.client}: ${outcome}`;
}
