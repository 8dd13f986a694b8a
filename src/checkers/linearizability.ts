/**
 * Linearizability: whether the answers to calls that overlapped are those of calls made one at a time.
 *
 * Each call takes effect at one moment between its invocation and its answer (Herlihy and Wing 1990), but nobody saw the
 * moments. Comparing neighbours does not find them: which of two calls came first may show only much later. Trying all
 * orders does, and takes n! steps.
 *
 * The way taken is the search of Wing and Gong (1993): of the calls that no other one must precede, place one that the
 * model answers as it was answered, go on from there, and step back where nothing fits. Lowe (2017) remembers
 * configurations, that is, which calls are placed and the state that they led to; reached a second time by another order,
 * one leads nowhere new. Porcupine made that known. Configurations are remembered exactly, not by their hash: all calls
 * are placed up to some point, so only those beyond it need to be named, and they are as few as calls that overlap.
 *
 * A call that nobody answered may take effect at any moment after its invocation, or never: it is placed where that
 * helps, and nothing asks for it. Such calls are what makes the search explode (in general it is NP-complete, Gibbons
 * and Korach 1997), so they are tried last and only where they change something; and the search gives up after a number
 * of steps and says so.
 */

export interface Call<I, O> {
  readonly input: I;
  readonly invokedMs: number;
  /** Undefined where there was none. Invariant: invokedMs <= answeredMs. */
  readonly answer: { readonly output: O; readonly answeredMs: number } | undefined;
}

/** What calls do when made one at a time. */
export interface Model<S, I, O> {
  readonly initial: S;
  /**
   * The state after a call, or undefined where a call in that state is never answered so. Without an output: the state
   * after a call that takes effect, or undefined where it has none. `undefined` is no state.
   */
  step(state: S, input: I, output: O | undefined): S | undefined;
  /** Equal for equal states, different for different ones. */
  keyOf(state: S): string;
}

export type Verdict<S> =
  /** `order`: indices of calls, as they may have taken effect. */
  | { readonly is: 'linearizable'; readonly order: readonly number[] }
  /** Where the search got furthest: `state`, and the calls of which none can be answered as it was. */
  | { readonly is: 'not-linearizable'; readonly state: S; readonly stuck: readonly number[] }
  | { readonly is: 'unknown'; readonly steps: number };

export interface Effort {
  readonly maxSteps?: number;
}

/** A second or two, and some hundred megabytes where it comes to that. */
const defaultMaxSteps = 500_000;

/** Two calls of which one was answered at the very time when the other was invoked count as overlapping. */
export function linearize<S, I, O>(
  calls: readonly Call<I, O>[],
  model: Model<S, I, O>,
  { maxSteps = defaultMaxSteps }: Effort = {},
): Verdict<S> {
  return new Search(calls, model).run(maxSteps);
}

interface Entry<I, O> {
  readonly index: number;
  readonly call: Call<I, O>;
  /** Among the answered, or the unanswered, by time of invocation. */
  readonly rank: number;
  isPlaced: boolean;
}

interface Node<S, I, O> {
  /** The last call placed; none before the first. */
  readonly placed: Entry<I, O> | undefined;
  readonly state: S;
  readonly stateKey: string;
  /** No answered call that is not placed yet was answered before this: whatever was invoked later has to wait. */
  readonly deadlineMs: number;
  readonly answered: readonly Entry<I, O>[];
  /** Of `answered`, then of all that are unanswered. */
  next: number;
}

class Search<S, I, O> {
  readonly #model: Model<S, I, O>;
  readonly #answered: readonly Entry<I, O>[];
  readonly #unanswered: readonly Entry<I, O>[];
  readonly #seen = new Set<string>();
  /** Ranks of unanswered calls that are placed. */
  readonly #assumed = new Set<number>();
  /** Invariant: all answered calls of a lower rank are placed, the one of this rank is not. */
  #low = 0;
  #left: number;
  #furthest: { readonly left: number; readonly state: S; readonly stuck: readonly number[] };

  constructor(calls: readonly Call<I, O>[], model: Model<S, I, O>) {
    this.#model = model;
    this.#answered = ranked(calls, ({ answer }) => answer !== undefined);
    this.#unanswered = ranked(calls, ({ answer }) => answer === undefined);
    this.#left = this.#answered.length;
    this.#furthest = { left: Number.POSITIVE_INFINITY, state: model.initial, stuck: [] };
  }

