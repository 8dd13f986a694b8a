/** A frame's bytes, with what each of them is. */
import { headBytes, lengthBytes } from '../../src/gateways/wire/codec.ts';
import { Reader, readValues, type Shape } from '../../src/gateways/wire/fields.ts';
import { answers, requests, specs } from '../../src/gateways/wire/registry.ts';

interface Part {
  readonly bytes: Buffer;
  readonly name: string;
  readonly value: string;
}

const bytesPerLine = 12;

/** @param frame with its length. */
export function annotated(frame: Buffer): string {
  const code = frame[lengthBytes]!;
  const isAnswer = Object.values(answers).some((one) => one.code === code);
  const table: Readonly<Record<string, { readonly code: number }>> = isAnswer ? answers : requests;
  const [type = ''] = Object.entries(table).find(([, one]) => one.code === code) ?? [];
  const start = lengthBytes + headBytes;
  const head: Part[] = [
    { bytes: frame.subarray(0, lengthBytes), name: 'length', value: String(frame.readUInt32BE()) },
    { bytes: frame.subarray(lengthBytes, lengthBytes + 1), name: 'code', value: type },
    {
      bytes: frame.subarray(lengthBytes + 1, start),
      name: 'number',
      value: String(frame.readUInt32BE(lengthBytes + 1)),
    },
  ];
  const fields = partsOf(frame, start, specs[type as keyof typeof specs].fields); // the code is in the table
  const lines = [...head, ...fields].flatMap(linesOf);
  return [isAnswer ? 'gateway → client' : 'client → gateway', ...lines].join('\n');
}

function partsOf(frame: Buffer, start: number, shape: Shape): Part[] {
  const reader = new Reader(frame, start);
  return Object.entries(shape).map(([name, field]) => {
    const from = reader.at;
    const { [name]: value } = readValues(reader, { [name]: field });
    const bytes = frame.subarray(from, reader.at);
    return { bytes, name, value: JSON.stringify(value) };
  });
}

function linesOf({ bytes, name, value }: Part): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const hex = [...bytes.subarray(at, at + bytesPerLine)].map((byte) => byte.toString(16).padStart(2, '0'));
    const text = hex.join(' ');
    lines.push(at === 0 ? `  ${text.padEnd(3 * bytesPerLine)} ${name}: ${value}` : `  ${text}`);
  }
  return lines;
}
