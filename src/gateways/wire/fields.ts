/**
 * What messages are made of: kinds of fields, their bytes, and the types that follow from them.
 *
 * Numbers are unsigned, the most significant byte first. A description is data, so that one table serves the codec, the
 * types and the documentation.
 */

interface Kinds {
  u8: number;
  u16: number;
  u32: number;
  u64: number;
  flag: boolean;
  text: string;
}

type Described<F> = F & { readonly about: string };

export type Field =
  | Described<{ readonly kind: keyof Kinds }>
  | Described<{ readonly choice: readonly string[] }>
  | Described<{ readonly list: Shape }>;

/** Fields in the order of their bytes. */
export interface Shape {
  readonly [name: string]: Field;
}

type ValueOf<F> = F extends { readonly kind: infer K extends keyof Kinds }
  ? Kinds[K]
  : F extends { readonly choice: readonly (infer C)[] }
    ? C
    : F extends { readonly list: infer S extends Shape }
      ? readonly Values<S>[]
      : never;

export type Values<S extends Shape> = { readonly [N in keyof S]: ValueOf<S[N]> };

/** The bytes do not hold what was promised. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** Appends to a buffer that grows as it must and is used again for the next message. */
export class Writer {
  #buffer = Buffer.allocUnsafe(4_096);
  #length = 0;

  begin(): void {
    this.#length = 0;
  }

  /** A copy of what was written, of its own size. */
  end(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    const at = this.#take(1); // before the buffer is named: it may be another one then
    this.#buffer.writeUInt8(value, at);
  }

  u16(value: number): void {
    const at = this.#take(2);
    this.#buffer.writeUInt16BE(value, at);
  }

  u32(value: number): void {
    const at = this.#take(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  /** At most 2^53 - 1, as far as numbers count. */
  u64(value: number): void {
    const at = this.#take(8);
    this.#buffer.writeUInt32BE(Math.floor(value / 2 ** 32), at);
    this.#buffer.writeUInt32BE(value % 2 ** 32, at + 4);
  }

  flag(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  text(value: string): void {
    const sizeBytes = Buffer.byteLength(value);
    this.u16(sizeBytes);
    const at = this.#take(sizeBytes);
    this.#buffer.write(value, at);
  }

  /** Over what was written before. */
  u32At(value: number, at: number): void {
    this.#buffer.writeUInt32BE(value, at);
  }

  /** @returns where the new bytes begin. */
  #take(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }
}

/** Reads what a frame holds, and no byte more. @throws {Malformed} in all its methods. */
export class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where it stands: so many bytes were read. */
  get at(): number {
    return this.#at;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  u64(): number {
    const at = this.#take(8);
    const value = this.#bytes.readUInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw new Malformed('a number is at most 2^53 - 1');
    return value;
  }

  flag(): boolean {
    const value = this.u8();
    if (value > 1) throw new Malformed('a flag is 0 or 1');
    return value === 1;
  }

  text(): string {
    const sizeBytes = this.u16();
    const at = this.#take(sizeBytes);
    const bytes = this.#bytes.subarray(at, at + sizeBytes);
    const text = bytes.toString();
    // Whatever is not UTF-8 becomes a replacement character of three bytes, so the length tells nearly always.
    if (text.includes('\ufffd') && !bytes.equals(Buffer.from(text))) throw new Malformed('a text is UTF-8');
    return text;
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw new Malformed(`${left} bytes too many`);
  }

  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new Malformed('the frame ends too early');
    return at;
  }
}

/** @param values as the shape says: the types see to it. */
export function writeValues(writer: Writer, shape: Shape, values: Readonly<Record<string, unknown>>): void {
  for (const name in shape) writeValue(writer, shape[name]!, values[name]);
}

function writeValue(writer: Writer, field: Field, value: unknown): void {
  if ('list' in field) {
    const rows = value as readonly Record<string, unknown>[]; // by `ValueOf`, as below
    writer.u16(rows.length);
    for (const row of rows) writeValues(writer, field.list, row);
  } else if ('choice' in field) writer.u8(field.choice.indexOf(value as string));
  else if (field.kind === 'text') writer.text(value as string);
  else if (field.kind === 'flag') writer.flag(value as boolean);
  else writer[field.kind](value as number);
}

/** @throws {Malformed} */
export function readValues(reader: Reader, shape: Shape): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name in shape) values[name] = readValue(reader, shape[name]!, name);
  return values;
}

function readValue(reader: Reader, field: Field, name: string): unknown {
  if ('list' in field) {
    const rows: Record<string, unknown>[] = [];
    for (let left = reader.u16(); left > 0; left--) rows.push(readValues(reader, field.list));
    return rows;
  }
  if ('choice' in field) {
    const choice = field.choice[reader.u8()];
    if (choice === undefined) throw new Malformed(`${name} is one of ${field.choice.length}, counted from 0`);
    return choice;
  }
  return reader[field.kind]();
}
