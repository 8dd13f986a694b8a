#!/usr/bin/env node
/**
 * A bot out of two commands: `verbatim inbox --follow --json` is what it hears, `verbatim send NAME -` is how it answers.
 *
 *   verbatim register echo && verbatim login echo --profile echo
 *   VERBATIM_PROFILE=echo examples/bot.mjs
 *
 * It says back what it is told; change `answerTo`. Both commands wait while the cluster has no leader and go on with the
 * next one. If a `send` gives up after a minute, what became of its last lines is unknown: the same lines are sent again
 * under the same id, and each is sent once. What the bot was told and had not answered when it was killed itself it does
 * not hear again, unless that was in the last moment: a bot that must answer everything keeps what it has heard.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../cli/verbatim', import.meta.url));
/** The exit status that says: nobody could answer in time. */
const unanswered = 3;
const said = 'you said: ';

/** @param {string} text what somebody said @returns {string | undefined} what to answer, if anything */
function answerTo(text) {
  return text.startsWith(said) ? undefined : said + text; // two such bots would never come to an end
}

/** @param {string[]} args @param {import('node:child_process').StdioOptions} stdio */
const verbatim = (args, stdio) => spawn(process.execPath, [program, ...args], { stdio });

/** Answers to one user, through one `send` for as long as that runs. */
class Sender {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.id = `bot-${randomUUID()}`;
    /** @type {string[]} all that was sent under that id, in order: line N of it is the command ID.N */
    this.lines = [];
    this.ended = this.#run();
  }

  /** @param {string} text one line */
  send(text) {
    this.lines.push(text);
    this.child?.stdin?.write(`${text}\n`);
  }

  end() {
    this.child?.stdin?.end();
    return this.ended;
  }

  /** @returns {Promise<number | null>} the exit status, of a run that was answered */
  async #run() {
    for (;;) {
      this.child = verbatim(
        ['send', this.name, '-', '--id', this.id, '--timeout', '60s'],
        ['pipe', 'ignore', 'inherit'],
      );
      this.child.stdin?.on('error', () => undefined); // it ended before it read all, and that is seen below
      for (const line of this.lines) this.child.stdin?.write(`${line}\n`);
      const status = await new Promise((resolve) => this.child?.once('close', resolve));
      if (status !== unanswered) return status;
    }
  }
}

/** @type {Map<string, Sender>} */
const senders = new Map();
const inbox = verbatim(['inbox', '--follow', '--json'], ['ignore', 'pipe', 'inherit']);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => inbox.kill());

for await (const line of createInterface({
  input: /** @type {import('node:stream').Readable} */ (inbox.stdout),
})) {
  const { from, text, undeliverable, kind } = JSON.parse(line);
  // What came back is the bot's own; a kind have the comings and goings of groups.
  const answer = undeliverable || kind ? undefined : answerTo(text)?.replaceAll('\n', ' ');
  if (answer === undefined) continue;
  const sender = senders.get(from) ?? new Sender(from);
  senders.set(from, sender);
  sender.send(answer);
  void sender.ended.then(() => senders.delete(from));
}
await Promise.all([...senders.values()].map((sender) => sender.end()));
