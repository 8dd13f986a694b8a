import type { DomainEvent } from '../events/domain.ts';
import type { Frame } from '../events/frame.ts';

/** An event with its place in the log. */
export interface StoredEvent {
  readonly event: DomainEvent;
  readonly position: number;
  readonly frame: number;
  readonly epoch: number;
}

export function* storedEvents(frame: Frame): Generator<StoredEvent> {
  for (let index = 0; index < frame.header.count; index++) yield storedEvent(frame, index);
}

function storedEvent(frame: Frame, index: number): StoredEvent {
  const { number, epoch, position } = frame.header;
  return { event: frame.event(index), position: position + index, frame: number, epoch };
}

/** The event at a position that lies in this frame. */
export function eventAt(frame: Frame, position: number): StoredEvent {
  return storedEvent(frame, position - frame.header.position);
}
