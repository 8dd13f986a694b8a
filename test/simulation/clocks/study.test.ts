/** The document says of internal events what the study finds, word for word. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { conditions, outcomeOf } from '../../../src/labs/clocks/core/study.ts';
import { internalFindings } from '../../../src/labs/clocks/core/study-findings.ts';
import { seeded } from '../../../src/labs/clocks/virtual-run.ts';

const asOneLine = (text: string) => text.replace(/\s+/g, ' ');

it('what docs/clocks.md says of internal events and jumps is what forty runs come to', () => {
  const outcomes = conditions(40, 1)
    .filter(({ group }) => group === 'internal')
    .map((condition) => outcomeOf(condition, seeded));
  const at = (rates: string) => outcomes.filter(({ condition }) => condition.name.includes(rates));
  const document = asOneLine(readFileSync('docs/clocks.md', 'utf8'));
  for (const { question, answer } of internalFindings(at('1/3/6'), at('3/3/3')))
    expect(document).toContain(asOneLine(`**${question}** ${answer}`));
});

it('a mean jump is made of the ticks that take a message, and of those that grow by one', () => {
  const [condition] = conditions(5, 1).filter(({ name }) => name === 'rates 1/3/6');
  const { slowestJumpMean, slowestTakes, slowestGain } = outcomeOf(condition!, seeded);
  expect(slowestTakes * slowestGain + 1 - slowestTakes).toBeCloseTo(slowestJumpMean, 1);
});
