/** Whom a node answers what operators ask. */
import { expect, it } from 'vitest';
import type { Bus, BusMessage } from '../../../src/ports/bus.ts';
import { answerOperators, type OperatorService } from '../../../src/service/operator.ts';

it.each([
  ['an inspector', '_INBOX_inspector.1', 'not-possible'],
  ['its operator', '_INBOX_operator.1', 'not-now'],
])('a node started with --no-inspect and without a copy yet answers %s', async (_, answerSubject, code) => {
  const handlers: ((message: BusMessage) => void)[] = [];
  const subscribe: Bus['subscribe'] = (_subject, handler) => {
    handlers.push(handler);
    return { stop: () => undefined };
  };
  const node = { replica: { id: 'n1', state: 'recovering' }, open: () => undefined, isInspectable: false };
  answerOperators({ subscribe } as Bus, node as unknown as OperatorService); // as much of them as is asked here
  const answer = await new Promise<string>((respond) =>
    handlers[0]?.({
      subject: 'verbatim.ops.n1.actors',
      data: Buffer.from('{}'),
      expectsAnswer: true,
      answerSubject,
      respond: (text) => respond(String(text)),
    }),
  );
  expect(JSON.parse(answer)).toMatchObject({ node: 'n1', refused: { code } });
});
