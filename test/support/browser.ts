/** A real browser without a window, by way of Chromium's own protocol over a pipe: keys go in, the page is asked what it shows. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { afterAll } from 'vitest';
import { tempFolder } from './temp-folder.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
export const browser = names.find((name) => spawnSync(name, ['--version']).status === 0);

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

const open = new Set<Page>();
afterAll(async () => {
  for (const page of open) await page.close();
});

export class Page {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (reply: Reply) => void>();
  readonly #told = new Map<string, (params: unknown) => void>();
  #session: string | undefined;
  #asked = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    let rest = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\0');
      rest = parts.pop()!;
      for (const part of parts) this.#heard(JSON.parse(part) as Reply); // the protocol's own JSON
    });
  }

  /** Loaded, and with whatever the page logs or breaks collected in `problems`. */
  static async open(url: string): Promise<Page> {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--remote-debugging-pipe',
      '--no-first-run',
    ];
    const child = spawn(browser!, [...flags, `--user-data-dir=${tempFolder()}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const page = new Page(child);
    open.add(page);
    const { targetInfos } = await page.#ask('Target.getTargets');
    const target = (targetInfos as { targetId: string; type: string }[]).find(({ type }) => type === 'page')!;
    const { sessionId } = await page.#ask('Target.attachToTarget', {
      targetId: target.targetId,
      flatten: true,
    });
    page.#session = sessionId as string;
    page.#told.set('Runtime.exceptionThrown', (params) => page.problems.push(JSON.stringify(params)));
    page.#told.set('Log.entryAdded', (params) => page.problems.push(JSON.stringify(params)));
    for (const domain of ['Page', 'Runtime', 'Log']) await page.#ask(`${domain}.enable`);
    const loaded = new Promise((resolve) => page.#told.set('Page.loadEventFired', resolve));
    await page.#ask('Page.navigate', { url });
    await loaded;
    return page;
  }

  readonly problems: string[] = [];

  /** What an expression is on the page; a promise is waited for. */
  async value(expression: string): Promise<unknown> {
    const answer = await this.#ask('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    const { result } = answer as { result: { value?: unknown } };
    return result.value;
  }

  /** Waits, frame by frame, until an expression is true on the page. */
  async shows(condition: string): Promise<void> {
    await this.value(
      `new Promise((resolve) => { const look = () => (${condition}) ? resolve() : requestAnimationFrame(look); look(); })`,
    );
  }

  /** A key as `KeyboardEvent.key` names it. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {};
      await this.#ask('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key, ...text });
      await this.#ask('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key });
    }
  }

  /** With a mouse, in pixels of the page. */
  async point(x: number, y: number): Promise<void> {
    await this.#ask('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
  }

  async close(): Promise<void> {
    open.delete(this);
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#asked;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { result, error } = await new Promise<Reply>((resolve) => this.#answers.set(id, resolve));
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  #heard({ id, method, params, ...reply }: Reply): void {
    if (method !== undefined) this.#told.get(method)?.(params);
    if (id === undefined) return;
    this.#answers.get(id)?.(reply);
    this.#answers.delete(id);
  }
}
