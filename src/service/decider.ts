/**
 * From a command to facts: finds the actors that a command concerns and lets them decide, one after the other, each
 * upon what the one before decided. No I/O, no waiting: between two commands nothing can come in between.
 */

import { type Decision, refuse } from '../actors/decision.ts';
import { decideMatch, type MatchCommand } from '../actors/match/decide.ts';
import type { ActorRegistry } from '../actors/registry.ts';
import { decideSession, type SessionCommand } from '../actors/session/decide.ts';
import { decideUser, type UserCommand as UserActorCommand, wrongCode } from '../actors/user/decide.ts';
import type { Fact } from '../events/domain.ts';
import { newId, type Random } from '../events/ids.ts';
import { canonicalName } from '../events/names.ts';
import type { Rows } from '../projections/rows.ts';
import { groups, looks, mailboxes, names, pairs, reads, tokens } from '../projections/tables.ts';
import { conversationOf, sightOf } from './belonging.ts';
import { Groups } from './groups.ts';
import { type Courts, Matches } from './pong/matches.ts';
import type { PreparedCommand } from './prepare.ts';
import { skeletonsOf } from './skeletons.ts';

/** Who speaks, as the broker vouches for it. A guest's id starts with `g-`, a user's with `u-`. */
export interface Sender {
  readonly id: string;
  readonly client: string;
}

export interface DeciderOptions {
  readonly registry: ActorRegistry;
  readonly rows: () => Rows;
  readonly random: Random;
  readonly courts: Courts;
  /** How long a log-in lasts. */
  readonly logInMs: number;
  /** A message that comes later than this after the last one of a pair opens a new session. */
  readonly sessionGapMs: number;
}

export class Decider {
  readonly #options: DeciderOptions;
  readonly #groups: Groups;
  readonly #matches: Matches;

