/** Logging in or registering by questions, so that a stranger gets through unaided. */
import type { GuestClient, Identity } from '../../src/client/client.ts';
import { nameProblem, passwordProblem } from '../../src/client/rules.ts';
import { exitStatus, failureFrom, Refusal } from '../failure.ts';
import { recoveryAdvice } from '../render/recovery.ts';
import { visible } from '../render/text.ts';

export interface Asker {
  /** The answer; undefined when no more will come. */
  ask(question: string, isHidden: boolean): Promise<string | undefined>;
  say(text: string): void;
  /** Shows what is not to stay on a screen, such as a recovery code, until it is said to be kept. */
  showOnce(text: string): Promise<void>;
}

/**
 * @param timeoutMs how long the cluster is waited for, each time; undefined: for ever.
 * @returns once somebody is logged in. @throws {Refusal} when no more answers come.
 */
export async function logInByQuestions(
  guest: GuestClient,
  asker: Asker,
  timeoutMs?: number,
): Promise<Identity> {
  for (;;) {
    const answer = await need(asker, 'Do you have an account here? [y/n, or f: forgot the password] ');
    try {
      if (/^y(es)?$/i.test(answer)) return await logIn(guest, asker, timeoutMs);
      if (/^no?$/i.test(answer)) return await register(guest, asker, timeoutMs);
      if (/^f(orgot)?$/i.test(answer)) return await recover(guest, asker, timeoutMs);
      asker.say('Answer y if you have one, n to register, f to set a forgotten password anew.');
    } catch (error) {
      const { status, message } = failureFrom(error);
      if (status !== exitStatus.refused || error instanceof Refusal) throw error;
      asker.say(visible(message)); // and once more from the start
    }
  }
}

async function logIn(guest: GuestClient, asker: Asker, timeoutMs?: number): Promise<Identity> {
  const name = await need(asker, 'Name: ');
  return await guest.logIn(name, await need(asker, 'Password: ', true), timeoutMs);
}

async function recover(guest: GuestClient, asker: Asker, timeoutMs?: number): Promise<Identity> {
  const name = await need(asker, 'Name: ');
  const code = await need(asker, 'Recovery code: ', true);
  const password = await newPassword(asker);
  const { recoveryCode } = await guest.recover(name, code, password, timeoutMs);
  asker.say('The password is set anew.');
  await asker.showOnce(`Your new recovery code: ${recoveryCode}\n${recoveryAdvice}`);
  return await guest.logIn(name, password, timeoutMs);
}

/** What is wrong is said at once, and only that is asked for again. */
async function register(guest: GuestClient, asker: Asker, timeoutMs?: number): Promise<Identity> {
  let name = await newName(asker);
  let password = await newPassword(asker);
  for (;;) {
    try {
      const { recoveryCode } = await guest.register(name, password, timeoutMs);
      asker.say(`Welcome, ${visible(name)}.`);
      await asker.showOnce(`Your recovery code: ${recoveryCode}\n${recoveryAdvice}`);
      return await guest.logIn(name, password, timeoutMs);
    } catch (error) {
      const { code, message } = failureFrom(error);
      const isName = code === 'name-taken' || code === 'name-confusable';
      if (!isName && code !== 'weak-password') throw error;
      asker.say(message);
      if (isName) name = await newName(asker);
      else password = await newPassword(asker);
    }
  }
}

async function newName(asker: Asker): Promise<string> {
  for (;;) {
    const name = await need(asker, 'Choose a name: ');
    const problem = nameProblem(name);
    if (problem === undefined) return name;
    asker.say(problem);
  }
}

async function newPassword(asker: Asker): Promise<string> {
  for (;;) {
    const password = await need(asker, 'Choose a password (at least 8 characters): ', true);
    const problem = passwordProblem(password);
    if (problem !== undefined) asker.say(problem);
    else if (password === (await need(asker, 'Once more: ', true))) return password;
    else asker.say('The two differ; once more.');
  }
}

async function need(asker: Asker, question: string, isHidden = false): Promise<string> {
  const answer = await asker.ask(question, isHidden);
  if (answer === undefined)
    throw new Refusal('not-logged-in', 'Nobody is logged in, and no more answers come.');
  return isHidden ? answer : answer.trim();
}
