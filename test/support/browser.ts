/** A real browser without a window: Debian's Chromium, driven by `playwright-core`, which brings none of its own. */
import { type Browser, type BrowserContextOptions, chromium, type Page as Driven } from 'playwright-core';
import { afterAll } from 'vitest';
import { browser } from './browser-path.ts';

export { browser };

/** Such tests say so, and count as skipped. */
if (!browser) process.stderr.write('no Chromium here: tests in a browser are skipped\n');

/** One for all pages of a file: each has a context of its own, and finds nobody but this machine. */
let running: Promise<Browser> | undefined;
afterAll(async () => {
  await (await running)?.close();
});

function launched(): Promise<Browser> {
  const offline = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
  running ??= chromium.launch({
    executablePath: browser!,
    args: ['--no-sandbox', '--disable-gpu', offline],
  });
  return running;
}

export class Page {
  readonly driven: Driven;
  /** What the page logged as an error, broke, or asked of anybody but its own server. */
  readonly problems: string[] = [];

  private constructor(driven: Driven, url: string) {
    this.driven = driven;
    const own = new URL(url).origin;
    driven.on('pageerror', (error) => this.problems.push(error.message));
    driven.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    driven.on('request', (request) => {
      const asked = request.url();
      const isOwn = own === 'null' ? asked.startsWith('file:') : new URL(asked).origin === own;
      if (!isOwn && !asked.startsWith('data:')) this.problems.push(`asked for ${asked}`);
    });
  }

  /** Loaded. */
  static async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = new Page(await (await launched()).newPage(options), url);
    await page.driven.goto(url);
    return page;
  }

  /** What an expression is on the page; a promise is waited for. */
  async value(expression: string): Promise<unknown> {
    return await this.driven.evaluate(expression);
  }

  /** Waits, frame by frame, until an expression is true on the page. It is code of ours: a page's policy forbids `eval`. */
  async shows(condition: string): Promise<void> {
    await this.driven.evaluate(
      `new Promise((resolve) => { const look = () => (${condition}) ? resolve() : requestAnimationFrame(look); look(); })`,
    );
  }

  /** A key as `KeyboardEvent.key` names it. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.driven.keyboard.press(key);
  }

  /** With a mouse, in pixels of the page. */
  async point(x: number, y: number): Promise<void> {
    await this.driven.mouse.move(x, y);
  }

  async close(): Promise<void> {
    await this.driven.context().close();
  }
}
