/** Groups as they are opened and joined: who is meant by a name, and whether there is room. */
import { type Decision, refuse } from '../actors/decision.ts';
import type { SessionCommand } from '../actors/session/decide.ts';
import { newId, type Random } from '../events/ids.ts';
import { limits } from '../events/limits.ts';
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Rows } from '../projections/rows.ts';
import { groups, names } from '../projections/tables.ts';

export interface GroupsOptions {
  readonly rows: () => Rows;
  readonly random: Random;
  /** Lets a session decide. */
  decide(session: string, command: SessionCommand, at: number): Decision;
}

export class Groups {
  readonly #options: GroupsOptions;

  constructor(options: GroupsOptions) {
    this.#options = options;
  }

  /** @param members by name; whoever opens a group is in it, named or not. */
  open(
    by: string,
    { members, topic }: { readonly members: readonly string[]; readonly topic: string },
    at: number,
  ): Decision {
    const { random, decide } = this.#options;
    const participants = new Set([by]);
    for (const name of members) {
      const member = this.#find(name);
      if (typeof member !== 'string') return { refused: member };
      participants.add(member);
    }
    if (participants.size === 1) return refuse('to-yourself', 'A group needs somebody else in it.');
    const full = [...participants].some((user) => this.#isBusy(user));
    if (full) return refuse('too-many-groups');
    const session = newId('s-', random);
    const sorted = [...participants].sort();
    return decide(session, { type: 'OpenGroup', session, by, participants: sorted, topic }, at);
  }

  invite(
    by: string,
    { session, name }: { readonly session: string; readonly name: string },
    at: number,
  ): Decision {
    const member = this.#find(name);
    if (typeof member !== 'string') return { refused: member };
    if (this.#isBusy(member)) return refuse('too-many-groups');
    return this.#options.decide(session, { type: 'Invite', member, by }, at);
  }

  #find(name: string): string | Refusal {
    const user = names.get(this.#options.rows(), canonicalName(name));
    return user ?? refusal('unknown-user', `There is nobody called ${name}.`);
  }

  #isBusy(user: string): boolean {
    return (groups.get(this.#options.rows(), user)?.length ?? 0) >= limits.groupsPerUserMax;
  }
}
