/** Matches as they go on, without a screen. */
import type { UserClient } from '../../src/client/client.ts';
import type { MatchView } from '../../src/client/matches.ts';
import { Seat } from '../../src/client/pong/seat.ts';
import { systemClock as clock } from '../../src/system/clock.ts';
import { TooLate } from '../failure.ts';
import { sideOf } from './state.ts';

/** @param told of a match at the beginning and at every change. @returns when it is over, or interrupted. */
export async function watchInLines(
  client: UserClient,
  match: MatchView,
  told: (match: MatchView) => void,
): Promise<void> {
  told(match);
  if (match.state === 'over') return;
  await new Promise<void>((resolve, reject) => {
    const end = (problem?: Error) => {
      seat.leave();
      watching.stop();
      if (problem) reject(problem);
      else resolve();
    };
    const changed = (fresh: MatchView) => {
      told(fresh);
      if (fresh.state === 'over') end();
    };
    const seat = new Seat({ client, clock, match, side: undefined, changed });
    const watching = client.line.watch(() => {
      if (client.line.state === 'closed') end(client.line.problem);
    });
  });
}

/** The next invitation, or one that waits already; accepted. */
export async function awaitInvitation({ matches, line }: UserClient, me: string): Promise<MatchView> {
  const isForMe = (match: MatchView) => {
    const side = sideOf(match, me);
    return match.state === 'lobby' && side !== undefined && !match.joined[side];
  };
  const invited = await new Promise<MatchView>((resolve, reject) => {
    const stop = () => {
      listening.stop();
      watching.stop();
    };
    const found = (match: MatchView) => {
      if (!isForMe(match)) return;
      stop();
      resolve(match);
    };
    const listening = matches.listen(found);
    const watching = line.watch(() => {
      if (line.state !== 'closed') return;
      stop();
      reject(line.problem ?? new TooLate('interrupted'));
    });
    void (async () => {
      for await (const match of matches.list({ player: me, isOpen: true })) found(match);
    })().catch(reject);
  });
  await matches.join(invited.match);
  return await matches.get(invited.match);
}
