/** Recorded clients that reach the real servers, each through proxies of its own. */
import { setTimeout as pause } from 'node:timers/promises';
import { collect } from '../../cli/collect.ts';
import { originalPace } from '../../cli/commands/replay.ts';
import { cuesOf } from '../../cli/playback.ts';
import { GuestClient, UserClient } from '../../src/client/client.ts';
import type { LineState } from '../../src/client/line.ts';
import { natsLink } from '../../src/client/nats-link.ts';
import * as recorded from '../../src/recording/clients.ts';
import { type Asked, Scribe } from '../../src/recording/scribe.ts';
import { systemClock as clock } from '../../src/system/clock.ts';
import { systemRandom as random } from '../../src/system/random.ts';
import type { Doors } from './doors.ts';
import { plainText } from './plain-text.ts';
import type { Recorder } from './recorder.ts';

/** How a client reaches the servers. */
interface Way {
  readonly urls: readonly string[];
  close(): void;
}

const connectMsMax = 10_000;

function optionsFor(doors: Way) {
  return { clock, random, link: natsLink(doors.urls, plainText) };
}

export class RecordedGuest extends recorded.RecordedGuest {
  readonly #doors: Way;

  constructor(recorder: Recorder, name: string, doors: Way) {
    super(new GuestClient(optionsFor(doors)), new Scribe(recorder, name, null), random);
    this.#doors = doors;
  }

  override ready(): Promise<void> {
    return super.ready(connectMsMax);
  }

  override async close(): Promise<void> {
    await super.close();
    this.#doors.close();
  }
}

export class RecordedUser<W extends Way = Doors> extends recorded.RecordedUser {
  readonly doors: W;
  /** How long showing an item takes. */
  showMs = 0;
  readonly #client: UserClient;
  readonly #scribe: Scribe;

  constructor(recorder: Recorder, name: string, login: recorded.Login, doors: W) {
    const client = new UserClient(optionsFor(doors), login.identity);
    const scribe = new Scribe(recorder, name, login.identity.user);
    super(client, scribe, login);
    this.doors = doors;
    this.#client = client;
    this.#scribe = scribe;
  }

  /** What the client says of its connection, now and at every change. */
  watchState(listener: (state: LineState) => void): void {
    const { line } = this.#client;
    line.watch(() => listener(line.state));
    listener(line.state);
  }

  override follow(): Promise<void> {
    return super.follow(connectMsMax, async () => {
      if (this.showMs > 0) await pause(this.showMs);
    });
  }

  /**
   * Every session of its user's, one after the other, as `verbatim replay` does. For when all is over.
   * @returns how many there were.
   */
  async playBack(timeoutMs: number): Promise<number> {
    const { name } = this.login.identity;
    const sessions = await collect(this.#client.sessions(null, timeoutMs));
    for (const { session } of sessions) {
      const asked: Asked = { op: 'read', name, args: { what: 'replay', session } };
      await this.#scribe.call(asked, async () => {
        const entries = await collect(this.#client.transcript(session, timeoutMs));
        const cues = cuesOf(recorded.readsOf(entries), originalPace);
        const messages = cues.map(({ message, offsetMs }) => ({ ...message, offset_ms: offsetMs }));
        return { messages, position: this.position };
      });
    }
    return sessions.length;
  }

  override isCaughtUp(): Promise<boolean> {
    return super.isCaughtUp(connectMsMax);
  }

  override kill(): void {
    this.doors.close();
    super.kill();
  }
}
