/** What commands need to speak with a cluster: as a guest, as a user, or as its operator. */
import type { GuestClient, Identity, UserClient } from '../src/client/client.ts';
import type { Operator } from '../src/operator/operator.ts';
import { failureFrom, Refusal } from './failure.ts';
import { defaultPort, type ServerOptions, type UserOptions } from './options.ts';
import { Output } from './output.ts';
import { Profile } from './profile.ts';
import { visible } from './render/text.ts';

/** How much of `--timeout` is left, whichever step takes it. */
export interface Deadline {
  leftMs(): number;
}

export interface UserSession extends Deadline {
  readonly client: UserClient;
  readonly identity: Identity;
  readonly profile: Profile;
}

/** Where a cluster is, and how one speaks with it. */
export interface Reach {
  readonly servers: readonly string[];
  readonly security: {
    readonly caFile?: string | undefined;
    readonly isPlainTextAllowed?: boolean | undefined;
  };
}

/** The servers given, else those that the data folder remembers, else the default port on this machine. */
export async function reachOf(
  options: Pick<ServerOptions, 'servers' | 'data' | 'tlsCa' | 'insecurePlaintext'>,
): Promise<Reach> {
  const { rememberedServers, rememberedTrust } = await import('../src/cluster/address.ts');
  const { data, tlsCa, insecurePlaintext: isPlainTextAllowed } = options;
  const servers = options.servers ?? (await rememberedServers(data)) ?? [`nats://127.0.0.1:${defaultPort}`];
  return { servers, security: { caFile: tlsCa ?? rememberedTrust(data), isPlainTextAllowed } };
}

function deadline(timeoutMs: number): Deadline {
  const endsMs = performance.now() + timeoutMs;
  return { leftMs: () => Math.max(1, endsMs - performance.now()) };
}

export async function withGuest<T>(
  options: ServerOptions,
  use: (guest: GuestClient, time: Deadline) => Promise<T>,
): Promise<T> {
  const time = deadline(options.timeout);
  const [{ GuestClient }, { systemClient }, { servers, security }] = await Promise.all([
    import('../src/client/client.ts'),
    import('../src/client/system.ts'),
    reachOf(options),
  ]);
  const slowedDown = (retryAfterMs: number) => new Output(options).note(patience(retryAfterMs));
  const guest = new GuestClient({ ...systemClient(servers, security), slowedDown });
  return await interruptible(guest, async () => {
    await guest.line.ready(time.leftMs());
    return await use(guest, time);
  });
}

function patience(retryAfterMs: number): string {
  return `too many attempts lately; trying again in ${(retryAfterMs / 1_000).toFixed(1)} s`;
}

/** @throws {Refusal} when nobody is logged in under that profile. */
export async function withUser<T>(
  options: UserOptions,
  use: (session: UserSession) => Promise<T>,
): Promise<T> {
  const profile = new Profile(options.profile);
  const identity = profile.read();
  if (!identity) throw notLoggedIn();
  return await asUser(options, profile, identity, use);
}

export async function asUser<T>(
  options: ServerOptions,
  profile: Profile,
  identity: Identity,
  use: (session: UserSession) => Promise<T>,
): Promise<T> {
  const time = deadline(options.timeout);
  const [{ UserClient }, { systemClient }, { servers, security }] = await Promise.all([
    import('../src/client/client.ts'),
    import('../src/client/system.ts'),
    reachOf(options),
  ]);
  const client = new UserClient(systemClient(servers, security), identity);
  return await interruptible(client, async () => {
    try {
      await client.line.connected(time.leftMs());
      return await use({ client, identity, profile, ...time });
    } finally {
      keepPosition(options, profile, identity, client.line.position);
    }
  });
}

/** What was done is done and was told: that it could not be noted here as well changes no exit status. */
function keepPosition(options: ServerOptions, profile: Profile, identity: Identity, position: number): void {
  try {
    profile.keepPosition(identity, position);
  } catch (error) {
    const { message } = failureFrom(error);
    new Output(options).note(`how far you have read could not be kept: ${visible(message)}`);
  }
}

/** Keeps a log-in, under the name as the account has it and not as it was typed. */
export async function keepLogIn(
  options: ServerOptions,
  profile: Profile,
  identity: Identity,
): Promise<Identity> {
  const { name, cluster } = await asUser(options, profile, identity, ({ client, leftMs }) =>
    client.whoAmI(leftMs()),
  );
  const named = { ...identity, name, cluster };
  profile.write(named);
  return named;
}

export function notLoggedIn(): Refusal {
  return new Refusal('not-logged-in', 'You are not logged in; run `verbatim login NAME` first.');
}

/** With the operator's password from the environment, the file that it names, or else the data folder. */
export async function asOperator<T>(
  options: ServerOptions,
  use: (operator: Operator, time: Deadline) => Promise<T>,
  as: 'operator' | 'inspector' = 'operator',
): Promise<T> {
  const time = deadline(options.timeout);
  const [{ Operator }, { servers, security }, password] = await Promise.all([
    import('../src/operator/operator.ts'),
    reachOf(options),
    as === 'operator' ? operatorPassword(options.data) : inspectorPassword(options.data),
  ]);
  const operator = await Operator.connect(servers, password, security, as);
  try {
    return await use(operator, time);
  } finally {
    await operator.close();
  }
}

async function operatorPassword(data: string): Promise<string> {
  const { VERBATIM_OPERATOR_PASSWORD: given, VERBATIM_OPERATOR_PASSWORD_FILE: file } = process.env;
  if (given) return given;
  if (file) return await passwordIn(file);
  const { readSecrets } = await import('../src/cluster/secrets.ts');
  return (await readSecrets(data)).operatorPassword;
}

async function inspectorPassword(data: string): Promise<string> {
  const { VERBATIM_INSPECTOR_PASSWORD_FILE: file } = process.env;
  if (file) return await passwordIn(file);
  const { readSecrets } = await import('../src/cluster/secrets.ts');
  const { inspectorPassword: password } = await readSecrets(data);
  if (password) return password;
  throw new Refusal('data-unusable', `${data} is of before there were inspectors: start its cluster again`);
}

async function passwordIn(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    const { message } = cause as Error;
    throw new Refusal('data-unusable', `the password in ${file} cannot be read: ${message}`);
  }
}

/** Ctrl-C gives up on what has no answer yet, which is then said to be unknown. */
async function interruptible<T>(client: { close(): Promise<void> }, use: () => Promise<T>): Promise<T> {
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
    void client.close();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await use();
  } catch (error) {
    if (isInterrupted && error instanceof Error && error.name === 'Unanswered') error.message = 'interrupted';
    throw error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await client.close();
  }
}
