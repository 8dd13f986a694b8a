/** Lines out of bytes: told apart, counted, checked, and never longer than what can be kept in memory. */

export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly code: string; readonly problem: string };

const newline = 0x0a;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Lines of UTF-8; one that is longer than `bytesMax` or not UTF-8 is a problem, and the next one is read all the same. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Line> {
  let number = 0;
  let parts: Uint8Array[] = [];
  let sizeBytes = 0;
  const keep = (part: Uint8Array) => {
    sizeBytes += part.length;
    if (sizeBytes <= bytesMax) parts.push(part);
    else parts = [];
  };
  const take = (): Line => {
    const line = decode(++number, parts, sizeBytes > bytesMax);
    parts = [];
    sizeBytes = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    keep(chunk.subarray(from));
  }
  if (sizeBytes > 0) yield take();
}

function decode(number: number, parts: readonly Uint8Array[], isTooLong: boolean): Line {
  if (isTooLong) return { number, code: 'too-large', problem: 'it is too long for a message' };
  try {
    return { number, text: utf8.decode(Buffer.concat(parts)).replace(/\r$/, '') };
  } catch {
    return { number, code: 'malformed', problem: 'it is not UTF-8' };
  }
}

/** Standard input, which also ends with Ctrl-C. */
export async function* inputUntilInterrupted(): AsyncGenerator<Uint8Array> {
  const input: NodeJS.ReadStream = process.stdin;
  const stop = () => input.destroy();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    for await (const chunk of input) yield chunk as Uint8Array; // no encoding is set
  } catch (error) {
    if (!input.destroyed) throw error;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
