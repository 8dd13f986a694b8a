/**
 * Frames and messages: one to one.
 *
 *     length u32 | code u8 | number u32 | fields
 *
 * The length counts what follows it. The number ties an answer to its request.
 */
import { Malformed, Reader, readValues, Writer, writeValues } from './fields.ts';
import { type Answer, answers, type Request, requests, specs } from './registry.ts';

export const lengthBytes = 4;
/** Code and number: no frame is shorter. */
export const headBytes = 5;

export interface Frame<M> {
  readonly number: number;
  readonly message: M;
}

const writer = new Writer();

export function encode(number: number, message: Request | Answer): Buffer {
  const { code, fields } = specs[message.type];
  writer.begin();
  writer.u32(0);
  writer.u8(code);
  writer.u32(number);
  writeValues(writer, fields, message);
  writer.u32At(writer.length - lengthBytes, 0);
  return writer.end();
}

type Table = Readonly<Record<number, keyof typeof specs>>;

const requestsByCode = byCode(requests);
const answersByCode = byCode(answers);

function byCode(table: Readonly<Record<string, { readonly code: number }>>): Table {
  return Object.fromEntries(Object.entries(table).map(([name, { code }]) => [code, name])) as Table;
}

/** The number of a frame, whatever it says otherwise. @param body without the length. */
export function numberOf(body: Buffer): number {
  return body.length < headBytes ? 0 : body.readUInt32BE(1);
}

/** @returns undefined where the code is none of a client's. @throws {Malformed} */
export function decodeRequest(body: Buffer): Frame<Request> | undefined {
  return decode(body, requestsByCode) as Frame<Request> | undefined; // the table has no others
}

/** As above, of what a gateway says. */
export function decodeAnswer(body: Buffer): Frame<Answer> | undefined {
  return decode(body, answersByCode) as Frame<Answer> | undefined;
}

function decode(body: Buffer, table: Table): Frame<unknown> | undefined {
  if (body.length < headBytes) throw new Malformed('the frame ends too early');
  const type = table[body[0]!];
  if (type === undefined) return undefined;
  const reader = new Reader(body, headBytes);
  const message = { type, ...readValues(reader, specs[type].fields) };
  reader.end();
  return { number: body.readUInt32BE(1), message };
}
