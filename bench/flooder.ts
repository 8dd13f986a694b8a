/**
 * Somebody who means harm, in a process of its own: floods in one way, as fast as the server takes it, from the word `go`
 * until it is told to stop, and comes back whenever it is cut off.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../src/events/limits.ts';
import { clientSubjects, formatIntroduction } from '../src/protocol/subjects.ts';
import { connectionLimits } from '../src/transport/auth-callout.ts';
import { RawLink } from './raw-link.ts';

/** What it is told by its parent, as its only argument: JSON. */
export interface FloodOrder {
  readonly port: number;
  readonly flood: FloodKind;
  /** Where its connections come from. */
  readonly from: string;
  readonly user: string;
  readonly token: string;
  /** Name of somebody else's account: who gets its mail, whose password it guesses. */
  readonly victim: string;
  /** The most that a message may hold. */
  readonly payloadBytes: number;
}

/** What it got through. */
export interface FloodCount {
  readonly sentBytes: number;
  /** How often it was let in, and how often not. */
  readonly entered: number;
  readonly refused: number;
  /** From the word `go` until the first of its connections was cut off; none if it never was. */
  readonly cutOffAfterMs: number | null;
}

/** What each does is said where it does it, below. */
export type FloodKind = keyof typeof floods;

const order = JSON.parse(process.argv[2] ?? '{}') as FloodOrder; // of the parent
const { user, token, victim } = order;
const inboxOf = (who: string) => `${clientSubjects.inboxPrefix(who)}.x`;
const answersOf = (who: string) => `${clientSubjects.answersPrefix(who)}.x`;
const listenTo = (who: string, id: number) =>
  `SUB ${answersOf(who)} ${clientSubjects.answersGroup} ${id}\r\n`;
const commands = clientSubjects.commands(user, 'c-flood');
const questions = clientSubjects.query(user, 'inbox');

/** At once, by those who come and go. */
const crowd = 32;
/** Wrong passwords that a guest may try before it has to wait. */
const triesEach = 3;
/** Small messages in a write. */
const portion = 256;
const tokenHash = '0'.repeat(64);
const retryMs = 5;

const links = new Set<RawLink>();
const count = { sentBytes: 0, entered: 0, refused: 0, cutOffAfterMs: null as number | null };
let begunMs = 0;
let serial = 0;

const say = (subject: string, payload: string | Buffer, reply = inboxOf(user)) =>
  `PUB ${subject} ${reply} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`;
const batch = (size: number) => {
  const post = () => ({ type: 'PostMessage', id: `f-${++serial}`, to: victim, text: 'flood' });
  return JSON.stringify({ after: null, clock: 0, commands: Array.from({ length: size }, post) });
};
const page = JSON.stringify({ atLeast: 0, query: { after: 0, limit: limits.pageMax } });
const repeated = (one: () => string) => Array.from({ length: portion }, one).join('');
const always = (text: string) => {
  const chunk = Buffer.from(text);
  return () => chunk;
};
const listen = `${listenTo(user, 1)}SUB ${clientSubjects.push(user)} 2\r\n`;
const { subscriptions } = connectionLimits;
const subscribeAndNot = Array.from(
  { length: subscriptions },
  (_, id) => `${listenTo(user, id)}UNSUB ${id}\r\n`,
).join('');

