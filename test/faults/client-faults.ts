/** What becomes of a client and its network. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Seat } from './people.ts';
import type { Fault } from './plan.ts';
import type { RecordedUser } from './recorded.ts';

export type ClientFault = Extract<Fault, { kind: `client-${string}` }>;

export async function hitClient(fault: ClientFault, seat: Seat, client: RecordedUser): Promise<void> {
  const { doors } = client;
  switch (fault.kind) {
    case 'client-killed':
      return seat.kill();
    case 'client-cut':
      return doors.cut();
    case 'client-half-open':
      return doors.halfOpen();
    case 'client-moved': {
      const open = doors.shutTheOneInUse();
      await sleep(fault.forMs);
      return open();
    }
    case 'client-stalled':
      doors.stall(true);
      await sleep(fault.forMs);
      return doors.stall(false);
    case 'client-delayed':
      doors.delay(fault.byMs);
      await sleep(fault.forMs);
      return doors.delay(0);
    case 'client-stops-reading':
      doors.stopReading(true);
      await sleep(fault.forMs);
      return doors.stopReading(false);
    case 'client-shows-slowly':
      client.showMs = fault.showMs;
      await sleep(fault.forMs);
      client.showMs = 0;
      return;
    default:
      return fault satisfies never;
  }
}
