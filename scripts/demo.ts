/**
 * `npm run demo`: what Verbatim is for, in half a minute. Two users talk, the leader is killed in mid-sentence, the talk
 * goes on, nothing is lost or repeated, and the session is played back. Everything is the real command in processes of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { paletteFor } from '../cli/render/colour.ts';
import { runVerbatim, Session, startVerbatim, type Verbatim } from './demo/verbatim.ts';

const conversation: readonly (readonly [from: 'alice' | 'bob', text: string])[] = [
  ['alice', 'Do you have the figures?'],
  ['bob', 'Nearly. Where were we?'],
  ['alice', 'At the third column.'],
  ['bob', 'Then: four, eight, fifteen,'],
  ['bob', 'sixteen, twenty-three,'],
  ['bob', 'forty-two.'],
  ['alice', 'Got all six. Nothing missing?'],
  ['bob', 'Count them in the transcript.'],
];
/** The leader is killed right after this line was typed, before anybody knows whether it arrived. */
const killAfter = 4;
const typingMs = 600;

const folder = await mkdtemp(join(tmpdir(), 'verbatim-demo-'));
const { bold } = paletteFor(process.stdout.isTTY, process.env);
const say = (text: string) => process.stdout.write(`\n${bold(text)}\n`);
let verbatim: Verbatim | undefined;
try {
  say('Three replicas and nats-server start.');
  verbatim = await startVerbatim(folder);
  const users = { alice: await Session.open(verbatim, 'alice'), bob: await Session.open(verbatim, 'bob') };

  say('Alice and Bob talk.');
  for (const [index, [from, text]] of conversation.entries()) {
    const to = from === 'alice' ? 'bob' : 'alice';
    const victim = index === killAfter ? await verbatim.leader() : undefined;
    await setTimeout(typingMs); // people type; the replay will show it
    users[from].type(text);
    if (victim) {
      process.kill(victim.pid, 'SIGKILL');
      say(`kill -9 ${victim.pid}: ${victim.node}, the leader, is dead.`);
    }
    const begunMs = performance.now();
    await users[to].receives(text);
    const tookMs = Math.round(performance.now() - begunMs);
    process.stdout.write(`  ${from}: ${text}${victim ? `   (delivered after ${tookMs} ms)` : ''}\n`);
  }
  const session = users.bob.lastSession();
  await Promise.all([users.alice.close(), users.bob.close()]);

  say('The transcript, from the log of the nodes:');
  const transcript = await runVerbatim(verbatim, ['transcript', '--session', session], 'alice');
  process.stdout.write(transcript);
  const texts = transcript
    .trim()
    .split('\n')
    .map((line) => /^\w+: '(.*)'; sent at/.exec(line)?.[1]);
  const isVerbatim = JSON.stringify(texts) === JSON.stringify(conversation.map(([, text]) => text));
  say(
    isVerbatim
      ? `All ${texts.length} messages are there: once, in order.`
      : 'Something is wrong: the transcript differs.',
  );
  process.exitCode = isVerbatim ? 0 : 1;

  say('The replay, at four times the speed:');
  await runVerbatim(
    verbatim,
    ['replay', '--session', session, '--speed', '4', '--plain'],
    'alice',
    process.stdout,
  );

  say('Every node agrees:');
  await runVerbatim(verbatim, ['status'], 'alice', process.stdout);
} finally {
  await verbatim?.stop();
  await rm(folder, { recursive: true, force: true });
}
