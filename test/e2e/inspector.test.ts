/** The inspector on a real cluster, in a real browser that finds nobody but this machine. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browser, Page } from '../support/browser.ts';
import type { Cli } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';
import { inspect, type RunningInspector } from '../support/inspector.ts';

const picture = (name: string) => fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url));
const screen = { viewport: { width: 1280, height: 800 } };

describe.skipIf(!browser)('the inspector', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let inspector: RunningInspector;
  let page: Page;
  let session: string;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    [alice] = (await cluster.welcome('alice', 'bob')) as [Cli];
    session = String((await alice.done(['send', 'bob', 'first', '--json'])).json[0]!.session);
    inspector = await inspect(cluster);
    page = await Page.open(inspector.url, screen);
  });
  afterAll(async () => {
    inspector?.running.signal('SIGTERM');
    await cluster?.stop();
  });

  it('opens with the network off and shows three replicas', async () => {
    await page.shows(`document.querySelectorAll('.node.leader, .node.follower').length === 3`);
    await page.shows(
      `[...document.querySelectorAll('.node dd')].filter((dd) => dd.textContent.includes('✓')).length === 3`,
    );
    expect(page.problems).toEqual([]);
  });

  it('follows a message through its session, to the log entry that caused it', async () => {
    await page.driven.goto(`${inspector.url}#/actors/cluster/${session}`);
    await page.shows(`document.querySelector('[data-state="active"].active') !== null`);
    const { json } = await alice.done(['send', 'bob', 'seen on its way', '--json']);
    const position = Number(json[0]!.position);
    await page.shows(`document.querySelector('#events')?.textContent.includes('seen on its way')`);
    await page.shows(`document.querySelector('text.flash')?.textContent.startsWith('MessagePosted')`);
    await page.shows(`document.querySelector('#context .changed') !== null`);
    await page.driven.locator('#events .entry').first().click();
    await page.shows(`document.querySelector('#entry')?.textContent.includes('"position": ${position}')`);
    await page.driven.screenshot({ path: picture('inspector-actor') });
    await page.press('c');
    await page.shows(`document.querySelector('.paths')?.textContent.includes('${session}')`);
    await page.shows(`document.querySelector('.steps') !== null`);
    await page.driven.screenshot({ path: picture('inspector-cluster') });
  });

  it('travels to a position and shows what `verbatim state --at` prints', async () => {
    const history = (await alice.done(['transcript', '--session', session, '--json'])).json;
    const at = Number(history[0]!.position);
    const { json } = await cluster
      .as('operator')
      .done(['state', '--session', session, '--at', String(at), '--json']);
    const link = `${inspector.url}#/actors/cluster/${session}?at=${at}`;
    const another = await Page.open(link, { ...screen, colorScheme: 'dark' });
    await another.shows(`document.querySelectorAll('#context dd').length > 5`);
    const shown = await another.value(
      `Object.fromEntries([...document.querySelectorAll('#context > div')].map((div) => [div.children[0].textContent, JSON.parse(div.children[1].textContent)]))`,
    );
    expect(shown).toEqual(json[0]!.context);
    expect(await another.value(`document.querySelector('#actor').dataset.state`)).toBe(json[0]!.state);
    await another.driven.screenshot({ path: picture('inspector-past') });
    await another.press(']');
    await another.shows(`Number(document.querySelector('#position').value) > ${at}`);
    expect(await another.value('location.hash')).not.toContain(`at=${at}`);
    await another.press('l');
    await another.shows(`!location.hash.includes('at=')`);
    expect(another.problems).toEqual([]);
    await another.close();
  });

  it("lights another node's chart as leading within 1 s of a leader's death", async () => {
    const { node: leader } = await cluster.leader();
    const others = ['n1', 'n2', 'n3'].filter((node) => node !== leader);
    const pages = await Promise.all(
      others.map((node) => Page.open(`${inspector.url}#/actors/${node}/replica`, screen)),
    );
    for (const one of pages)
      await one.shows(`document.querySelector('[data-state="following"].active') !== null`);
    const lit = Promise.race(
      pages.map(async (one) => {
        await one.shows(`document.querySelector('[data-state="leading"].active') !== null`);
        return { litMs: Date.now(), one };
      }),
    );
    const { epoch } = await cluster.killLeader();
    const led = cluster.said.all.find((line) => line.endsWith(`leads epoch ${epoch}`))!;
    const { litMs, one } = await lit;
    expect(litMs - Date.parse(led.slice(0, 24))).toBeLessThan(1_000);
    await one.driven.screenshot({ path: picture('inspector-election') });
    await page.shows(`document.querySelector('.timeline')?.textContent.includes('leads epoch ${epoch}')`);
    for (const each of pages) await each.close();
  });

  it('is usable on a narrow screen', async () => {
    await page.driven.setViewportSize({ width: 390, height: 800 });
    await page.driven.goto(`${inspector.url}#/actors/cluster/${session}`);
    await page.shows(`document.querySelector('#chart') !== null`);
    expect(await page.value('document.documentElement.scrollWidth <= 390')).toBe(true);
    await page.driven.screenshot({ path: picture('inspector-narrow') });
  });
});
