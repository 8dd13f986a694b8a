/**
 * Order: the log has things in the order in which they were done.
 *
 * Two things are promised. What one client gave one after the other, answered or not, is not reordered by a failover.
 * And there is one order for all: what was answered before something else was begun, by whomever, stands before it.
 * Both are told from positions, in one pass over a sorted list, so no search is needed.
 *
 * What nobody answered may still be on its way when the client goes on, and land behind what came later; it must only
 * not land before what was done already. A command given again under its id stands where its first attempt put it, so it
 * counts from that one's beginning, and says nothing about its client's order.
 */
import { groupBy } from './grouping.ts';
import { type Command, commandsOf, type Operation } from './history.ts';
import type { KnownLog } from './known-log.ts';
import { type Violation, violation } from './violation.ts';

interface Placed {
  readonly command: Command;
  readonly position: number;
  readonly invokedMs: number;
  /** Undefined if the client was not told the position. */
  readonly answeredMs: number | undefined;
  readonly isRepeat: boolean;
}

export function checkOrder(operations: readonly Operation[], log: KnownLog): Violation[] {
  const placed = placedCommands(commandsOf(operations), log);
  const byClient = groupBy(placed, ({ command }) => command.client);
  return [...[...byClient.values()].flatMap(checkClient), ...checkTime(placed)];
}

/** Of one client, in the order given. */
function checkClient(placed: readonly Placed[]): Violation[] {
  const found: Violation[] = [];
  let last: Placed | undefined;
  for (const one of placed) {
    if (one.isRepeat) continue;
    const { client, id } = one.command;
    if (last && one.position < last.position) {
      const what = `${client} gave ${id} after ${last.command.id}, and it stands before it`;
      found.push(violation('order', what, last.command, one.command));
    } else if (one.answeredMs !== undefined) last = one;
  }
  return found;
}

/** Of all clients: nothing begun later stands before what was answered. Equal times tell nothing. */
function checkTime(placed: readonly Placed[]): Violation[] {
  const begun = placed.toSorted((a, b) => a.invokedMs - b.invokedMs);
  const answered = placed
    .flatMap((one) => (one.answeredMs === undefined ? [] : { one, answeredMs: one.answeredMs }))
    .sort((a, b) => a.answeredMs - b.answeredMs);
  const found: Violation[] = [];
  let next = 0;
  let last: Placed | undefined;
  for (const one of begun) {
    for (; next < answered.length && answered[next]!.answeredMs < one.invokedMs; next++) {
      const { one: earlier } = answered[next]!;
      if (!last || earlier.position > last.position) last = earlier;
    }
    if (!last || one.position >= last.position) continue;
    const what = `${one.command.id} was begun after ${last.command.id} was answered, and stands before it`;
    found.push(violation('order', what, last.command, one.command));
  }
  return found;
}

function placedCommands(commands: readonly Command[], log: KnownLog): Placed[] {
  const attempts = groupBy(commands, keyOf);
  return commands.flatMap((command) => {
    const all = attempts.get(keyOf(command)) ?? [];
    const told = toldPosition(command);
    const position = told ?? log.answersTo(command.user ?? '', command.id)[0]?.position;
    if (position === undefined) return [];
    return {
      command,
      position,
      invokedMs: all.reduce((first, { invoked_ms }) => Math.min(first, invoked_ms), Number.POSITIVE_INFINITY),
      answeredMs: told === undefined ? undefined : command.completion?.completed_ms,
      isRepeat: all.length > 1,
    };
  });
}

function toldPosition({ completion }: Command): number | undefined {
  if (completion?.outcome === 'ok') return completion.result.position;
  return completion?.outcome === 'refused' ? completion.position : undefined;
}

/** Guests' ids are their own: two clients of guests may use the same one for two things. */
function keyOf({ user, client, id }: Command): string {
  return `${user ?? client}/${id}`;
}
