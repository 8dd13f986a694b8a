/** The exported page in a real browser: it plays, is used by keys, runs nothing that people wrote, and asks nobody for anything. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { pageParts } from '../../cli/page.ts';
import type { Recording } from '../../cli/player/model/recording.ts';
import { pageOf } from '../../cli/player/page.ts';
import { browser, Page } from '../support/browser.ts';
import { tempFolder } from '../support/temp-folder.ts';

const hostile = `</script><script>document.title='broken'</script><img src=x onerror="document.title='broken'">`;
const recording: Recording = {
  title: `alice, ${hostile}`,
  startedAt: Date.parse('2026-11-21T19:30:04Z'),
  happenings: [
    { kind: 'said', offsetMs: 0, from: 'alice', text: 'hello' },
    { kind: 'came', offsetMs: 300, name: hostile, what: '' },
    { kind: 'said', offsetMs: 600, from: hostile, text: hostile },
    { kind: 'said', offsetMs: 600_600, from: 'alice', text: 'at last' },
  ],
};
const texts = `[...document.querySelectorAll('#told > li')].map((item) => item.textContent)`;
const count = `document.querySelectorAll('#told > li').length`;
const phase = 'document.body.dataset.phase';

it.skipIf(!browser)('plays in a browser, by keys, and runs nothing that people wrote (P10)', async () => {
  const file = join(tempFolder(), 'page.html');
  writeFileSync(file, pageOf(recording, { speed: 1, maxGapMs: 400 }, await pageParts('player')));
  const page = await Page.open(pathToFileURL(file).href);
  expect(await page.value(count)).toBe(1);
  expect(await page.value('document.title')).toBe(recording.title);

  await page.press(' ');
  await page.shows(`${phase} === 'ended'`);
  expect(await page.value(texts)).toEqual([
    expect.stringMatching(/alicehello$/),
    `${hostile} came online`,
    expect.stringContaining(hostile + hostile),
    '10 min of silence',
    expect.stringMatching(/at last$/),
  ]);
  await page.press('Home');
  expect(await page.value(`[${count}, ${phase}]`)).toEqual([1, 'paused']);
  await page.press('ArrowDown', 'ArrowDown');
  expect(await page.value(count)).toBe(4);
  await page.press('s');
  expect(await page.value(count)).toBe(3); // silences in full are not told
  await page.press('g', '1', ':', '3', '0', 'Enter');
  expect(await page.value(`document.getElementById('position').textContent`)).toBe('1:30 / 10:00');
  await page.press('End', '+');
  expect(await page.value(`[${count}, document.getElementById('speed').textContent]`)).toEqual([4, '1.5 ×']);

  expect(await page.value('document.title')).toBe(recording.title);
  expect(await page.value(`performance.getEntriesByType('resource').length`)).toBe(0);
  expect(await page.value(`document.querySelectorAll('img, script').length`)).toBe(2); // the data and the player
  expect(page.problems).toEqual([]);
  await page.close();
});
