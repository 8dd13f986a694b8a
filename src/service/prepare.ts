/**
 * The border between what clients send and what is decided: passwords are hashed or verified here, off the thread that
 * decides, and go no further. What comes out holds no secret in clear and is the only thing that deciders see.
 */
import { hash } from 'node:crypto';
import type { ClientCommand } from '../events/commands.ts';
import { canonicalName } from '../events/names.ts';
import type { Passwords } from '../ports/passwords.ts';
import type { Rows } from '../projections/rows.ts';
import { names, users } from '../projections/tables.ts';

type WithoutPasswords<C> = C extends unknown ? Omit<C, 'password' | 'newPassword'> : never;

/** A command as deciders see it. */
export type PreparedCommand = WithoutPasswords<ClientCommand> & {
  /** Hash of the new password, where the command sets one. */
  readonly passwordHash?: string;
  /** The account's password hash that the given password was verified against; null where it did not match. */
  readonly verifiedAgainst?: string | null;
};

export function needsPreparation(
  command: ClientCommand,
): command is Extract<ClientCommand, { password: string }> {
  return 'password' in command;
}

export async function prepare(
  command: Extract<ClientCommand, { password: string }>,
  user: string | undefined,
  rows: Rows,
  passwords: Passwords,
): Promise<PreparedCommand> {
  const { password, ...rest } = command;
  switch (command.type) {
    case 'Register':
      return { ...rest, passwordHash: await passwords.hash(password) } as PreparedCommand;
    case 'LogIn': {
      const id = names.get(rows, canonicalName(command.name));
      return { ...rest, verifiedAgainst: await verified(id, password, rows, passwords) } as PreparedCommand;
    }
    case 'ChangePassword': {
      const { newPassword, ...open } = rest as Omit<typeof command, 'password'>;
      const verifiedAgainst = await verified(user, password, rows, passwords);
      return { ...open, verifiedAgainst, passwordHash: await passwords.hash(newPassword) } as PreparedCommand;
    }
    default:
      return command satisfies never;
  }
}

async function verified(user: string | undefined, password: string, rows: Rows, passwords: Passwords) {
  const known = user ? users.get(rows, user)?.passwordHash : undefined;
  return (await passwords.verify(known || undefined, password)) ? (known ?? null) : null;
}

/** Tells a repeat from another command under the same id. Passwords are left out: the log must not help to guess them. */
export function digestOf(command: ClientCommand): string {
  const open = command as Readonly<Record<string, unknown>>;
  return hash('sha256', JSON.stringify(openFields.map((field) => open[field])), 'base64url').slice(0, 22);
}

/** All fields of all commands but ids and passwords. */
const openFields = ['type', 'to', 'text', 'upTo', 'name', 'recoveryHash', 'tokenHash'] as const;
