/** Users of a cluster as programs have them: the SDK's own client, without a terminal. */
import { GuestClient, type Identity, type ItemView, UserClient } from '../../src/client/client.ts';
import type { LiveNotice } from '../../src/client/conversations.ts';
import { systemClient } from '../../src/client/system.ts';
import { password, type TestCluster } from './cluster.ts';

export interface SdkUser {
  readonly name: string;
  readonly client: UserClient;
  readonly identity: Identity;
  /** What the queue showed, in its order. */
  readonly shown: ItemView[];
  readonly notices: LiveNotice[];
  /** Resolves when something is true; looked at whenever something was shown or noticed. */
  until(isTrue: () => boolean): Promise<void>;
  /** Another client of the same user. */
  again(): Promise<SdkUser>;
}

/** Registers and follows. */
export async function sdkUser(cluster: TestCluster, name: string): Promise<SdkUser> {
  const options = systemClient([cluster.url]);
  const guest = new GuestClient(options);
  await guest.line.ready();
  await guest.register(name, password);
  const identity = await guest.logIn(name, password);
  await guest.close();
  const join = async (): Promise<SdkUser> => {
    const client = new UserClient(options, identity);
    const shown: ItemView[] = [];
    const notices: LiveNotice[] = [];
    const waiting = new Set<() => void>();
    const look = () => {
      for (const waiter of waiting) waiter();
    };
    await client.line.ready();
    client.conversations.listen((notice) => {
      notices.push(notice);
      look();
    });
    await client.follow((item) => {
      shown.push(item);
      look();
    });
    const until = (isTrue: () => boolean) =>
      new Promise<void>((resolve) => {
        const waiter = () => {
          if (!isTrue()) return;
          waiting.delete(waiter);
          resolve();
        };
        waiting.add(waiter);
        waiter();
      });
    return { name, client, identity, shown, notices, until, again: join };
  };
  return await join();
}
