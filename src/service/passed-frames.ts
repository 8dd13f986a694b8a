/** Tells what goes into a node's rows, frame by frame. */
import type { Frame } from '../events/frame.ts';
import type { Metrics, PassedFrame } from '../ports/metrics.ts';
import type { Copy } from '../replication/copy.ts';

export function tellPassedFrames(copy: Copy, metrics: Metrics): void {
  let before: Frame | undefined;
  copy.listen({
    committed: (frames) => {
      for (const { frame } of frames) {
        const { bytes, header } = frame;
        metrics.passed({ sizeBytes: bytes.length, events: header.count, opens: whatOpens(frame, before) });
        before = frame;
      }
    },
  });
}

/** Frames of one epoch are told by their headers; only where it changes is an event decoded. */
function whatOpens(frame: Frame, before: Frame | undefined): PassedFrame['opens'] {
  const { generation, epoch } = frame.header;
  if (before?.header.generation === generation && before.header.epoch === epoch) return undefined;
  const { type } = frame.event(0);
  if (type === 'LeaderElected') return 'epoch';
  return type === 'Seeded' ? 'generation' : undefined;
}
