/** What marks and lines of the diagram mean. */
import type { EventKind } from '../../../src/labs/clocks/core/entry.ts';
import {
  arrowInWords,
  arrowStrokes,
  kindsInWords,
  markOf,
  type Stroke,
  stubInWords,
  stubStrokes,
} from '../../../src/labs/clocks/core/marks.ts';
import { element } from './elements.ts';

const namespace = 'http://www.w3.org/2000/svg';
const height = 16;
const middle = height / 2;

/** @param kinds that there are; @param isMissing whether a message was never received. */
export function legend(kinds: ReadonlySet<EventKind | undefined>, isMissing: boolean): HTMLUListElement {
  const marks = kindsInWords
    .filter(([kind]) => kinds.has(kind))
    .map(([kind, words]) => item(words, 12, { d: markOf(kind), transform: `translate(6 ${middle})` }));
  const arrow = arrowStrokes([0, middle], [28, middle]);
  const stub = stubStrokes([6, 25], 0);
  return element(
    'ul',
    { id: 'legend' },
    ...marks,
    item(arrowInWords, 28, { d: pathOf(arrow), class: 'line' }),
    ...(isMissing
      ? [item(stubInWords, 12, { d: pathOf(stub), class: 'line', transform: 'scale(0.6)' })]
      : []),
  );
}

function item(words: string, width: number, path: Readonly<Record<string, string>>): HTMLLIElement {
  const image = document.createElementNS(namespace, 'svg');
  image.setAttribute('width', String(width));
  image.setAttribute('height', String(height));
  image.setAttribute('aria-hidden', 'true');
  const drawn = document.createElementNS(namespace, 'path');
  for (const [name, value] of Object.entries(path)) drawn.setAttribute(name, value);
  image.append(drawn);
  return element('li', {}, image, words);
}

function pathOf(strokes: readonly Stroke[]): string {
  return strokes.map((points) => `M${points.map((point) => point.join(' ')).join('L')}`).join('');
}
