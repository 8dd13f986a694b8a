/** The interactive client: says what is typed, shows what comes, and takes nothing while there is no leader. */
import type { ItemView, LineState } from '../../src/client/client.ts';
import { itemJson, renderItem } from '../render/messages.ts';
import { visible } from '../render/text.ts';
import { act, actLocked, talkWith } from './actions.ts';
import { Room, type RoomOptions } from './room.ts';
import { parseTyped } from './slash.ts';

/** A leader usually answers at once; only if not there is something to say. */
const atOnceMs = 500;

/**
 * @param partner whom to talk with from the start.
 * @returns the exit status, once it is left. @throws {Unanswered | Refused} when it cannot begin.
 */
export async function chat(options: RoomOptions, partner?: string): Promise<number> {
  const room = new Room(options);
  const { client, screen, identity, output } = room;
  if (screen.isTerminal) await client.line.ready(atOnceMs).catch(() => undefined);
  else await client.line.ready(room.timeoutMs);
  room.note(
    `you are ${output.palette.name(visible(identity.name))}; /help says what you can do, /quit leaves`,
  );
  const quit = new Promise<void>((resolve) => {
    screen.onCommand = (line) => actLocked(room, parseTyped(line), resolve);
  });
  const watching = watchLeader(room);
  try {
    await client.follow((item) => show(room, item));
    if (partner !== undefined) await beginWith(room, partner);
    while (!room.hasLeft) await Promise.race([oneTurn(room), quit]);
  } finally {
    watching.stop();
  }
  return room.status;
}

/** A script would say the rest to nobody; people see that nobody stands before their prompt. */
async function beginWith(room: Room, partner: string): Promise<void> {
  try {
    await talkWith(room, partner);
  } catch (error) {
    if (!room.screen.isTerminal) throw error;
    room.complain(error);
  }
}

async function oneTurn(room: Room): Promise<void> {
  const { client, screen, timeoutMs, partner } = room;
  try {
    if (!screen.isTerminal) await client.line.ready(timeoutMs); // nothing is read that nobody could answer for
    screen.setPrompt(promptOf(room));
    const line = await screen.read();
    if (line === undefined) room.hasLeft = true;
    else await act(room, parseTyped(line));
  } catch (error) {
    room.complain(error);
  }
  if (partner !== room.partner) room.note(`talking with ${visible(room.partner ?? 'nobody')} now`);
}

async function show(room: Room, item: ItemView): Promise<void> {
  room.lastHeard = item.text;
  await room.output.emit(itemJson(item), renderItem(item, room.output.palette));
}

/** While nobody leads the screen is locked: what was typed stays, and what would be typed is not taken. */
function watchLeader(room: Room): { stop(): void } {
  const { client, screen } = room;
  let before = 'ready';
  const look = () => {
    const { state, problem } = client.line;
    if (state === 'closed') {
      if (problem) room.complain(problem);
      screen.close();
    } else if (state !== before && news[state] !== undefined) {
      before = state;
      screen.setLocked(state !== 'ready');
      screen.setPrompt(promptOf(room));
      room.note(news[state]);
    }
  };
  look();
  return client.line.watch(look);
}

const news: Readonly<Partial<Record<LineState, string>>> = {
  ready: 'there is a leader; go on',
  leaderless: 'nobody leads at present; typing is off until somebody does, but for /help and /quit',
  disconnected: 'the server is out of reach; typing is off until it is back, but for /help and /quit',
};

function promptOf({ client, partner, output }: Room): string {
  const { dim, name } = output.palette;
  const { state } = client.line;
  if (state === 'disconnected') return dim('(no server) ');
  if (state !== 'ready') return dim('(no leader) ');
  return `${partner === undefined ? '' : name(visible(partner))}> `;
}
