/** Logs made of histories: frames that continue one another, and what a node must hold when they are committed. */
import { encodeEvent } from '../../src/events/codec.ts';
import type { DomainEvent } from '../../src/events/domain.ts';
import { Frame, type FrameHeader } from '../../src/events/frame.ts';
import type { Mark } from '../../src/log/port.ts';
import { PROJECTION_VERSION, project } from '../../src/projections/project.ts';
import { type StoredEvent, storedEvents } from '../../src/projections/stored.ts';
import { emptyMark } from '../../src/replication/rebuild.ts';
import { emptyTail, type Tail, tailOf } from '../../src/replication/tail.ts';
import { PlainRows } from './plain-rows.ts';
import { inPortions, type Sizes } from './portions.ts';

export interface Chain {
  /** Frame N stands at index N - 1. */
  readonly frames: readonly Frame[];
  /** Marks by frame number, the empty one first; without a state hash where none was asked for. */
  readonly marks: readonly Mark[];
  /** The rows when all is committed. */
  readonly rows: readonly (readonly [key: string, text: string])[];
}

/**
 * @param perFrame how many commands a frame takes; what opens an epoch has a frame of its own.
 * @param lag how many frames the mark in a frame's header is behind.
 * @param isHashed for which frames a state hash is needed: all rows are hashed for each.
 */
export function chainOf(
  commands: readonly DomainEvent[][],
  perFrame: Sizes,
  lag: number,
  isHashed: (number: number) => boolean = () => true,
): Chain {
  const rows = new PlainRows();
  const marks: Mark[] = [emptyMark];
  const frames: Frame[] = [];
  let tail = emptyTail;
  for (const events of frameContents(commands, perFrame)) {
    const mark = marks[Math.max(0, tail.number - lag)]!;
    const frame = frameAfter(tail, events, {
      mark: { number: mark.number, state: mark.state, version: mark.version },
    });
    for (const stored of storedEvents(frame)) project(rows, stored);
    rows.endFrame();
    const state = isHashed(frame.number) ? rows.stateHash : '';
    marks.push({ number: frame.number, position: frame.last, state, version: PROJECTION_VERSION });
    frames.push(frame);
    tail = tailOf(frame);
  }
  return { frames, marks, rows: rows.texts() };
}

/** A history as its events would stand in frames, without the frames. */
export function storedInFrames(commands: readonly DomainEvent[][], perFrame: Sizes): StoredEvent[][] {
  let position = 0;
  let epoch = 0;
  return [...frameContents(commands, perFrame)].map((events, index) => {
    if (opens(events) === 'LeaderElected') epoch += 1;
    return events.map((event) => {
      position += 1;
      return { event, position, frame: index + 1, epoch };
    });
  });
}

/**
 * The frame that comes next, or one that should not: anything in its header can be given. Its first event is not earlier
 * than the last one before, unless `at` says when it is.
 */
export function frameAfter(
  tail: Tail,
  events: readonly DomainEvent[],
  header: Partial<FrameHeader> = {},
  at: (event: DomainEvent) => number = (event) => Math.max(event.at, tail.at),
): Frame {
  const opening = opens(events);
  const full = {
    generation: Math.max(tail.generation, 1),
    epoch: opening === 'LeaderElected' ? tail.epoch + 1 : tail.epoch,
    number: tail.number + 1,
    prev: tail.hash,
    leader: events[0]?.type === 'LeaderElected' ? events[0].data.node : 'n1',
    position: tail.position + 1,
    clock: tail.clock + 1,
    wall: 0,
    mark: { number: 0, state: emptyMark.state, version: PROJECTION_VERSION },
    ...header,
  };
  return Frame.encode(
    full,
    events.map((event) => encodeEvent({ ...event, at: at(event) })),
  );
}

function opens(events: readonly DomainEvent[]): 'Seeded' | 'LeaderElected' | undefined {
  const type = events[0]?.type;
  return type === 'Seeded' || type === 'LeaderElected' ? type : undefined;
}

function* frameContents(commands: readonly DomainEvent[][], perFrame: Sizes): Generator<DomainEvent[]> {
  const runs: DomainEvent[][][] = [[]];
  for (const events of commands) {
    if (opens(events)) runs.push([events], []);
    else runs.at(-1)!.push(events);
  }
  for (const run of runs) for (const portion of inPortions(run, perFrame)) yield portion.flat();
}
