/**
 * The border between what clients send and what is decided: passwords are hashed or verified here, off the thread that
 * decides, and go no further. What comes out holds no secret in clear and is the only thing that deciders see.
 */
import { hash } from 'node:crypto';
import type { ClientCommand } from '../events/commands.ts';
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import { hashToken } from '../events/tokens.ts';
import type { Passwords } from '../ports/passwords.ts';
import type { Rows } from '../projections/rows.ts';
import { names, users } from '../projections/tables.ts';

type WithoutSecrets<C> = C extends unknown ? Omit<C, 'password' | 'newPassword' | 'recoveryCode'> : never;

/** A command as deciders see it. */
export type PreparedCommand = WithoutSecrets<ClientCommand> & {
  /** Hash of the new password, where the command sets one; of the old one, where that is to be hashed anew. */
  readonly passwordHash?: string;
  /** The account's password hash that the given password was verified against; null where it did not match. */
  readonly verifiedAgainst?: string | null;
  /** SHA-256 of the recovery code that was given. */
  readonly recoveredBy?: string;
};

export type SecretCommand = Extract<ClientCommand, { password: string }>;

export function needsPreparation(command: ClientCommand): command is SecretCommand {
  return 'password' in command;
}

/** What is wrong with the new password, where the command sets one and its length is right already. */
export async function weaknessOf(
  command: SecretCommand,
  user: string,
  rows: Rows,
  passwords: Passwords,
): Promise<Refusal | undefined> {
  if (command.type === 'LogIn') return undefined;
  const isChange = command.type === 'ChangePassword';
  const chosen = isChange ? command.newPassword : command.password;
  const name = isChange ? (users.get(rows, user)?.name ?? '') : command.name;
  if (canonicalName(chosen) === canonicalName(name))
    return refusal('weak-password', 'That password is the name itself; choose another one.');
  return (await passwords.isCommon(chosen)) ? refusal('weak-password') : undefined;
}

/**
 * What was verified counts no longer when the account has another hash by then, by a change of the password or because
 * another log-in had it hashed anew: then it is verified once more.
 * @param user who speaks.
 */
export async function prepare(
  command: SecretCommand,
  user: string,
  rows: () => Rows,
  passwords: Passwords,
): Promise<PreparedCommand> {
  for (;;) {
    const known = knownHash(command, user, rows());
    const prepared = await prepareAgainst(known, command, passwords);
    if (knownHash(command, user, rows()) === known) return prepared;
  }
}

/** Of the account that the command is about, if there is one. */
function knownHash(command: SecretCommand, user: string, rows: Rows): string | undefined {
  const id = command.type === 'ChangePassword' ? user : names.get(rows, canonicalName(command.name));
  return (id && users.get(rows, id)?.passwordHash) || undefined;
}

async function prepareAgainst(
  known: string | undefined,
  command: SecretCommand,
  passwords: Passwords,
): Promise<PreparedCommand> {
  const { password, ...rest } = command;
  switch (command.type) {
    case 'Register':
      return { ...rest, passwordHash: await passwords.hash(composed(password)) } as PreparedCommand;
    case 'LogIn': {
      const verifiedAgainst = await verified(known, password, passwords);
      const isOutdated = verifiedAgainst !== null && passwords.isOutdated(verifiedAgainst);
      const renewed = isOutdated ? { passwordHash: await passwords.hash(composed(password)) } : {};
      return { ...rest, verifiedAgainst, ...renewed } as PreparedCommand;
    }
    case 'Recover': {
      const { recoveryCode, ...open } = rest as Omit<typeof command, 'password'>;
      const passwordHash = await passwords.hash(composed(password));
      return { ...open, recoveredBy: hashToken(recoveryCode), passwordHash } as PreparedCommand;
    }
    case 'ChangePassword': {
      const { newPassword, ...open } = rest as Omit<typeof command, 'password'>;
      const verifiedAgainst = await verified(known, password, passwords);
      return {
        ...open,
        verifiedAgainst,
        passwordHash: await passwords.hash(composed(newPassword)),
      } as PreparedCommand;
    }
    default:
      return command satisfies never;
  }
}

async function verified(known: string | undefined, password: string, passwords: Passwords) {
  const usual = composed(password);
  const isRight =
    (await passwords.verify(known, usual)) ||
    (password !== usual && (await passwords.verify(known, password))); // hashed as it was typed, before 0.2
  return isRight ? (known ?? null) : null;
}

/** Some keyboards write `é` as one character, others as two: it is one password (NFC, as in OpaqueString of RFC 8265). */
function composed(password: string): string {
  return password.normalize('NFC');
}

/** Tells a repeat from another command under the same id. Secrets are left out: the log must not help to guess them. */
export function digestOf(command: ClientCommand): string {
  const open = command as Readonly<Record<string, unknown>>;
  const later = laterFields.flatMap((field) => (field in open ? [{ [field]: open[field] }] : []));
  const told = [...openFields.map((field) => open[field]), ...later];
  return hash('sha256', JSON.stringify(told), 'base64url').slice(0, 22);
}

/** All fields of all commands but ids and secrets. */
const openFields = ['type', 'to', 'text', 'upTo', 'name', 'recoveryHash', 'tokenHash'] as const;
/** Fields that came when there were digests: commands without them keep the digest that they have in logs. */
const laterFields = ['session', 'members', 'topic', 'match', 'bot', 'points'] as const;
