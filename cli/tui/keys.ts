/**
 * Keys, out of the bytes that a terminal sends. A key that is no letter comes as an escape sequence, which may arrive in
 * pieces; an Escape by itself looks like the beginning of one, so whoever reads asks again a moment later (`flush`).
 * What is pasted comes between brackets and is never taken for keys.
 */
import { StringDecoder } from 'node:string_decoder';

/**
 * `name` is a key as terminal people write it: `enter`, `up`, `pgup`, `f1`, with `C-`, `M-` and `S-` before it for Control,
 * Alt and Shift: `C-a`, `M-1`, `S-tab`.
 */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'key'; readonly name: string };

/** What only terminals with the kitty keyboard protocol say, when they are asked to: that a key was let go. */
export type Stroke =
  | Key
  | { readonly kind: 'release'; readonly name: string }
  /** Its answer: it does so from now on. */
  | { readonly kind: 'releasesTold' };

const pasteBegin = '\x1b[200~';
const pasteEnd = '\x1b[201~';
/** What nobody pastes into a chat: after so much the rest is taken, and not kept waiting for an end that may be lost. */
const pasteLengthMax = 1 << 20;

const finals: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'tab',
};
const numbers: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pgup',
  6: 'pgdn',
  7: 'home',
  8: 'end',
};

/** One whole sequence, or what may yet become one. */
const csi = /^\x1b\x1b?(?:\[|O)([0-9;:<=>?]*)[ -/]*([@-~])/;
const csiBegun = /^\x1b(?:\x1b?(?:\[|O)?[0-9;:<=>?]*[ -/]*)?$/;

export class KeyDecoder {
  readonly #utf8 = new StringDecoder('utf8');
  #rest = '';

  /** @returns the keys that are whole. */
  feed(bytes: Uint8Array): Stroke[] {
    this.#rest += this.#utf8.write(Buffer.from(bytes));
    return this.#take(false);
  }

  /** Whether something waits for its end. */
  get isOpen(): boolean {
    return this.#rest !== '' && !this.#rest.startsWith(pasteBegin);
  }

  /** Nothing more came in time: what is there is all. */
  flush(): Stroke[] {
    return this.#take(true);
  }

  #take(isAll: boolean): Stroke[] {
    const keys: Stroke[] = [];
    for (;;) {
      const key = this.#next(isAll);
      if (key === undefined) return keys;
      if (key !== 'none') keys.push(key);
    }
  }

  /** `none`: a sequence that means no key. */
  #next(isAll: boolean): Stroke | 'none' | undefined {
    const rest = this.#rest;
    if (rest === '') return undefined;
    if (rest.startsWith(pasteBegin)) return this.#paste();
    const [whole, parameters = '', final = ''] = csi.exec(rest) ?? [];
    if (whole !== undefined) {
      this.#rest = rest.slice(whole.length);
      return sequence(whole.startsWith('\x1b\x1b'), parameters, final);
    }
    if (rest.startsWith('\x1b')) return csiBegun.test(rest) && !isAll ? undefined : this.#escaped();
    const [text] = /^[^\x00-\x1f\x7f]+/.exec(rest) ?? [];
    if (text !== undefined) {
      this.#rest = rest.slice(text.length);
      return { kind: 'text', text: text.replace(/[\x80-\x9f]/g, '') };
    }
    this.#rest = rest.slice(1);
    return { kind: 'key', name: control(rest.charCodeAt(0)) };
  }

  #paste(): Key | undefined {
    const end = this.#rest.indexOf(pasteEnd, pasteBegin.length);
    if (end < 0 && this.#rest.length < pasteLengthMax) return undefined;
    const text = this.#rest.slice(pasteBegin.length, end < 0 ? undefined : end);
    this.#rest = end < 0 ? '' : this.#rest.slice(end + pasteEnd.length);
    return { kind: 'paste', text };
  }

  /** Escape alone, or Alt with another key. */
  #escaped(): Key {
    const [letter] = this.#rest.slice(1);
    this.#rest = this.#rest.slice(1 + (letter?.length ?? 0));
    if (letter === undefined || letter === '\x1b') {
      this.#rest = letter ? `\x1b${this.#rest}` : this.#rest;
      return { kind: 'key', name: 'escape' };
    }
    const name = letter < ' ' || letter === '\x7f' ? control(letter.charCodeAt(0)) : letter;
    return { kind: 'key', name: `M-${name}` };
  }
}

function sequence(isAlt: boolean, parameters: string, final: string): Stroke | 'none' {
  if (final === 'u' && parameters.startsWith('?')) return { kind: 'releasesTold' };
  const [first = '', modifier = ''] = parameters.split(';');
  const [bits = '1', event] = modifier.split(':');
  const held = Math.max(0, Number(bits) - 1 || 0) & modifiersKnown;
  const key = final === 'u' ? byCode(Number(first.split(':')[0]), held) : named(first, final, held, isAlt);
  if (key === undefined) return 'none';
  if (event !== released) return key;
  return { kind: 'release', name: key.kind === 'key' ? key.name : key.text };
}

/** Of the protocol's kinds of events; pressing and repeating are the same here. */
const released = '3';
/** Shift, Alt and Control; the others, Caps Lock among them, make no other key. */
const modifiersKnown = 7;

function named(first: string, final: string, held: number, isAlt: boolean): Key | undefined {
  const name = final === '~' ? numbers[first] : finals[final];
  return name === undefined
    ? undefined
    : withModifiers(name, held | (isAlt ? 2 : 0) | (final === 'Z' ? 1 : 0));
}

/** As the protocol has all keys: by the code of what they write without Shift. */
function byCode(code: number, held: number): Key | undefined {
  const isLetter = (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code < 0xd800);
  if (isLetter && (held & ~1) === 0) {
    const text = String.fromCodePoint(code);
    return { kind: 'text', text: held & 1 ? text.toUpperCase() : text };
  }
  if (isLetter) return withModifiers(String.fromCodePoint(code), held);
  return [0x09, 0x0d, 0x1b, 0x7f].includes(code)
    ? withModifiers(code === 0x1b ? 'escape' : control(code), held)
    : undefined;
}

function withModifiers(name: string, held: number): Key {
  return {
    kind: 'key',
    name: `${held & 4 ? 'C-' : ''}${held & 2 ? 'M-' : ''}${held & 1 ? 'S-' : ''}${name}`,
  };
}

function control(code: number): string {
  if (code === 0x0d || code === 0x0a) return 'enter';
  if (code === 0x09) return 'tab';
  if (code === 0x08 || code === 0x7f) return 'backspace';
  if (code === 0) return 'C-space';
  return code <= 26 ? `C-${String.fromCharCode(code + 96)}` : `C-${String.fromCharCode(code + 64)}`;
}
