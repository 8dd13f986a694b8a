/** What people do with groups; whoever is not in one tries as well, and is refused. */
import type { Outcome } from '../../src/recording/scribe.ts';
import type { SeededRandom } from '../../src/simulation/random.ts';
import type { RecordedUser } from './recorded.ts';

/** Sessions of all groups that were ever opened in a run. */
export type Groups = Set<string>;

/** Opens one with somebody, has somebody join one, or leaves one. */
export async function changeGroups(
  client: RecordedUser,
  groups: Groups,
  {
    id,
    somebody,
    random,
    timeoutMs,
  }: { id: string; somebody: string; random: SeededRandom; timeoutMs: number },
): Promise<Outcome> {
  const [...all] = groups;
  const group = random.chance(0.3) ? undefined : all[random.whole(0, all.length - 1)];
  if (group === undefined) {
    const outcome = await client.openGroup([somebody], `group of ${id}`, id, timeoutMs);
    if (outcome.is === 'ok' && outcome.result.session) groups.add(outcome.result.session);
    return outcome;
  }
  if (random.chance(0.7)) return await client.invite(group, somebody, id, timeoutMs);
  return await client.leave(group, id, timeoutMs);
}
