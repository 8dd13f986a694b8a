/** What the border would refuse, known while it is still being typed. */
import type { z } from 'zod';
import { password } from '../events/commands.ts';
import { canonicalName, userName } from '../events/names.ts';

/** @returns what is wrong with it, as a sentence; undefined when it may be a user's name. */
export function nameProblem(name: string): string | undefined {
  return problem(userName, name);
}

/** @returns what is wrong with it, as a sentence; undefined when it may be a password. */
export function passwordProblem(text: string): string | undefined {
  return problem(password, text);
}

/** Whether both are spellings of one user's name. */
export function isSameName(one: string, other: string): boolean {
  return canonicalName(one) === canonicalName(other);
}

function problem(schema: z.ZodType, value: string): string | undefined {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issue && `${issue.message.charAt(0).toUpperCase()}${issue.message.slice(1)}.`;
}