  constructor(options: DeciderOptions) {
    const { rows, random, courts } = options;
    this.#options = options;
    this.#matches = new Matches({
      rows,
      random,
      courts,
      consider: (...asked) => this.#considerMatch(...asked),
      decide: (...asked) => this.#match(...asked),
    });
    this.#groups = new Groups({ rows, random, decide: (...asked) => this.decideSession(...asked) });
  }

  /** Facts are known to the actors when this returns; the caller records them, all or none. */
  decide(sender: Sender, command: PreparedCommand, at: number): Decision {
    const { session } = command as { readonly session?: string };
    if (session !== undefined && !sightOf(this.#options.rows(), sender.id, session))
      return refuse('unknown-session'); // before there is an actor for whatever somebody wrote there
    switch (command.type) {
      case 'Register':
        return this.#register(command, at);
      case 'LogIn': {
        const user = names.get(this.#options.rows(), canonicalName(command.name));
        // Nobody draws another's token by chance: whoever comes with its hash would take that log-in away.
        const isTaken = tokens.get(this.#options.rows(), command.tokenHash) !== undefined;
        if (!user || isTaken) return refuse('wrong-credentials');
        const { verifiedAgainst = null, tokenHash, passwordHash } = command;
        const expiresAt = at + this.#options.logInMs;
        return this.#user(user, { type: 'LogIn', verifiedAgainst, tokenHash, expiresAt, passwordHash }, at);
      }
      case 'Recover': {
        const user = names.get(this.#options.rows(), canonicalName(command.name));
        if (!user) return refuse('wrong-credentials', wrongCode);
        const { recoveredBy = '', passwordHash = '', recoveryHash } = command;
        return this.#user(user, { type: 'Recover', recoveredBy, passwordHash, recoveryHash }, at);
      }
      case 'PostMessage':
        return this.#post(sender.id, command, at);
      case 'OpenGroup':
        return this.#groups.open(sender.id, command, at);
      case 'Invite':
        return this.#groups.invite(sender.id, command, at);
      case 'LeaveGroup':
        return this.decideSession(command.session, { type: 'Leave', member: sender.id }, at);
      case 'SetTopic': {
        const { session, topic } = command;
        return this.decideSession(session, { type: 'SetTopic', by: sender.id, topic }, at);
      }
      case 'OpenMatch':
      case 'JoinMatch':
      case 'DeclineMatch':
      case 'ReadyForMatch':
      case 'PauseMatch':
      case 'ForfeitMatch':
      case 'Rematch':
        if (!this.#options.registry.user(sender.id).getSnapshot().matches('registered'))
          return refuse('not-logged-in');
        return this.#matches.decide(sender.id, command, at);
      case 'MarkRead':
        return this.#markRead(sender.id, command, at);
      case 'MarkShown': {
        const last = mailboxes.get(this.#options.rows(), sender.id)?.last[0] ?? 0;
        return this.#user(sender.id, { type: 'MarkShown', upTo: command.upTo, last }, at);
      }
      case 'ComeOnline':
      case 'GoOffline':
        return this.#user(sender.id, { type: command.type, client: sender.client }, at);
      case 'LogOut':
      case 'LogOutEverywhere':
        return this.#user(sender.id, { type: command.type, tokenHash: command.tokenHash }, at);
      case 'DeleteAccount':
        return this.#deleteAccount(sender.id, command, at);
      case 'ChangePassword': {
        const { verifiedAgainst = null, passwordHash = '', tokenHash } = command;
        return this.#user(
          sender.id,
          { type: 'ChangePassword', verifiedAgainst, passwordHash, tokenHash },
          at,
        );
      }
      default:
        return command satisfies never;
    }
  }

  /** For the leader's own housekeeping, such as a session that fell quiet. */
  decideSession(session: string, command: SessionCommand, at: number): Decision {
    return this.#told(decideSession(this.#options.registry.session(session).getSnapshot(), command, at), at);
  }

  /** For the leader's own part in a match: what was played, who is away, what takes too long. */
  decideMatch(match: string, command: MatchCommand, at: number): Decision {
    const isPlay = command.type === 'RecordPlay' || command.type === 'ScorePoint';
    return isPlay ? this.#match(match, command, at) : this.#matches.interrupt(match, command, at);
  }

  #match(match: string, command: MatchCommand, at: number): Decision {
    return this.#told(this.#considerMatch(match, command, at), at);
  }

  #considerMatch(match: string, command: MatchCommand, at: number): Decision {
    return decideMatch(this.#options.registry.match(match).getSnapshot(), command, at);
  }

  #user(id: string, command: UserActorCommand, at: number): Decision {
    return this.#told(decideUser(this.#options.registry.user(id).getSnapshot(), command, at), at);
  }

  #register(command: Extract<PreparedCommand, { type: 'Register' }>, at: number): Decision {
    const { rows, random } = this.#options;
    const { name, passwordHash = '', recoveryHash } = command;
    if (names.get(rows(), canonicalName(name))) return refuse('name-taken');
    const skeletons = skeletonsOf(name);
    if (skeletons.some((skeleton) => looks.get(rows(), skeleton))) return refuse('name-confusable');
    const user = newId('u-', random);
    return this.#user(user, { type: 'RegisterUser', user, name, skeletons, passwordHash, recoveryHash }, at);
  }

  /** Whoever goes leaves all groups and matches first, so that each of them tells its others. */
  #deleteAccount(user: string, { tokenHash }: { readonly tokenHash: string }, at: number): Decision {
    const { registry, rows } = this.#options;
    const command = { type: 'DeleteAccount', tokenHash } as const;
    const possible = decideUser(registry.user(user).getSnapshot(), command, at);
    if (!('facts' in possible)) return possible;
    const left = (groups.get(rows(), user) ?? []).flatMap((session) => {
      const decision = this.decideSession(session, { type: 'Leave', member: user }, at);
      return 'facts' in decision ? decision.facts : [];
    });
    left.push(...this.#matches.leaveAll(user, at));
    return { facts: [...left, ...this.#told(possible, at).facts] as [Fact, ...Fact[]] };
  }

  #markRead(user: string, command: Extract<PreparedCommand, { type: 'MarkRead' }>, at: number): Decision {
    const rows = this.#options.rows();
    const conversation = conversationOf(rows, command.session);
    const before = reads.get(rows, conversation, user) ?? 0;
    const upTo = Math.min(command.upTo, mailboxes.get(rows, user)?.last[0] ?? 0);
    return this.#user(user, { type: 'MarkRead', conversation, upTo, before }, at);
  }

  #post(from: string, command: Extract<PreparedCommand, { type: 'PostMessage' }>, at: number): Decision {
    const { registry, rows } = this.#options;
    if (!registry.user(from).getSnapshot().matches('registered')) return refuse('not-logged-in');
    const { text, session = '' } = command;
    if (command.to === undefined) return this.#postTo(session, from, text, at);
    const to = names.get(rows(), canonicalName(command.to));
    if (!to) return refuse('unknown-user');
    if (to === from) return refuse('to-yourself');
    return this.#postToPair([from, to].sort(), from, text, at);
  }

  /** To a group, or on with the pair whose session that is. */
  #postTo(session: string, from: string, text: string, at: number): Decision {
    const { registry } = this.#options;
    const { isGroup, participants } = registry.session(session).getSnapshot().context;
    if (!participants.includes(from)) return refuse('unknown-session');
    if (isGroup) return this.decideSession(session, { type: 'PostMessage', from, text }, at);
    const isThere = (user: string) => registry.user(user).getSnapshot().matches('registered');
    if (!participants.every(isThere)) return refuse('unknown-user', 'Nobody is there any more.');
    return this.#postToPair([...participants], from, text, at);
  }

  #postToPair(participants: string[], from: string, text: string, at: number): Decision {
    const opening = this.#sessionOf(participants, at);
    const posted = this.decideSession(opening.session, { type: 'PostMessage', from, text }, at);
    return 'facts' in posted ? { facts: [...opening.facts, ...posted.facts] as [Fact, ...Fact[]] } : posted;
  }

  /** The pair's session: the latest one, or a new one when there is none, it is closed, or the gap was too long. */
  #sessionOf(participants: string[], at: number): { session: string; facts: readonly Fact[] } {
    const { registry, rows, random, sessionGapMs } = this.#options;
    const latest = pairs.get(rows(), ...participants);
    const closing: Fact[] = [];
    if (latest) {
      const { state, lastAt } = registry.session(latest).getSnapshot().context;
      if (state !== 'closed' && at - lastAt <= sessionGapMs) return { session: latest, facts: [] };
      const closed = this.decideSession(latest, { type: 'CloseSession', reason: 'gap' }, at);
      if ('facts' in closed) closing.push(...closed.facts);
    }
    const session = newId('s-', random);
    const open = { type: 'OpenSession', session, participants, continues: latest ?? null } as const;
    const opened = this.decideSession(session, open, at);
    return { session, facts: 'facts' in opened ? [...closing, ...opened.facts] : closing };
  }

  /** Actors hear of facts at once, so that the next decision rests on them. */
  #told<D extends Decision>(decision: D, at: number): D {
    if ('facts' in decision) for (const fact of decision.facts) this.#options.registry.send({ ...fact, at });
    return decision;
  }
}
