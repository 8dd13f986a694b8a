/** Which log-ins ended: by logging out, a change of the password, a deletion, or newer ones that took their places. */
import type { Subscription } from '../ports/bus.ts';
import { tokens } from '../projections/tables.ts';
import type { Copy } from '../replication/copy.ts';

/** @param ended told the SHA-256 of each token that opens nothing from now on, when that is committed here. */
export function watchEndedLogIns(copy: Copy, ended: (tokenHash: string) => void): Subscription {
  const prefix = tokens.key('');
  return copy.listen({
    committed: (frames) => {
      for (const layer of new Set(frames.map((held) => held.layer))) {
        for (const [key, value] of layer.changed)
          if (value === null && key.startsWith(prefix)) ended(tokens.rest(key));
      }
    },
  });
}
