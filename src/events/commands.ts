/**
 * What a client can ask for: commands, in the imperative, as they arrive at the border.
 *
 * Secrets that a person chose (passwords) arrive in clear and are replaced by the border before anything decides or
 * records them. Secrets that a program made (tokens, recovery codes: 256 and 160 random bits) do not arrive when they
 * are made: the client makes them and sends their SHA-256, so that a repeated command can be answered again from the log
 * without the log ever holding them. A recovery code arrives when it is used: were its hash enough, whoever reads the log
 * could use it.
 */
import { z } from 'zod';
import { limits } from './limits.ts';
import { userName } from './names.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal is 64 characters of 0-9a-f');
export const password = z
  .string()
  .min(limits.passwordLengthMin, `a password has at least ${limits.passwordLengthMin} characters`)
  .max(limits.passwordLengthMax, `a password has at most ${limits.passwordLengthMax} characters`);
/** Whatever is typed where a password or recovery code is asked for: rules bind the new one, not the attempt. */
const attempt = z.string().max(limits.passwordLengthMax);
const text = z
  .string()
  .min(1, 'a message is not empty')
  .refine((value) => Buffer.byteLength(value) <= limits.textBytesMax, {
    message: `a message has at most ${limits.textBytesMax} bytes`,
  })
  .refine((value) => value.isWellFormed(), { message: 'a message is well-formed Unicode' });

/** What a group is about, in one line; empty where nobody has said. */
const topic = z
  .string()
  .regex(/^\P{Cc}*$/u, 'a topic is one line')
  .refine((value) => Buffer.byteLength(value) <= limits.topicBytesMax, {
    message: `a topic has at most ${limits.topicBytesMax} bytes`,
  })
  .refine((value) => value.isWellFormed(), { message: 'a topic is well-formed Unicode' });
const session = z.string().min(1).max(limits.idLengthMax);
const match = z.string().min(1).max(limits.idLengthMax);

export const commandId = z
  .string()
  .regex(/^[\w.:-]{1,64}$/, 'an id is 1 to 64 characters of A-Z a-z 0-9 _ . : -');
export const clientId = z.string().regex(/^[\w-]{1,32}$/);

const command = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), id: commandId, ...shape });

export const guestCommand = z.discriminatedUnion('type', [
  command('Register', { name: userName, password, recoveryHash: sha256 }),
  command('LogIn', { name: userName, password: attempt, tokenHash: sha256 }),
  /** `password` and `recoveryHash` are the new ones. */
  command('Recover', { name: userName, recoveryCode: attempt, password, recoveryHash: sha256 }),
]);

export const userCommand = z.discriminatedUnion('type', [
  /** To a user, or to a session of one's own: a group, or the pair whose session it is. */
  command('PostMessage', { to: userName.optional(), session: session.optional(), text }).refine(
    (post) => (post.to === undefined) !== (post.session === undefined),
    { message: 'a message is for a user or for a session', path: ['to'] },
  ),
  /** `members`: the others, by name. */
  command('OpenGroup', {
    topic,
    members: z
      .array(userName)
      .min(1)
      .max(limits.membersMax - 1),
  }),
  command('Invite', { session, name: userName }),
  command('LeaveGroup', { session }),
  command('SetTopic', { session, topic }),
  /** `upTo`: the position of the last message that was read in that conversation. */
  command('MarkRead', { session, upTo: z.int().min(1) }),
  /** Against somebody, who may decline, or against a bot. */
  command('OpenMatch', {
    name: userName.optional(),
    bot: z.enum(['easy', 'hard']).optional(),
    points: z.int().min(1).max(limits.pointsMax),
  }).refine((open) => (open.name === undefined) !== (open.bot === undefined), {
    message: 'a match is against a user or against a bot',
    path: ['name'],
  }),
  command('JoinMatch', { match }),
  /** Not to play: what one is invited to, or what one has opened and nobody has joined. */
  command('DeclineMatch', { match }),
  command('ReadyForMatch', { match }),
  command('PauseMatch', { match }),
  command('ForfeitMatch', { match }),
  /** With the same players as one that is over; whoever asks second joins. */
  command('Rematch', { match }),
  command('MarkShown', { upTo: z.int().min(1) }),
  command('ComeOnline', {}),
  command('GoOffline', {}),
  command('LogOut', { tokenHash: sha256 }),
  command('LogOutEverywhere', { tokenHash: sha256 }),
  command('ChangePassword', { password: attempt, newPassword: password, tokenHash: sha256 }),
  command('DeleteAccount', { tokenHash: sha256 }),
]);

export type GuestCommand = z.infer<typeof guestCommand>;
export type UserCommand = z.infer<typeof userCommand>;
export type ClientCommand = GuestCommand | UserCommand;

/**
 * One message from a client: its unanswered commands in order. `after` is the id of the command it sent before the
 * first of these and has no answer for yet, if any: a leader that did not take that one last asks for a resend, so that
 * a failover never reorders what one client sent.
 */
export interface CommandBatch {
  readonly after: string | null;
  /** The sender's Lamport clock. */
  readonly clock: number;
  /** Each is checked by itself: one that is malformed does not spoil the others. */
  readonly commands: readonly unknown[];
}

/**
 * Far beyond any honest clock, far below where numbers stop counting. More counts as that much and is not refused: clocks
 * are catching, so whoever comes with so large a one would keep everybody else from being heard for ever.
 */
const clockMax = 2 ** 48;

export const batchSchema = z.strictObject({
  after: commandId.nullable(),
  clock: z
    .int()
    .min(0)
    .transform((clock) => Math.min(clock, clockMax)),
  commands: z.array(z.unknown()).max(limits.commandsPerRequestMax),
});
