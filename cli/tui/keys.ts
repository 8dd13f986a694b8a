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
  feed(bytes: Uint8Array): Key[] {
    this.#rest += this.#utf8.write(Buffer.from(bytes));
    return this.#take(false);
  }

  /** Whether something waits for its end. */
  get isOpen(): boolean {
    return this.#rest !== '' && !this.#rest.startsWith(pasteBegin);
  }

  /** Nothing more came in time: what is there is all. */
  flush(): Key[] {
    return this.#take(true);
  }

  #take(isAll: boolean): Key[] {
    const keys: Key[] = [];
    for (;;) {
      const key = this.#next(isAll);
      if (key === undefined) return keys;
      if (key !== 'none') keys.push(key);
    }
  }

  /** `none`: a sequence that means no key. */
  #next(isAll: boolean): Key | 'none' | undefined {
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

function sequence(isAlt: boolean, parameters: string, final: string): Key | 'none' {
  const [first = '', modifier = '1'] = parameters.split(';');
  const name = final === '~' ? numbers[first] : finals[final];
  if (name === undefined) return 'none';
  const bits = Math.max(0, Number(modifier.split(':')[0]) - 1 || 0);
  const shift = bits & 1 || final === 'Z' ? 'S-' : '';
  const alt = bits & 2 || isAlt ? 'M-' : '';
  return { kind: 'key', name: `${bits & 4 ? 'C-' : ''}${alt}${shift}${name}` };
}

function control(code: number): string {
  if (code === 0x0d || code === 0x0a) return 'enter';
  if (code === 0x09) return 'tab';
  if (code === 0x08 || code === 0x7f) return 'backspace';
  if (code === 0) return 'C-space';
  return code <= 26 ? `C-${String.fromCharCode(code + 96)}` : `C-${String.fromCharCode(code + 64)}`;
}
