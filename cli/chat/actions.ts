/** What the chat does with commands, wherever they were typed. */
import { printSessions } from '../commands/sessions.ts';
import { printTranscript } from '../commands/transcript.ts';
import { printUsers } from '../commands/users.ts';
import { Refusal } from '../failure.ts';
import { visible } from '../render/text.ts';
import { iso } from '../render/time.ts';
import { renderUser } from '../render/users.ts';
import { sessionAt } from '../which-session.ts';
import { type CommandName, helpLines, keyLines, marksHelp, splitName, type Typed } from './commands.ts';
import { parrot } from './parrot.ts';
import type { Place, Room } from './room.ts';

type Action = (room: Room, argument: string) => Promise<void> | void;

const actions: Readonly<Record<CommandName, Action>> = {
  msg: message,
  query: async (room, name) => await talkWith(room, needed(name, 'With whom? /query NAME.')),
  me: () => {
    throw new Refusal('nothing-said', 'What do you do? /me TEXT.');
  },
  new: newGroup,
  invite: async (room, name) => {
    const { session, title } = groupOf(room);
    await room.client.conversations.invite(session, needed(name, 'Whom? /invite NAME.'), timing(room));
    await room.changed(session, `${visible(name)} is in ${visible(title)} now`);
  },
  leave: async (room) => {
    const { session, title } = groupOf(room);
    await room.client.conversations.leave(session, timing(room));
    await room.changed(session, `you left ${visible(title)}`);
  },
  topic,
  who,
  whois: async (room, name) => {
    const found = await room.client.whois(needed(name, 'Who? /whois NAME.'), room.timeoutMs);
    const seen = found.online ? 'online' : found.seenAt === null ? 'never seen' : `seen ${iso(found.seenAt)}`;
    await room.output.say(`${visible(found.name)}: ${seen}; here since ${iso(found.registeredAt)}`);
  },
  users: ({ client, output, timeoutMs }, prefix) => printUsers(client, output, prefix, timeoutMs),
  sessions: ({ client, output, timeoutMs }, name) =>
    printSessions(client, output, name || undefined, timeoutMs),
  transcript: async (room, id) =>
    await printTranscript(room.client, room.output, id || (await latest(room)), room.timeoutMs),
  replay: async (room, id) => await room.replay(id || (await latest(room))),
  pong: async (room, name) => await room.play(name || pairOf(room)),
  search: async (room, text) => await room.search(needed(text, 'For what? /search TEXT.')),
  status,
  passwd,
  logout,
  'delete account': deleteAccount,
  clear: (room) => room.clear(),
  help: ({ output }, argument) => help(output, argument),
  quit: (room) => room.leave(),
  parrot: ({ output, lastHeard }) => output.say(parrot(visible(lastHeard))),
};

/** @throws {Refusal} and whatever the client throws. */
export async function act(room: Room, typed: Typed): Promise<void> {
  if (typed.kind === 'words') {
    if (room.place === undefined)
      throw new Refusal('no-partner', 'To whom? /msg NAME talks with somebody from now on.');
    await say(room, room.place, typed.text);
  } else if (typed.kind === 'unknown') {
    const hint = typed.nearest ? `did you mean /${typed.nearest}?` : '/help lists what there is.';
    throw new Refusal('unknown-command', `There is no /${visible(typed.name)}; ${hint}`);
  } else if (typed.kind === 'command') {
    await actions[typed.name](room, typed.argument);
  }
}

/** From now on. @throws {Refusal} unless it is somebody else. */
export async function talkWith(room: Room, name: string): Promise<void> {
  const found = await room.client.user(name, room.timeoutMs);
  if (!found) throw new Refusal('unknown-user', `There is nobody of the name ${visible(name)}.`);
  if (found.name === room.identity.name) throw new Refusal('to-yourself', 'That is you yourself.');
  await room.goTo({ title: found.name, to: found.name });
}

/** With words it says them; the first one spoken to, or one named alone, is whom one talks with from then on. */
async function message(room: Room, argument: string): Promise<void> {
  const { name, text } = splitName(argument);
  if (!name) throw new Refusal('no-partner', 'To whom? /msg NAME TEXT.');
  if (!text) return await talkWith(room, name);
  const to = { title: name, to: name };
  await say(room, to, text);
  if (room.place === undefined) await room.goTo(to);
}

/** What was said comes back as the log has it. */
async function say(room: Room, to: Place, text: string): Promise<void> {
  const answer = await room.interruptible(() => room.client.send(to.to, text, timing(room)));
  const { id, session = '', at = 0, position = 0 } = answer;
  await room.said(to, {
    id,
    session,
    from: room.identity.name,
    text,
    at,
    position,
    kind: 'message',
    conversation: '',
  });
}

