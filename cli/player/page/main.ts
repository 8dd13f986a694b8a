/** The exported page: a thin view over the same player as the terminal's. Text of others is only ever set as text. */
import { offsetFrom, positionText, timeOfDay } from '../model/moment.ts';
import { Player } from '../model/player.ts';
import { type Recording, wordsFor } from '../model/recording.ts';
import { type Told, toldAt } from '../model/told.ts';

const seekMs = 5_000;

interface Data {
  readonly recording: Recording;
  readonly speed: number;
  readonly maxGapMs: number | null;
}

// Written by the exporter, on the same page.
const data = JSON.parse(document.getElementById('data')!.textContent ?? '') as Data;
const { recording } = data;
const player = new Player(
  recording,
  { speed: data.speed, maxGapMs: data.maxGapMs ?? Number.POSITIVE_INFINITY },
  {
    monotonicMs: () => performance.now(),
    setTimeout: (task, delayMs) => window.setTimeout(task, delayMs),
    clearTimeout: (timer) => window.clearTimeout(timer as number), // made by the line above
  },
);

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const list = element('ol', { id: 'told' });
list.setAttribute('role', 'log');
list.setAttribute('aria-label', 'What was said');
const playButton = button('Play', 'space', () => player.toggle());
const bar = element('input', { type: 'range', id: 'bar', min: '0', step: 'any' });
bar.setAttribute('aria-label', 'Position');
const marks = element('div', { id: 'marks', ariaHidden: 'true' });
const position = element('output', { id: 'position' });
const speed = element('output', { id: 'speed' });
const silences = button('', 's', () => player.toggleSilences());
const jump = element('input', { id: 'jump', placeholder: '1:30 or @19:31', autocomplete: 'off', size: 14 });
jump.setAttribute('aria-label', 'Jump to a time');
const controls = element(
  'div',
  { id: 'controls' },
  playButton,
  element('div', { id: 'track' }, marks, bar),
  position,
  button('−', '-', () => player.slower(), 'Slower'),
  speed,
  button('+', '+', () => player.faster(), 'Faster'),
  silences,
  jump,
);
const help = element('p', {
  id: 'help',
  textContent:
    'space plays and pauses · ← → 5 s · ↑ ↓ to what was said before or next · Home End · + − speed · s silences · g jump to a time',
});
document.body.append(
  element(
    'main',
    {},
    element('h1', {}, element('bdi', { textContent: recording.title })),
    element('p', { id: 'date', textContent: new Date(recording.startedAt).toLocaleString() }),
    list,
  ),
  element('footer', {}, controls, help),
);

function button(text: string, keys: string, act: () => void, label = ''): HTMLButtonElement {
  const made = element('button', { type: 'button', textContent: text, title: keys });
  if (label) made.setAttribute('aria-label', label);
  made.addEventListener('click', act);
  return made;
}

function itemFor(told: Told): HTMLLIElement {
  if (told.kind !== 'said') return element('li', { className: told.kind, textContent: wordsFor(told) });
  const at = recording.startedAt + told.offsetMs;
  const name = element('bdi', { className: 'name', textContent: told.from });
  name.style.setProperty('--hue', String(hueOf(told.from)));
  const time = element('time', { textContent: timeOfDay(at), dateTime: new Date(at).toISOString() });
  return element(
    'li',
    { className: 'said' },
    time,
    name,
    element('bdi', { className: 'text', textContent: told.text }),
  );
}

function hueOf(name: string): number {
  let sum = 0;
  for (const character of name.toLowerCase()) sum = (sum * 31 + character.codePointAt(0)!) % 360;
  return sum;
}

/** Of each happening shown: how many items of the list it takes. */
const sizes: number[] = [];
let drawnTimeline = player.state.timeline;

