/** What a search found, as rows: the newest at the bottom, as messages stand. Pure. */
import { visible } from '../render/text.ts';
import { fitLine, type Line, type Style, span } from '../tui/spans.ts';
import { clockTime, dayOf } from './clock-time.ts';
import { highlighted, type Look, searchPattern, shownText } from './pane.ts';
import type { Found, Search } from './state.ts';

const dim: Style = { dim: true };

export function foundRows({ text, found, chosen, isDone }: Search, look: Look, height: number): Line[] {
  const first = Math.max(0, Math.min(chosen - (height >> 1), found.length - (height - 1)));
  const shown = found
    .slice(first, first + height - 1)
    .map((one, index) => foundRow(one, look, first + index === chosen));
  const amount = found.length === 0 ? 'nothing' : `${found.length}`;
  const state = isDone ? `found ${amount}` : `found ${amount} so far, still looking`;
  return [...shown.reverse(), fitLine([span(`── ${visible(text)}: ${state} `, dim)], look.width)];
}

function foundRow({ at, from, text }: Found, { width, settings, found }: Look, isChosen: boolean): Line {
  const before = `${dayOf(at).split(' ')[1]} ${clockTime(at, settings.timeFormat)} `;
  const words = highlighted(shownText(text), [[searchPattern(found), { underline: true, bold: true }]]);
  const row = fitLine(
    [span(before, dim), span(visible(from), { colour: { ofName: from } }), span(': '), ...words],
    width,
  );
  return isChosen ? row.map((one) => span(one.text, { ...one.style, inverse: true })) : row;
}