  run(maxSteps: number): Verdict<S> {
    const { initial } = this.#model;
    const trail = [this.#node(undefined, initial, this.#model.keyOf(initial))];
    for (let steps = 0; ; ) {
      const node = trail.at(-1);
      if (!node) {
        const { state, stuck } = this.#furthest;
        return { is: 'not-linearizable', state, stuck };
      }
      if (this.#left === 0)
        return { is: 'linearizable', order: trail.flatMap(({ placed }) => placed?.index ?? []) };
      const entry = this.#nextOf(node);
      if (!entry) {
        this.#giveUp(node);
        trail.pop();
      } else if (++steps > maxSteps) {
        return { is: 'unknown', steps: maxSteps };
      } else {
        const child = this.#place(node, entry);
        if (child) trail.push(child);
      }
    }
  }

  /** The next call to try at a node: nothing forces one that was not answered, so those come last. */
  #nextOf(node: Node<S, I, O>): Entry<I, O> | undefined {
    const answered = node.answered[node.next];
    if (answered) {
      node.next += 1;
      return answered;
    }
    for (;;) {
      const entry = this.#unanswered[node.next - node.answered.length];
      if (!entry || entry.call.invokedMs > node.deadlineMs) return undefined;
      node.next += 1;
      if (!entry.isPlaced) return entry;
    }
  }

  /** Undefined where that is not possible, changes nothing or was tried before by another order. */
  #place(node: Node<S, I, O>, entry: Entry<I, O>): Node<S, I, O> | undefined {
    const { input, answer } = entry.call;
    const state = this.#model.step(node.state, input, answer?.output);
    if (state === undefined) return undefined;
    const stateKey = this.#model.keyOf(state);
    if (!answer && stateKey === node.stateKey) return undefined;
    this.#mark(entry);
    const child = this.#node(entry, state, stateKey);
    const configuration = this.#configuration(child);
    if (this.#seen.has(configuration)) {
      this.#unmark(entry);
      return undefined;
    }
    this.#seen.add(configuration);
    return child;
  }

  #node(placed: Entry<I, O> | undefined, state: S, stateKey: string): Node<S, I, O> {
    let deadlineMs = Number.POSITIVE_INFINITY;
    const answered: Entry<I, O>[] = [];
    for (let rank = this.#low; rank < this.#answered.length; rank++) {
      const entry = this.#answered[rank]!;
      if (entry.call.invokedMs > deadlineMs) break;
      if (entry.isPlaced) continue;
      answered.push(entry);
      deadlineMs = Math.min(deadlineMs, entry.call.answer?.answeredMs ?? deadlineMs);
    }
    return { placed, state, stateKey, deadlineMs, answered, next: 0 };
  }

  /** What is placed and where that led. A placed call was invoked before the deadline, which only moves on. */
  #configuration({ deadlineMs, stateKey }: Node<S, I, O>): string {
    let beyond = '';
    for (let rank = this.#low + 1; rank < this.#answered.length; rank++) {
      const { call, isPlaced } = this.#answered[rank]!;
      if (call.invokedMs > deadlineMs) break;
      if (isPlaced) beyond += `${rank},`;
    }
    const assumed = [...this.#assumed].sort((a, b) => a - b);
    return `${this.#low};${beyond};${assumed};${stateKey}`;
  }

  #mark(entry: Entry<I, O>): void {
    entry.isPlaced = true;
    if (!entry.call.answer) {
      this.#assumed.add(entry.rank);
      return;
    }
    this.#left -= 1;
    while (this.#answered[this.#low]?.isPlaced) this.#low += 1;
  }

  #unmark(entry: Entry<I, O>): void {
    entry.isPlaced = false;
    if (!entry.call.answer) {
      this.#assumed.delete(entry.rank);
      return;
    }
    this.#left += 1;
    this.#low = Math.min(this.#low, entry.rank);
  }

  #giveUp({ placed, state, answered }: Node<S, I, O>): void {
    if (this.#left < this.#furthest.left) {
      this.#furthest = { left: this.#left, state, stuck: answered.map(({ index }) => index) };
    }
    if (placed) this.#unmark(placed);
  }
}

function ranked<I, O>(
  calls: readonly Call<I, O>[],
  belongs: (call: Call<I, O>) => boolean,
): readonly Entry<I, O>[] {
  return calls
    .map((call, index) => ({ call, index }))
    .filter(({ call }) => belongs(call))
    .sort((a, b) => a.call.invokedMs - b.call.invokedMs)
    .map(({ call, index }, rank) => ({ call, index, rank, isPlaced: false }));
}
