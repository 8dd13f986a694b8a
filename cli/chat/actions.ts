/** What the chat does with what is typed. */
import { printReplay } from '../commands/replay.ts';
import { printSessions } from '../commands/sessions.ts';
import { printTranscript } from '../commands/transcript.ts';
import { printUsers } from '../commands/users.ts';
import { Refusal } from '../failure.ts';
import { renderSent } from '../render/messages.ts';
import { visible } from '../render/text.ts';
import { iso } from '../render/time.ts';
import { latestSession } from '../which-session.ts';
import { parrot } from './parrot.ts';
import type { Room } from './room.ts';
import { helpLines, type SlashName, splitName, type Typed } from './slash.ts';

const actions: Readonly<Record<SlashName, (room: Room, argument: string) => Promise<void> | void>> = {
  msg: message,
  users: ({ client, output, timeoutMs }, prefix) => printUsers(client, output, prefix, timeoutMs),
  sessions: ({ client, output, timeoutMs }, name) =>
    printSessions(client, output, name || undefined, timeoutMs),
  transcript: async (room, id) =>
    await printTranscript(room.client, room.output, id || (await latest(room)), room.timeoutMs),
  replay,
  'delete account': deleteAccount,
  logout,
  help: ({ output }) => output.say(helpLines().join('\n')),
  quit: (room) => {
    room.hasLeft = true;
  },
  parrot: ({ output, lastHeard }) => output.say(parrot(visible(lastHeard))),
};

/** @throws {Refusal} and whatever the client throws. */
export async function act(room: Room, typed: Typed): Promise<void> {
  if (typed.kind === 'words') {
    if (room.partner === undefined)
      throw new Refusal('no-partner', 'To whom? /msg NAME talks with somebody from now on.');
    await say(room, room.partner, typed.text);
  } else if (typed.kind === 'unknown') {
    const hint = typed.nearest ? `did you mean /${typed.nearest}?` : '/help lists what there is.';
    throw new Refusal('unknown-command', `There is no /${visible(typed.name)}; ${hint}`);
  } else if (typed.kind === 'command') {
    await actions[typed.name](room, typed.argument);
  }
}

/** What was typed while nobody could answer: only what asks nobody is done. */
export function actLocked(room: Room, typed: Typed, quit: () => void): void {
  const name = typed.kind === 'command' ? typed.name : undefined;
  if (name === 'help') {
    void actions.help(room, '');
  } else if (name === 'quit') {
    room.hasLeft = true;
    (room.screen.onInterrupt ?? quit)(); // what is under way gets its last word
  } else {
    room.note('not now: until somebody leads there are only /help and /quit');
  }
}

/** With words it says them; the first one spoken to, or one named alone, is whom one talks with from then on. */
async function message(room: Room, argument: string): Promise<void> {
  const { name, text } = splitName(argument);
  if (!name) throw new Refusal('no-partner', 'To whom? /msg NAME TEXT.');
  if (!text) return await talkWith(room, name);
  await say(room, name, text);
  room.partner ??= name;
}

/** From now on. @throws {Refusal} unless it is somebody else. */
export async function talkWith(room: Room, name: string): Promise<void> {
  const found = await room.client.user(name, room.timeoutMs);
  if (!found) throw new Refusal('unknown-user', `There is nobody of the name ${visible(name)}.`);
  if (found.name === room.identity.name) throw new Refusal('to-yourself', 'That is you yourself.');
  room.partner = found.name;
}

/** What was said comes back as the log has it. Ctrl-C meanwhile leaves, and the outcome is unknown. */
async function say(
  { client, identity, screen, output, timeoutMs }: Room,
  to: string,
  text: string,
): Promise<void> {
  screen.onInterrupt = () => void client.close();
  try {
    const {
      id,
      session = '',
      at = 0,
      position = 0,
    } = await client.send(to, text, timeoutMs === undefined ? {} : { timeoutMs });
    const sent = { id, session, from: identity.name, text, at, position };
    screen.eraseTyped();
    await output.emit({ ...sent, at: iso(at) }, renderSent(sent, output.palette));
  } finally {
    screen.onInterrupt = undefined;
  }
}

async function logout(room: Room, argument: string): Promise<void> {
  if (argument !== '' && argument !== 'everywhere')
    throw new Refusal('unknown-command', 'Only here, or on all machines? /logout, or /logout everywhere.');
  if (argument === '') await room.client.logOut(room.timeoutMs);
  else await room.client.logOutEverywhere(room.timeoutMs);
  leave(room, argument === '' ? 'logged out' : 'logged out everywhere');
}

async function replay(room: Room, id: string): Promise<void> {
  const { client, output, screen, timeoutMs } = room;
  const ended = new AbortController();
  screen.onInterrupt = () => ended.abort();
  try {
    await printReplay(client, output, id || (await latest(room)), ended.signal, timeoutMs);
  } finally {
    screen.onInterrupt = undefined;
  }
}

async function deleteAccount(room: Room): Promise<void> {
  const { client, identity, screen } = room;
  const answer = await screen.ask(`Delete ${visible(identity.name)} for good? Type the name to confirm: `);
  if (answer === undefined) return room.note('nothing was deleted');
  if (answer.trim() !== identity.name)
    throw new Refusal('not-confirmed', 'That is not the name; nothing was deleted.');
  await client.deleteAccount(room.timeoutMs);
  leave(room, `deleted ${visible(identity.name)}`);
}

function leave(room: Room, farewell: string): void {
  room.profile.remove();
  room.note(farewell);
  room.hasLeft = true;
}

/** With whom one talks now, or with anybody. */
async function latest({ client, partner, timeoutMs }: Room): Promise<string> {
  return await latestSession(client, partner ?? null, timeoutMs);
}
