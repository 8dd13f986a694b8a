/**
 * One account name as it would be if it were asked one thing after the other: who holds it, with which password and
 * recovery code, and which log-ins are open.
 *
 * Two things keep the states few, on which the search for an order depends. Log-ins that nobody names later cannot be
 * told from those that never were, so they are not kept. And the order of log-ins is kept only where there are so many
 * that the oldest end.
 *
 * A connection outlives its log-in, because the broker asks who somebody is when they connect and not again. So a change
 * of the password by someone who was logged out meanwhile may be obeyed, or refused with `not-logged-in`, and both are
 * right. What ends log-ins or the account names the log-in by which one is there, and is refused without it.
 */
import type { Completion, Operation, OperationOf, Result } from './history.ts';
import type { Model } from './linearizability.ts';

const accountOps = ['register', 'login', 'recover', 'logout', 'passwd', 'delete'] as const;

export type AccountCommand = OperationOf<(typeof accountOps)[number]>;
export type Answered = Extract<Completion, { outcome: 'ok' | 'refused' }>;

export interface Account {
  /** Null until somebody is told: who registered was not answered. */
  readonly user: string | null;
  readonly password: string;
  /** Null if nobody was told, so nobody can use it. */
  readonly recoveryCode: string | null;
  readonly logins: readonly string[];
}

/** More than these are not open at a time: the oldest ends when a new one comes. */
const loginsMax = 32;

interface Scope {
  /** Log-ins that commands name. */
  readonly named: ReadonlySet<string>;
  /** There are so many log-ins that some may have ended by themselves. */
  readonly isCrowded: boolean;
  /** Users who were told their id when they registered; such an id is not that of another registration. */
  readonly registered: ReadonlySet<string>;
}

export function isAccountCommand(operation: Operation): operation is AccountCommand {
  const ops: readonly string[] = accountOps;
  return ops.includes(operation.op);
}

/** @param commands all that are about the name. The name is free at first: null. */
export function accountModel(
  commands: readonly AccountCommand[],
): Model<Account | null, AccountCommand, Answered> {
  const scope: Scope = {
    named: new Set(commands.flatMap(namedLogin)),
    isCrowded: commands.filter(({ op }) => op === 'login').length > loginsMax,
    registered: new Set(commands.flatMap(registeredUser)),
  };
  return {
    initial: null,
    keyOf: (account) => JSON.stringify(account),
    step: (...call) => step(scope, ...call),
  };
}

function namedLogin({ op, args }: AccountCommand): string[] {
  return op !== 'login' && 'token' in args ? [args.token] : [];
}

function registeredUser({ op, completion }: AccountCommand): string[] {
  if (op !== 'register' || completion?.outcome !== 'ok') return [];
  return completion.result.user === undefined ? [] : [completion.result.user];
}

function step(
  scope: Scope,
  account: Account | null,
  command: AccountCommand,
  answer: Answered | undefined,
): Account | null | undefined {
  if (answer?.outcome !== 'refused') return after(scope, account, command, answer?.result ?? {});
  return refusals(account, command).includes(answer.code) ? account : undefined;
}

/** The account after a command that is obeyed, with this result, or undefined where it cannot be. */
function after(
  scope: Scope,
  account: Account | null,
  command: AccountCommand,
  result: Result,
): Account | null | undefined {
  switch (command.op) {
    case 'register':
      return account ? undefined : registered(command.args.password, result);
    case 'login': {
      const known = account && identified(scope, account, result.user);
      if (!known || known.password !== command.args.password) return undefined;
      return { ...known, logins: withLogin(scope, known.logins, command.args.token) };
    }
    case 'recover': {
      const known = account && identified(scope, account, result.user);
      if (!known || known.recoveryCode !== command.args.recovery_code) return undefined;
      return { ...registered(command.args.new_password, result), user: known.user };
    }
    case 'logout': {
      if (!account || !isLoggedIn(account, command)) return undefined;
      if (command.args.everywhere) return { ...account, logins: [] };
      return { ...account, logins: account.logins.filter((login) => login !== command.args.token) };
    }
    case 'passwd': {
      if (!isTheirs(account, command) || account.password !== command.args.password) return undefined;
      const logins = account.logins.filter((login) => login === command.args.token);
      return { ...account, password: command.args.new_password, logins };
    }
    case 'delete':
      return isLoggedIn(account, command) ? null : undefined;
    default:
      return command satisfies never;
  }
}

/** Codes with which a command may be refused. */
function refusals(account: Account | null, command: AccountCommand): string[] {
  switch (command.op) {
    case 'register':
      return [...(account ? ['name-taken'] : []), 'name-confusable']; // with which other name, no history of this one says
    case 'login':
      return account?.password === command.args.password ? [] : ['wrong-credentials'];
    case 'recover':
      return account?.recoveryCode === command.args.recovery_code ? [] : ['wrong-credentials'];
    case 'logout':
    case 'delete':
      return loggedOut(account, command);
    case 'passwd': {
      const isRight = isTheirs(account, command) && account.password === command.args.password;
      return [...(isRight ? [] : ['wrong-credentials']), ...loggedOut(account, command)];
    }
    default:
      return command satisfies never;
  }
}

function registered(password: string, { user, recovery_code }: Result): Account {
  return { user: user ?? null, password, recoveryCode: recovery_code ?? null, logins: [] };
}

/** The account, if it can be that user's. */
function identified(scope: Scope, account: Account, user: string | undefined): Account | undefined {
  if (user === undefined || account.user === user) return account;
  return account.user === null && !scope.registered.has(user) ? { ...account, user } : undefined;
}

type UserCommand = OperationOf<'logout' | 'passwd' | 'delete'>;

/** A user's commands come after a log-in that told the id, so an account without one is somebody else's. */
function isTheirs(account: Account | null, { user }: UserCommand): account is Account {
  return account !== null && account.user === user;
}

function isLoggedIn(account: Account | null, command: UserCommand): boolean {
  return isTheirs(account, command) && account.logins.includes(command.args.token);
}

function loggedOut(account: Account | null, command: UserCommand): string[] {
  return isLoggedIn(account, command) ? [] : ['not-logged-in'];
}

function withLogin({ named, isCrowded }: Scope, logins: readonly string[], login: string): readonly string[] {
  if (isCrowded) return [...logins, login].slice(-loginsMax);
  return named.has(login) ? [...logins, login].sort() : logins;
}
