import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/log/memory.ts';
import { noMetrics, type PassedFrame } from '../../../src/ports/metrics.ts';
import { tellPassedFrames } from '../../../src/service/passed-frames.ts';
import { chainOf } from '../../support/frame-chain.ts';
import { openCopy } from '../../support/open-copy.ts';
import { turn } from '../../support/turns.ts';
import { World } from '../../support/world.ts';

describe('frames that pass into the rows', () => {
  it('are told once each, when they are committed, with what they open', async () => {
    const world = new World();
    world.register('alice');
    world.register('bob');
    world.elect('n2');
    const { frames } = chainOf(world.commands, [1], 1_000);
    const { copy, read } = await openCopy(new MemoryStore());
    const passed: PassedFrame[] = [];
    tellPassedFrames(copy, { ...noMetrics, passed: (frame) => passed.push(frame) });
    for (const frame of frames) read(frame);
    copy.commitUpTo(frames.length - 1);
    copy.flush();
    await turn();
    expect(passed.map(({ opens }) => opens)).toEqual(['generation', 'epoch', undefined, undefined]);
    copy.commitUpTo(frames.length);
    copy.flush();
    await turn();
    expect(passed).toEqual(
      frames.map(({ bytes, header }, index) => ({
        sizeBytes: bytes.length,
        events: header.count,
        opens: (['generation', 'epoch', undefined, undefined, 'epoch'] as const)[index],
      })),
    );
  });
});
