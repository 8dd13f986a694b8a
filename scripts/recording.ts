/**
 * `npm run recording`: makes docs/replay.cast anew, by the exporter itself: two users talk, the leader dies in between,
 * and the session is exported as everybody can export theirs.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runVerbatim, Session, startVerbatim } from './demo/verbatim.ts';

const file = fileURLToPath(new URL('../docs/replay.cast', import.meta.url));
const conversation: readonly (readonly [from: 'alice' | 'bob', text: string, waitMs: number])[] = [
  ['alice', 'Are you there?', 0],
  ['bob', 'Always. What is it?', 1_800],
  ['alice', 'I am about to kill the leader, in the middle of this talk.', 2_200],
  ['bob', 'Go ahead: whatever was acknowledged is kept.', 1_700],
  ['alice', 'Done. Did this arrive?', 1_500],
  ['bob', 'Once, and in order. 你好 from the next leader.', 1_400],
  ['alice', 'And in the replay you hear how long it took.', 2_500],
  ['bob', 'Verbatim.', 8_000],
];
/** The leader is killed when this line has just been typed. */
const killAt = 4;

const folder = await mkdtemp(join(tmpdir(), 'verbatim-recording-'));
const verbatim = await startVerbatim(folder);
try {
  const users = { alice: await Session.open(verbatim, 'alice'), bob: await Session.open(verbatim, 'bob') };
  for (const [index, [from, text, waitMs]] of conversation.entries()) {
    const victim = index === killAt ? await verbatim.leader() : undefined;
    await setTimeout(waitMs);
    users[from].type(text);
    if (victim) process.kill(victim.pid, 'SIGKILL');
    await users[from === 'alice' ? 'bob' : 'alice'].receives(text);
  }
  const session = users.bob.lastSession();
  await Promise.all([users.alice.close(), users.bob.close()]);
  const args = ['replay', '--session', session, '--max-gap', '3s', '--export', 'cast', '--out', file];
  await runVerbatim(verbatim, args, 'alice');
} finally {
  await verbatim.stop();
  await rm(folder, { recursive: true, force: true });
}
