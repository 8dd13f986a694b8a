/** Logging in or registering by questions, so that a stranger gets through unaided. */
import type { GuestClient, Identity } from '../../src/client/client.ts';
import { exitStatus, failureFrom, Refusal } from '../failure.ts';
import { visible } from '../render/text.ts';

export interface Conversation {
  /** The answer; undefined when no more will come. */
  ask(question: string, isHidden: boolean): Promise<string | undefined>;
  say(text: string): void;
}

/** @returns once somebody is logged in. @throws {Refusal} when no more answers come. */
export async function logInByQuestions(guest: GuestClient, talk: Conversation): Promise<Identity> {
  for (;;) {
    const answer = await need(talk, 'Do you have an account here? [y/n] ');
    try {
      if (/^y(es)?$/i.test(answer)) return await logIn(guest, talk);
      if (/^no?$/i.test(answer)) return await register(guest, talk);
    } catch (error) {
      const { status, message } = failureFrom(error);
      if (status !== exitStatus.refused || error instanceof Refusal) throw error;
      talk.say(visible(message)); // and once more from the start
    }
  }
}

async function logIn(guest: GuestClient, talk: Conversation): Promise<Identity> {
  const name = await need(talk, 'Name: ');
  return await guest.logIn(name, await need(talk, 'Password: ', true));
}

async function register(guest: GuestClient, talk: Conversation): Promise<Identity> {
  const name = await need(talk, 'Choose a name: ');
  const password = await newPassword(talk);
  const { recoveryCode } = await guest.register(name, password);
  talk.say(`Welcome, ${visible(name)}. Your recovery code: ${recoveryCode}`);
  talk.say('Write it down: it is shown only now, and is the one way back if you forget the password.');
  return await guest.logIn(name, password);
}

async function newPassword(talk: Conversation): Promise<string> {
  for (;;) {
    const password = await need(talk, 'Choose a password (at least 8 characters): ', true);
    if (password === (await need(talk, 'Once more: ', true))) return password;
    talk.say('The two differ; once more.');
  }
}

async function need(talk: Conversation, question: string, isHidden = false): Promise<string> {
  const answer = await talk.ask(question, isHidden);
  if (answer === undefined) throw new Refusal('not-logged-in', 'Nobody is logged in, and no more answers come.');
  return isHidden ? answer : answer.trim();
}