async function newGroup(room: Room, argument: string): Promise<void> {
  const names = argument.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) throw new Refusal('no-partner', 'With whom? /new NAME NAME.');
  const { session = '' } = await room.client.conversations.openGroup(names, '', timing(room));
  await room.goTo({ title: names.join(', '), to: { session } });
}

async function topic(room: Room, text: string): Promise<void> {
  const { session } = groupOf(room);
  if (text) {
    await room.client.conversations.setTopic(session, text, timing(room));
    return await room.changed(session, `the topic is set: ${visible(text)}`);
  }
  const { topic: now } = await room.client.conversations.get(session, room.timeoutMs);
  room.note(now ? `the topic is: ${visible(now)}` : 'there is no topic; /topic TEXT sets one');
}

async function who({ client, output, place, identity, timeoutMs }: Room): Promise<void> {
  if (place === undefined) throw new Refusal('no-partner', 'Where? /who is for a conversation.');
  const { to } = place;
  const others =
    typeof to === 'string'
      ? [(await client.user(to, timeoutMs)) ?? { name: to, online: false }]
      : (await client.conversations.get(to.session, timeoutMs)).others;
  for (const user of [{ name: identity.name, online: true }, ...others])
    await output.emit(user, renderUser(user, output.palette));
}

async function status({ client, output }: Room): Promise<void> {
  const { state, leader, server, lagMs, position } = client.line;
  const parts = [
    `server ${server ?? 'none'}`,
    leader.id === null ? 'no leader at present' : `${leader.id} leads epoch ${leader.epoch}`,
    ...(lagMs === undefined ? [] : [`an answer takes ${lagMs.toFixed(1)} ms`]),
    `read up to position ${position}`,
  ];
  await output.emit(
    {
      state,
      server: server ?? null,
      leader: leader.id,
      epoch: leader.epoch,
      lag_ms: lagMs ?? null,
      position,
    },
    parts.join('; '),
  );
}

async function passwd(room: Room): Promise<void> {
  const old = await room.ask('Your password now: ', true);
  const fresh = old === undefined ? undefined : await room.ask('The new one: ', true);
  const again = fresh === undefined ? undefined : await room.ask('Once more: ', true);
  if (old === undefined || fresh === undefined || again === undefined)
    return room.note('the password stays as it is');
  if (fresh !== again) throw new Refusal('passwords-differ', 'The two differ; the password stays as it is.');
  await room.client.changePassword(old, fresh, room.timeoutMs);
  room.note('the password is changed; other log-ins have ended');
}

async function logout(room: Room, argument: string): Promise<void> {
  if (argument !== '' && argument !== 'everywhere')
    throw new Refusal('unknown-command', 'Only here, or on all machines? /logout, or /logout everywhere.');
  if (argument === '') await room.client.logOut(room.timeoutMs);
  else await room.client.logOutEverywhere(room.timeoutMs);
  part(room, argument === '' ? 'logged out' : 'logged out everywhere');
}

async function deleteAccount(room: Room): Promise<void> {
  const { client, identity } = room;
  const answer = await room.ask(`Delete ${visible(identity.name)} for good? Type the name to confirm: `);
  if (answer === undefined) return room.note('nothing was deleted');
  if (answer.trim() !== identity.name)
    throw new Refusal('not-confirmed', 'That is not the name; nothing was deleted.');
  await client.deleteAccount(room.timeoutMs);
  part(room, `deleted ${visible(identity.name)}`);
}

function part(room: Room, farewell: string): void {
  room.profile.remove();
  room.leave(farewell);
}

async function help(output: Room['output'], argument: string): Promise<void> {
  const lines = argument ? helpLines(argument) : [...helpLines(), marksHelp, ...keyLines()];
  await output.say(lines.join('\n'));
}

function needed(argument: string, question: string): string {
  if (argument === '') throw new Refusal('argument-missing', question);
  return argument;
}

function groupOf({ place }: Room): { session: string; title: string } {
  if (place === undefined || place.isPair || typeof place.to === 'string')
    throw new Refusal('no-group', 'That is for groups; /new NAME NAME begins one.');
  return { session: place.to.session, title: place.title };
}

function pairOf({ place }: Room): string {
  if (!place?.isPair) throw new Refusal('no-partner', 'Against whom? /pong NAME.');
  return place.title;
}

/** With whom one talks now, or with anybody. */
async function latest({ client, place, timeoutMs }: Room): Promise<string> {
  return await sessionAt(client, place?.to ?? null, timeoutMs);
}

function timing({ timeoutMs }: Room): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}