/** Items are added at the end and taken from there, and made anew only where silences are told otherwise. */
function drawList(): void {
  const { shown, timeline } = player.state;
  if (timeline !== drawnTimeline) {
    list.replaceChildren();
    sizes.length = 0;
    drawnTimeline = timeline;
  }
  const isGrowing = sizes.length < shown;
  while (sizes.length > shown) for (let rest = sizes.pop()!; rest > 0; rest--) list.lastChild?.remove();
  while (sizes.length < shown) {
    const items = toldAt(recording.happenings, timeline, sizes.length).map(itemFor);
    list.append(...items);
    sizes.push(items.length);
  }
  if (isGrowing) list.lastElementChild?.scrollIntoView({ block: 'end' });
}

let markedTimeline: typeof drawnTimeline | undefined;

function drawMarks(): void {
  const { timeline } = player.state;
  if (timeline === markedTimeline) return;
  markedTimeline = timeline;
  bar.max = String(timeline.durationMs);
  const percent = (filmMs: number) => `${(100 * filmMs) / Math.max(timeline.durationMs, 1)}%`;
  marks.replaceChildren(
    ...timeline.dueMs.flatMap((due, index) => {
      const mark = element('i', { className: recording.happenings[index]!.kind });
      mark.style.left = percent(due);
      if (timeline.shortenedAfter(index) === undefined) return [mark];
      const silence = element('i', { className: 'silence' });
      silence.style.left = percent(due);
      silence.style.width = percent(timeline.dueMs[index + 1]! - due);
      return [mark, silence];
    }),
  );
}

function drawPosition(): void {
  const { filmMs, offsetMs } = player;
  const { durationMs } = player.state.timeline;
  bar.value = String(filmMs);
  position.textContent = `${positionText(offsetMs)} / ${positionText(recording.happenings.at(-1)?.offsetMs ?? 0)}`;
  bar.setAttribute('aria-valuetext', `${positionText(filmMs)} of ${positionText(durationMs)}`);
}

function draw(): void {
  const { phase, speed: times, isShortened } = player.state;
  playButton.textContent = phase === 'playing' ? 'Pause' : phase === 'ended' ? 'Again' : 'Play';
  speed.textContent = `${times} ×`;
  silences.textContent = isShortened ? 'Silences shortened' : 'Silences in full';
  silences.ariaPressed = String(isShortened);
  document.body.dataset.phase = phase;
  drawMarks();
  drawList();
  drawPosition();
}

function animate(): void {
  if (player.state.phase === 'playing') drawPosition();
  requestAnimationFrame(animate);
}

const keys: Readonly<Record<string, () => void>> = {
  ' ': () => player.toggle(),
  ArrowLeft: () => player.seekBy(-seekMs),
  ArrowRight: () => player.seekBy(seekMs),
  ArrowUp: () => player.step(-1),
  ArrowDown: () => player.step(1),
  Home: () => player.seek(0),
  End: () => player.seek(player.state.timeline.durationMs),
  '+': () => player.faster(),
  '=': () => player.faster(),
  '-': () => player.slower(),
  s: () => player.toggleSilences(),
  g: () => jump.focus(),
};

document.addEventListener('keydown', (event) => {
  const isTyping = event.target === jump || event.ctrlKey || event.altKey || event.metaKey;
  const isPressing = event.target instanceof HTMLButtonElement && event.key === ' ';
  if (isTyping || isPressing || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]!();
});
jump.addEventListener('keydown', ({ key }) => {
  if (key !== 'Enter' && key !== 'Escape') return;
  const offsetMs = key === 'Enter' ? offsetFrom(jump.value, recording.startedAt) : undefined;
  if (offsetMs !== undefined) player.seekOffset(offsetMs);
  jump.classList.toggle('wrong', key === 'Enter' && offsetMs === undefined);
  if (key === 'Enter' && offsetMs === undefined) return;
  jump.value = '';
  jump.blur();
});
bar.addEventListener('input', () => player.seek(Number(bar.value)));
player.watch(draw);
draw();
animate();
