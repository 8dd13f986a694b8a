/** What every gateway is given, and what it is to whoever started it. */
import { GuestClient } from '../client/client.ts';
import { Refused } from '../client/errors.ts';
import { clientFor, type Representing } from '../client/gateway.ts';
import type { AdmissionLimits } from './admission.ts';

export interface GatewayOptions extends AdmissionLimits {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** In PEM. Plain text where it is left out. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly cluster: Representing;
  /** How long anything is tried before it is said to be unavailable. */
  readonly patienceMs: number;
  /** For operators: a line each. */
  log(line: string): void;
}

export interface Gateway {
  /** `host:port`, as it listens. */
  readonly address: string;
  /** Takes nothing new, answers what is under way, says good-bye, ends. */
  stop(): Promise<void>;
}

/** Nobody's: a crowd of guests cannot keep a gateway from starting. */
const nowhere = '0.0.0.0';

/**
 * Resolves when the gateway's word was taken and a leader serves.
 * @throws {Refused} when the password is not the cluster's, {Unanswered} after `timeoutMs`.
 */
export async function reachCluster(cluster: Representing, timeoutMs: number): Promise<void> {
  const guest = new GuestClient(clientFor(nowhere, cluster));
  try {
    await guest.line.ready(timeoutMs);
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'slow-down')) throw error;
    const servers = cluster.servers.join(', ');
    throw new Refused(
      'wrong-credentials',
      `The gateways' password is not that of the cluster at ${servers}.`,
    );
  } finally {
    await guest.close();
  }
}
