import type { Fact } from '../events/domain.ts';
import { type Refusal, type RefusalCode, refusal } from '../events/refusals.ts';

/** What an actor makes of a command: facts to record, or a typed refusal (which is recorded too). */
export type Decision = { readonly facts: readonly [Fact, ...Fact[]] } | { readonly refused: Refusal };

export function facts(...list: readonly [Fact, ...Fact[]]): Decision {
  return { facts: list };
}

export function refuse(code: RefusalCode, message?: string): Decision {
  return { refused: refusal(code, message) };
}
