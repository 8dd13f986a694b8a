/** A register, as simple a model as there is that orders of calls matter to; and a judge of its calls that tries everything. */
import fc from 'fast-check';
import type { Call, Model } from '../../../src/checkers/linearizability.ts';

export type Input =
  | { readonly do: 'read' }
  | { readonly do: 'write'; readonly value: number }
  | { readonly do: 'swap'; readonly from: number; readonly value: number };
/** What was read; whether it was swapped; nothing of interest for a write. */
export type Output = number | boolean | null;

export const register: Model<number, Input, Output> = {
  initial: 0,
  keyOf: String,
  step: (state, input, output) => {
    const [right, next] = answer(state, input);
    return output === undefined || output === right ? next : undefined;
  },
};

function answer(state: number, input: Input): [Output, number] {
  switch (input.do) {
    case 'read':
      return [state, state];
    case 'write':
      return [null, input.value];
    case 'swap':
      return [state === input.from, state === input.from ? input.value : state];
    default:
      return input satisfies never;
  }
}

const value = fc.nat({ max: 2 });
const anyInput: fc.Arbitrary<Input> = fc.oneof(
  fc.constant<Input>({ do: 'read' }),
  value.map((to): Input => ({ do: 'write', value: to })),
  fc.tuple(value, value).map(([from, to]): Input => ({ do: 'swap', from, value: to })),
);

/** What becomes of a call: it is answered, or nobody knows of it that it took effect, or that it never will. */
type Fate = 'answered' | 'unheard' | 'lost';
const anyFate: fc.Arbitrary<Fate> = fc.constantFrom('answered', 'answered', 'answered', 'unheard', 'lost');
const reach = fc.nat({ max: 35 });

/** Calls made one at a time, ten milliseconds apart, as outsiders saw them: begun earlier, answered later. */
export function executions(maxLength: number): fc.Arbitrary<Call<Input, Output>[]> {
  const one = fc.record({ input: anyInput, before: reach, after: reach, fate: anyFate });
  const list = fc.array(one, { maxLength, size: 'max' });
  const shuffled = list.chain((all) =>
    fc.shuffledSubarray([...all.keys()], { minLength: all.length }).map((order) => ({ all, order })),
  );
  return shuffled.map(({ all, order }) => {
    let state = register.initial;
    const calls = all.map(({ input, before, after, fate }, index): Call<Input, Output> => {
      const atMs = 10 * index + 100;
      const [output, next] = answer(state, input);
      if (fate !== 'lost') state = next;
      const seen = fate === 'answered' ? { output, answeredMs: atMs + after } : undefined;
      return { input, invokedMs: atMs - before, answer: seen };
    });
    return order.map((index) => calls[index]!);
  });
}

/** As above with one answer that was not given. */
export function corrupted(maxLength: number): fc.Arbitrary<Call<Input, Output>[]> {
  return fc.tuple(executions(maxLength), fc.nat(), fc.nat({ max: 2 })).map(([calls, which, other]) => {
    const answered = calls.filter(({ answer, input }) => answer && input.do !== 'write');
    const victim = answered[which % Math.max(answered.length, 1)];
    return calls.map((call) => {
      if (call !== victim || !call.answer) return call;
      const { output } = call.answer;
      const wrong = typeof output === 'boolean' ? !output : output === other ? other + 1 : other;
      return { ...call, answer: { ...call.answer, output: wrong } };
    });
  });
}

/** Every choice among the calls that were not answered, in every order that time allows. */
export function isLinearizable<S, I, O>(calls: readonly Call<I, O>[], model: Model<S, I, O>): boolean {
  const answered = calls.filter(({ answer }) => answer);
  const unanswered = calls.filter(({ answer }) => !answer);
  return subsets(unanswered).some((assumed) =>
    permutations([...answered, ...assumed]).some((order) => fits(order, model)),
  );
}

/** Whether calls can have taken effect in this order. */
export function fits<S, I, O>(order: readonly Call<I, O>[], model: Model<S, I, O>): boolean {
  const isInTime = order.every((call, index) =>
    order.slice(index + 1).every(({ answer: later }) => !later || later.answeredMs >= call.invokedMs),
  );
  if (!isInTime) return false;
  let state: S | undefined = model.initial;
  for (const { input, answer: given } of order) {
    if (state === undefined) return false;
    state = model.step(state, input, given?.output);
  }
  return state !== undefined;
}

function subsets<T>(values: readonly T[]): T[][] {
  const [first, ...rest] = values;
  if (first === undefined) return [[]];
  return subsets(rest).flatMap((subset) => [subset, [first, ...subset]]);
}

function permutations<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, index) =>
    permutations(values.toSpliced(index, 1)).map((rest) => [value, ...rest]),
  );
}
