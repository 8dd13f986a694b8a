/** Numbers in bytes, little-endian, one after the other. */

type Width = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32';

const sizes: Readonly<Record<Width, number>> = { i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4 };

/** What was to be read is longer than what came. */
export class TooShort extends Error {
  override readonly name = 'TooShort';
}

export class ByteWriter {
  readonly #bytes: number[] = [];

  /** Keeps the low bits of what does not fit. */
  put(width: Width, value: number): this {
    for (let at = 0; at < sizes[width]; at++) this.#bytes.push((value >>> (8 * at)) & 0xff);
    return this;
  }

  append(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** @throws {TooShort} */
  take(width: Width): number {
    const at = this.#skip(sizes[width]);
    switch (width) {
      case 'i8':
        return this.#view.getInt8(at);
      case 'u8':
        return this.#view.getUint8(at);
      case 'i16':
        return this.#view.getInt16(at, true);
      case 'u16':
        return this.#view.getUint16(at, true);
      case 'i32':
        return this.#view.getInt32(at, true);
      case 'u32':
        return this.#view.getUint32(at, true);
      default:
        return width satisfies never;
    }
  }

  /** @throws {TooShort} */
  bytes(count: number): Uint8Array {
    const at = this.#skip(count);
    return this.#bytes.subarray(at, at + count);
  }

  #skip(count: number): number {
    if (count > this.left) throw new TooShort(`${count} bytes were expected, ${this.left} are left`);
    const at = this.#at;
    this.#at += count;
    return at;
  }
}