const floods = {
  /** What cannot be read, as commands. */
  malformed: () => pour(always(repeated(() => say(commands, '{"after":null,"clock":0,"commands":[{}]')))),
  /** Commands that are all in order. */
  sends: () => pour(() => repeated(() => say(commands, batch(1)))),
  /** The same from many clients that wait for their answers, and send all that fits into a request. */
  clients: () => inCrowd(() => waiting(commands, () => batch(limits.commandsPerRequestMax))),
  /** As large as a message may be, and nothing in it. */
  huge: () => pour(always(say(commands, Buffer.alloc(order.payloadBytes, 0x20)))),
  /** The page of the own queue that is as large as an answer may be. */
  questions: () => pour(always(repeated(() => say(questions, page)))),
  /** The same from many clients that wait for their answers. */
  pages: () => inCrowd(() => waiting(questions, () => page)),
  /** The same from one that never reads, at a rate that nobody objects to. */
  deaf: () => untilCutOff(neverRead),
  connections: () => inCrowd(() => comeAndGo(asUser)),
  guests: () => inCrowd(() => comeAndGo(asGuest)),
  /** As many as a connection may have, again and again. */
  subscriptions: () => pour(always(repeated(() => subscribeAndNot))),
  /** Guests who try as often as nobody makes them wait, and are then somebody else. */
  passwords: () => inCrowd(guess),
} as const;

process.once('message', () => {
  process.once('message', stop);
  begunMs = performance.now();
  void floods[order.flood]();
});
process.send?.('ready');

function stop(): void {
  for (const link of links) count.sentBytes += link.sentBytes;
  process.send?.(count satisfies FloodCount, () => process.exit());
}

async function pour(next: () => string | Buffer): Promise<void> {
  await untilCutOff((link) => link.pour(next));
}

/** And in again. */
async function untilCutOff(flood: (link: RawLink) => Promise<void>): Promise<void> {
  for (;;) {
    const link = await enter(asUser());
    if (!link) continue;
    link.write(listen);
    await flood(link);
    leave(link);
  }
}

/** As many under way as a client of ours has, for as long as it is let. */
async function waiting(subject: string, payload: () => string): Promise<void> {
  const link = await enter(asUser());
  if (!link) return;
  link.write(listen);
  for (let underWay = 0; underWay < limits.requestsUnderWayMax; underWay++)
    link.write(say(subject, payload()));
  while (await link.message(answersOf(user), 2_000)) link.write(say(subject, payload()));
  leave(link);
}

async function neverRead(link: RawLink): Promise<void> {
  link.turnDeaf();
  for (; link.isOpen; await pause(10)) link.write(say(questions, page).repeat(3));
}

async function inCrowd(each: () => Promise<void>): Promise<void> {
  const forEver = async () => {
    for (;;) await each();
  };
  await Promise.all(Array.from({ length: crowd }, forEver));
}

async function comeAndGo(as: () => Who): Promise<void> {
  const link = await enter(as());
  if (link) leave(link);
}

async function guess(): Promise<void> {
  const who = asGuest();
  const link = await enter(who);
  if (!link) return;
  link.write(listenTo(who.id, 1));
  for (let tried = 0; tried < triesEach && link.isOpen; tried++) {
    const attempt = { type: 'LogIn', id: `f-${++serial}`, name: victim, password: 'wrong', tokenHash };
    const payload = JSON.stringify({ after: null, clock: 0, commands: [attempt] });
    link.write(say(clientSubjects.commands(who.id, 'c-flood'), payload, inboxOf(who.id)));
    await link.message(answersOf(who.id), 500);
  }
  leave(link);
}

interface Who {
  readonly id: string;
  readonly introduction: string;
  readonly pass: string;
}

function asUser(): Who {
  return { id: user, introduction: formatIntroduction({ as: 'user', user, position: 0 }), pass: token };
}

function asGuest(): Who {
  const guest = `g-${randomBytes(8).toString('hex')}`;
  return { id: guest, introduction: formatIntroduction({ as: 'guest', guest }), pass: '' };
}

async function enter({ introduction, pass }: Who): Promise<RawLink | undefined> {
  const { port, from } = order;
  const link = await RawLink.enter({ port, from, user: introduction, pass });
  if (!link) {
    count.refused += 1;
    await pause(retryMs); // the port may be shut: no program would get further by trying in a loop
    return undefined;
  }
  count.entered += 1;
  links.add(link);
  return link;
}

function leave(link: RawLink): void {
  if (!link.isOpen) count.cutOffAfterMs ??= performance.now() - begunMs;
  count.sentBytes += link.sentBytes;
  links.delete(link);
  link.close();
}
