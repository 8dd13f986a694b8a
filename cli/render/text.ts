/** Text of others, made fit for a terminal. */

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Control characters, line separators, what turns the direction of writing around, and letters that nothing shows. */
const unfit = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\u{e0000}-\u{e007f}]/gu;

/**
 * One message stays one line, and nobody's words move the cursor, change colours or hide other words. Everything else
 * stays as it is; who needs to tell `\n` typed from a line break reads the JSON.
 */
export function visible(text: string): string {
  return text.replace(unfit, (character) => {
    const code = character.codePointAt(0)!;
    return names[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
  });
}

/** One object as JSON that says the same and moves no cursor: JSON itself leaves half of `unfit` as it is. */
export function safeJson(object: object): string {
  return asSafeJson(JSON.stringify(object));
}

/** The same of what is JSON already. */
export function asSafeJson(json: string): string {
  const escaped = (unit: string) => `\\u${hex(unit.charCodeAt(0), 4)}`; // JSON knows halves of surrogate pairs only
  return json.replace(unfit, (character) => character.split('').map(escaped).join(''));
}

/** The last guard before a terminal: of what is neither a line break nor a colour of ours, nothing goes through. */
export function safeText(text: string): string {
  return text
    .split(/(\n|\x1b\[\d{0,3}m)/)
    .map((part, index) => (index % 2 === 1 ? part : visible(part)))
    .join('');
}

/** The same where every column counts: a sign of one column for each. */
export function masked(text: string): string {
  return text.replace(unfit, '?');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** `1 message`, `2 messages`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
