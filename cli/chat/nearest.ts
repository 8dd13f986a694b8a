/** Which of some words was probably meant. Pure. */

/** @returns undefined when none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const begun = words.find((one) => one.startsWith(`${word} `));
  if (begun) return begun;
  const [best] = words
    .map((one) => ({ one, steps: editDistance(word, one) }))
    .sort((a, b) => a.steps - b.steps);
  return best && best.steps <= Math.max(2, word.length / 2) ? best.one : undefined;
}

/** Letters to add, leave out or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced));
    }
    row = next;
  }
  return row.at(-1)!;
}
