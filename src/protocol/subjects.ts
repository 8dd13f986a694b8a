/**
 * Where clients and operators speak and listen. The broker's permissions are made from the same table, so that who is
 * speaking can be read off the subject and need not be believed.
 */

import { z } from 'zod';

/** What nodes announce to clients: who leads, or null while nobody does. */
export const leaderNoticeSchema = z.object({ leader: z.string().nullable(), epoch: z.int().min(0) });
export type LeaderNotice = z.infer<typeof leaderNoticeSchema>;

/** A user id, or a guest's id: who is connected, as the broker vouches for it. */
type Speaker = string;

export const clientSubjects = {
  /** Commands, to the leader; `client` tells a user's clients apart. */
  commands: (speaker: Speaker, client: string) => `verbatim.cmd.${speaker}.${client}`,
  allCommands: 'verbatim.cmd.*.*',
  /** Questions, to any node. */
  query: (speaker: Speaker, name: string) => `verbatim.get.${speaker}.${name}`,
  allQueries: 'verbatim.get.*.*',
  /** What arrives for a user while connected. */
  push: (speaker: Speaker) => `verbatim.push.${speaker}`,
  /** That a user is typing, to any node, which tells the others in the conversation. */
  typing: (speaker: Speaker) => `verbatim.typing.${speaker}`,
  allTyping: 'verbatim.typing.*',
  /** What is only worth knowing now: who types, comes, goes, has read. Nothing of it is kept. */
  live: (speaker: Speaker) => `verbatim.live.${speaker}`,
  /** What a player does in a match, to the leader. */
  play: (speaker: Speaker, match: string) => `verbatim.play.${speaker}.${match}`,
  allPlay: 'verbatim.play.*.*',
  /** A match as it goes on, to everybody who wants to see it. */
  match: (match: string) => `verbatim.match.${match}`,
  allMatches: 'verbatim.match.*',
  /**
   * In whose name somebody looks on: of one group each report goes out once, so a user with all connections that one may
   * have, and all their subscriptions, costs no more than three onlookers. Which of them is a client's, its id decides.
   */
  onlookers: (speaker: Speaker, client: string) => `${speaker}.${client.charCodeAt(client.length - 1) % 3}`,
  /** Who leads. */
  leader: 'verbatim.leader',
  /** Where a client asks for answers; what comes there by itself is the server's word that nobody listens. */
  inboxPrefix: (speaker: Speaker) => `_INBOX_${speaker}`,
  /** Where answers go instead: to a group, so that each goes out once, however many of a user's connections listen. */
  answersPrefix: (speaker: Speaker) => `verbatim.answer.${speaker}`,
  answersGroup: 'one',
} as const;

export const operatorSubjects = {
  /** A question to one node, or to `all`. */
  query: (node: string, name: string) => `verbatim.ops.${node}.${name}`,
  all: 'all',
  inboxPrefix: '_INBOX_operator',
} as const;

/** What an inspector hears, and all that it may say: it asks as an operator does, and only what changes nothing. */
export const inspectorSubjects = {
  interest: 'verbatim.inspect.interest',
  /** The same for clients, to whom it must not tell whom somebody looks at. */
  clientInterest: 'verbatim.inspect.clients',
  node: (node: string) => `verbatim.inspect.node.${node}`,
  client: (speaker: Speaker, client: string) => `verbatim.inspect.${speaker}.${client}`,
  /** Of clients and nodes: those of nodes begin with `node`, which is no user's id. */
  all: 'verbatim.inspect.*.*',
  inboxPrefix: '_INBOX_inspector',
} as const;

/**
 * Where an answer goes; undefined: nowhere. The broker checks what a client publishes to, but not where it asks the answer
 * to be sent: a node that answered anywhere would carry a guest's words into the log.
 */
export function answerSubject(subject: string, reply: string): string | undefined {
  const [, kind, speaker = ''] = subject.split('.');
  if (kind === 'cmd' || kind === 'get') {
    const prefix = clientSubjects.inboxPrefix(speaker);
    const isOwn = reply.startsWith(`${prefix}.`);
    return isOwn ? clientSubjects.answersPrefix(speaker) + reply.slice(prefix.length) : undefined;
  }
  const operators = [operatorSubjects.inboxPrefix, inspectorSubjects.inboxPrefix];
  const prefixes = kind === 'ops' ? operators : ['_INBOX']; // or between nodes
  return prefixes.some((prefix) => reply.startsWith(`${prefix}.`)) ? reply : undefined;
}

/** Splits `verbatim.<kind>.<speaker>.<last>`. */
export function parseSubject(subject: string): { speaker: Speaker; last: string } {
  const [, , speaker = '', last = ''] = subject.split('.');
  return { speaker, last };
}

/** What a guest may do: register, log in, recover; nothing else has a subject it can reach. */
export function guestPermissions(guest: string) {
  return {
    publish: [`verbatim.cmd.${guest}.*`],
    subscribe: [...answersTo(guest), clientSubjects.leader],
  };
}

export function userPermissions(user: string) {
  return {
    publish: [
      `verbatim.cmd.${user}.*`,
      `verbatim.get.${user}.*`,
      clientSubjects.typing(user),
      `verbatim.inspect.${user}.*`,
      clientSubjects.play(user, '*'),
    ],
    subscribe: [
      ...answersTo(user),
      clientSubjects.push(user),
      clientSubjects.live(user),
      ...[0, 1, 2].map((group) => `${clientSubjects.allMatches} ${user}.${group}`),
      clientSubjects.leader,
      inspectorSubjects.clientInterest,
    ],
  };
}

/** Behind a space stands the group that whoever subscribes must be of. */
function answersTo(speaker: Speaker): string[] {
  const { inboxPrefix, answersPrefix, answersGroup } = clientSubjects;
  return [`${inboxPrefix(speaker)}.>`, `${answersPrefix(speaker)}.> ${answersGroup}`];
}

/** How a client introduces itself to the broker: the user name of the connection. */
export type Introduction =
  | { readonly as: 'guest'; readonly guest: string }
  /**
   * `position`: how far this client has read; a node that is behind waits before it judges the token. `cluster`: whose
   * log that is a position of, as far as the client knows: one that another cluster's log may never reach.
   */
  | {
      readonly as: 'user';
      readonly user: string;
      readonly position: number;
      readonly cluster?: string | undefined;
    };

export function formatIntroduction(introduction: Introduction): string {
  if (introduction.as === 'guest') return `guest:${introduction.guest}`;
  const { user, position, cluster } = introduction;
  return `user:${user}:${position}${cluster === undefined ? '' : `:${cluster}`}`;
}

const introductionPattern =
  /^(?:guest:(?<guest>g-[0-9a-z]{16})|user:(?<user>u-[0-9a-z]{16}):(?<position>\d{1,15})(?::(?<cluster>[0-9a-f]{16}))?)$/;

export function parseIntroduction(text: string): Introduction | undefined {
  const { guest, user, position, cluster } = introductionPattern.exec(text)?.groups ?? {};
  if (guest) return { as: 'guest', guest };
  return user ? { as: 'user', user, position: Number(position), cluster } : undefined;
}
