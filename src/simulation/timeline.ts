/**
 * Virtual time: one queue of everything that is going to happen, in order of time, then of insertion.
 *
 * Between two happenings every promise that can go on goes on. Nothing waits for real time, so a minute passes in
 * milliseconds; and since nothing else decides what comes next, the same seed gives the same run.
 */

/** Where something happens. A host that is paused or dead treats what was meant for it in its own way. */
export interface Host {
  take(happening: Happening): void;
}

export interface Happening {
  atMs: number;
  order: number;
  readonly task: () => void;
  readonly host: Host | undefined;
  isCancelled: boolean;
}

const happeningsPerTurn = 64;

export class Timeline {
  readonly #queue = new Queue();
  #nowMs = 0;
  #order = 0;

  /** Milliseconds since the beginning of this world. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** @param host where it happens; nothing can keep from happening what has none. */
  after(delayMs: number, task: () => void, host?: Host): Happening {
    const atMs = this.#nowMs + Math.max(delayMs, 0);
    const happening: Happening = { atMs, order: this.#order++, task, host, isCancelled: false };
    this.#queue.push(happening);
    return happening;
  }

  /** What could not happen when its time had come happens now, after everything else that happens now. */
  postpone(happening: Happening): void {
    happening.atMs = this.#nowMs;
    happening.order = this.#order++;
    this.#queue.push(happening);
  }

  /** Lets time pass until `untilMs`, or until `isDone`, looked at after every happening. */
  async run(untilMs: number, isDone: () => boolean = () => false): Promise<void> {
    await settle(0); // what was begun before time was let go; and from here on always called by a promise that goes on
    while (!isDone()) {
      const next = this.#queue.first;
      if (!next || next.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, Number.isFinite(untilMs) ? untilMs : this.#nowMs);
        return;
      }
      this.#queue.removeFirst();
      if (next.isCancelled) continue;
      this.#nowMs = next.atMs;
      if (next.host) next.host.take(next);
      else next.task();
      await settle(next.order);
    }
  }
}

/**
 * Resolves when every promise that can go on has gone on. Node looks at its next ticks only when no promise is left to
 * go on, which costs a tenth of a turn of the event loop; a turn is taken now and then, because only there does Node
 * report rejections that nobody handled.
 */
function settle(happenings: number): Promise<void> {
  return new Promise((resolve) => {
    if (happenings % happeningsPerTurn === 0) setImmediate(resolve);
    else process.nextTick(resolve);
  });
}

/** A binary heap. */
class Queue {
  readonly #heap: Happening[] = [];

  get first(): Happening | undefined {
    return this.#heap[0];
  }

  push(happening: Happening): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent]!, happening)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = happening;
  }

  removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(last, heap[child]!)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
