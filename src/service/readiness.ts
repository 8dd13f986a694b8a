/** Whether a node does its part: it follows or leads, and answers reads. */

export interface ObservedNode {
  /** Of the replica machine. */
  readonly state: string;
  readonly leadership:
    | { readonly isHealthy: boolean; readonly isServing: boolean; readonly isStalled: boolean }
    | undefined;
}

const noConnection = 'there is no connection to nats-server';

/** What the states mean in which a node does neither; sentences without details, for they leave the node. */
const reasons: Readonly<Record<string, string>> = {
  recovering: 'it is opening its copy',
  disconnected: noConnection,
  catchingUp: 'it is catching up with the log',
  retrying: 'it cannot follow the log and tries again',
  campaigning: 'there is no leader; electing',
  seeding: 'there is no stream to follow; a generation is being seeded',
  checking: 'it has another state than another node, and verifies its copy',
  settingAside: 'its copy is damaged and is being replaced',
  frozen: 'its copy or its disk is damaged; its log says how',
  stopped: 'it is stopping',
};

/** @returns undefined when it is ready. */
export function whyNotReady(node: ObservedNode | undefined, isConnected: boolean): string | undefined {
  if (node === undefined) return isConnected ? reasons.recovering : noConnection;
  const { state, leadership } = node;
  if (state !== 'following' && state !== 'leading') return reasons[state] ?? `its state is ${state}`;
  if (!isConnected) return noConnection; // a leader stays one until the log says otherwise
  return state === 'leading' ? whyNotLeading(leadership) : undefined;
}

/** A stalled leader commits nothing, but it leads, and what was committed before can be read. */
function whyNotLeading(leadership: ObservedNode['leadership']): string | undefined {
  if (!leadership?.isServing && !leadership?.isStalled) return 'it is elected and does not serve yet';
  return leadership.isHealthy ? undefined : 'the stream does not answer it';
}
