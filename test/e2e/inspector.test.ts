/** The inspector on a real cluster, in a real browser that finds nobody but this machine. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browser, Page } from '../support/browser.ts';
import type { Cli } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';
import { inspect, type RunningInspector } from '../support/inspector.ts';
import { hasTmux, Terminal } from '../support/terminal.ts';

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
    expect(await page.value(`document.querySelector('#events .data').textContent`)).toBe(
      'alice: seen on its way',
    );
    await page.driven.locator('#events .entry').first().click();
    await page.shows(`document.querySelector('#entry')?.textContent.includes('"position": ${position}')`);
    await page.driven.screenshot({ path: picture('inspector-actor') });
    await page.press('Escape');
    await page.shows(`document.querySelector('#entry') === null`);
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
    await another.driven.locator('#position').fill('99999');
    await another.press('Enter');
    await another.shows(`Number(document.querySelector('#position').value) < 99_999`);
    await another.press('Escape', 'l');
    await another.shows(`!location.hash.includes('at=')`);
    expect(another.problems).toEqual([]);
    await another.close();
  });

  it('plays at the speed at which it happened', async () => {
    for (const text of ['one', 'two', 'three']) await alice.done(['send', 'bob', text]);
    const history = (await alice.done(['transcript', '--session', session, '--json'])).json.slice(-3);
    const happened = history.map(({ at }) => Date.parse(String(at)));
    const [first, , last] = history.map(({ position }) => Number(position));
    const another = await Page.open(`${inspector.url}#/actors/cluster/${session}?at=${first}`, screen);
    await another.shows(`document.querySelectorAll('#events li').length >= ${history.length}`);
    await another.shows(`!document.querySelector('.events small').textContent.includes('reading')`);
    // A row or a button that was clicked does not keep Space to itself.
    await another.driven.locator('.row.actor[aria-selected="true"]').click();
    await another.driven.locator('[data-key="]"]').focus();
    await another.driven.locator('[data-key="["]').click();
    await another.driven.goto(`${inspector.url}#/actors/cluster/${session}?at=${first}`);
    await another.shows(`Number(document.querySelector('#position').value) === ${first}`);
    await another.press(' ');
    // The first moment was there before: the way from the second to the last is as long as it was.
    const shown = (await another.value(`new Promise((resolve) => {
      const times = new Map();
      const look = () => {
        const position = Number(document.querySelector('#position').value);
        if (!times.has(position)) times.set(position, performance.now());
        if (position >= ${last}) resolve([...times.values()]); else requestAnimationFrame(look);
      };
      look();
    })`)) as number[];
    const gapMs = (times: readonly number[]) => times.at(-1)! - times.at(-2)!;
    expect(shown).toHaveLength(3);
    expect(Math.abs(gapMs(shown) - gapMs(happened))).toBeLessThan(150);
    await another.close();
  });

  it.skipIf(!hasTmux)('shows every client for as long as it is connected', async () => {
    await page.driven.goto(`${inspector.url}#/actors`);
    const state = (profile: string) =>
      `[...document.querySelectorAll('.row.actor')].some((row) => row.textContent.startsWith('${profile} ') && row.querySelector('small').textContent === 'client' && row.querySelector('em').textContent === 'ready')`;
    await page.driven.locator('#search').fill('client');
    const chat = await Terminal.open(['chat', '--profile', 'alice'], cluster.env);
    const inbox = cluster.as('bob').start(['inbox', '--follow', '--json']);
    for (const profile of ['alice', 'bob']) await page.shows(state(profile));
    await chat.close();
    await page.shows(`!${state('alice')}`);
    inbox.signal('SIGINT');
    await page.shows(`!${state('bob')}`);
    await page.driven.goto(`${inspector.url}#/cluster`);
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
    await page.shows(
      `document.querySelector('.timeline').textContent.includes('${leader} was started again')`,
    );
    expect(await page.value(`document.querySelectorAll('.node.leader').length`)).toBe(1);
    for (const each of pages) await each.close();
  });

  it('shows a node that does not answer as it was, and says so', async () => {
    const { node: leader } = await cluster.leader();
    const [stopped = ''] = ['n1', 'n2', 'n3'].filter((node) => node !== leader);
    const card = `[...document.querySelectorAll('.node')].find((one) => one.textContent.startsWith('${stopped}'))`;
    cluster.signal('SIGSTOP', stopped);
    await page.shows(
      `${card}?.textContent.includes('as it said last') && ${card}.textContent.includes('unknown')`,
    );
    await page.shows(`document.querySelector('.timeline').textContent.includes('${stopped} is silent')`);
    expect(await page.value(`${card}.textContent.includes('✓')`)).toBe(false);
    cluster.signal('SIGCONT', stopped);
    await page.shows(`document.querySelector('.timeline').textContent.includes('${stopped} is back')`);
  });

  it.each(['cluster/s-aaaaaaaaaaaaaaaa', 'n9/replica', '%E0%A4%A/x'])(
    'says that there is no %s',
    async (actor) => {
      const another = await Page.open(`${inspector.url}#/actors/${actor}`, screen);
      await another.shows(
        `/There is no such|Nothing has been heard/.test(document.querySelector('.context')?.textContent)`,
      );
      await another.close();
    },
  );

  it('is usable on a narrow screen', async () => {
    await page.driven.setViewportSize({ width: 390, height: 800 });
    await page.driven.goto(`${inspector.url}#/actors/cluster/${session}`);
    await page.shows(`document.querySelector('#chart') !== null`);
    expect(await page.value('document.documentElement.scrollWidth <= 390')).toBe(true);
    await page.driven.screenshot({ path: picture('inspector-narrow') });
  });
});
