/** Where less than this is left out nobody has to be told. */
const toldFromMs = 1_000;

/**
 * Two times: the recorded one, as it was, and that of the film, in which a silence longer than `longestMs` lasts just as
 * long as that. At speed 1 the film's time is the viewer's. Between two happenings the one is proportional to the other,
 * so every recorded moment has its place in the film, even in the middle of a silence that was shortened.
 */
export class Timeline {
  /** When each happening is due in the film; the first at 0. */
  readonly dueMs: readonly number[];
  readonly #offsetsMs: readonly number[];
  readonly #longestMs: number;

  /** @param offsetsMs recorded, never falling. */
  constructor(offsetsMs: readonly number[], longestMs: number) {
    this.#offsetsMs = offsetsMs;
    this.#longestMs = longestMs;
    const due: number[] = [];
    for (const [index, offsetMs] of offsetsMs.entries()) {
      const gapMs = index === 0 ? 0 : offsetMs - offsetsMs[index - 1]!;
      due.push((due[index - 1] ?? 0) + Math.min(gapMs, longestMs));
    }
    this.dueMs = due;
  }

  get durationMs(): number {
    return this.dueMs.at(-1) ?? 0;
  }

  /** How many happenings are due at a time of the film. */
  countAt(filmMs: number): number {
    return countUpTo(this.dueMs, filmMs);
  }

  /** The film's time of a recorded moment; what lies outside is its nearest end. */
  filmAt(offsetMs: number): number {
    return between(this.#offsetsMs, this.dueMs, offsetMs);
  }

  /** The recorded moment shown at a time of the film. */
  offsetAt(filmMs: number): number {
    return between(this.dueMs, this.#offsetsMs, filmMs);
  }

  /** How long the silence after a happening was, where the film leaves a good part of it out. */
  shortenedAfter(index: number): number | undefined {
    const next = this.#offsetsMs[index + 1];
    if (next === undefined) return undefined;
    const gapMs = next - this.#offsetsMs[index]!;
    return gapMs >= this.#longestMs + toldFromMs ? gapMs : undefined;
  }
}

/** The place of `at` in `from`, as a place in `to`; both have as many members, which never fall. */
function between(from: readonly number[], to: readonly number[], at: number): number {
  const count = countUpTo(from, at);
  if (count === 0) return to[0] ?? 0;
  if (count === from.length) return to[count - 1]!;
  const [begin, end] = [from[count - 1]!, from[count]!];
  const share = (at - begin) / (end - begin);
  return to[count - 1]! + share * (to[count]! - to[count - 1]!);
}

/** How many of the values, which never fall, are at most `limit`. */
function countUpTo(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
