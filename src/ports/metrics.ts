/**
 * What a node counts and times, as a port.
 *
 * It is told what happens in the words of the log and asked for nothing: how long a step took, and how all that is shown,
 * is the business of whoever listens. So the parts that run in the simulation need no second clock, and tell nobody.
 */
export interface Metrics {
  // A leader's frame on its way. The steps of one frame come once each, in this order.
  /** The first event was decided that the frame will hold. */
  begun(frame: number): void;
  /** It takes no more events, and is being appended. */
  cut(frame: number): void;
  /** The stream has it. */
  stored(frame: number): void;
  /** It is committed, and so is everything before it. */
  committed(frame: number): void;
  /** The leader leads no more: what it had under way comes to no end that could be timed. */
  abandoned(): void;

  // Any node.
  /** A committed frame went into this node's rows. */
  passed(frame: PassedFrame): void;
  /** This node tried to become leader. */
  campaigned(outcome: 'won' | 'lost'): void;
  /** This node gave up its own copy for one of another node's. */
  copiedFully(): void;

  // A leader's desk.
  /** So many commands got their answers, refusals among them. */
  answered(commands: number): void;
  /** A command was refused, or a batch of them as a whole. */
  refused(code: string): void;

  // A leader's courts.
  /** A tick of Pong came so many milliseconds after it was due. */
  ticked(lateMs: number): void;
}

export interface PassedFrame {
  readonly sizeBytes: number;
  readonly events: number;
  /** It is the first of an epoch or of a generation. */
  readonly opens: 'epoch' | 'generation' | undefined;
}

export const roles = ['leader', 'candidate', 'follower', 'seeder', 'other'] as const;

/** How a node is when it is asked. What is undefined is not known yet. */
export interface NodeFigures {
  readonly role: (typeof roles)[number];
  /** Follows or leads, and answers reads. */
  readonly isReady: boolean;
  /** Its copy or its disk is not what it must be. */
  readonly isFrozen: boolean;
  readonly generation?: number;
  readonly epoch?: number;
  readonly storedFrame?: number;
  readonly committedFrame?: number;
  readonly committedPosition?: number;
  /** Committed events, by the leader's word, that this node's rows do not hold yet. */
  readonly lagEvents?: number;
  /** Nodes that must hold a frame before it is committed: when all are alive, and at present. */
  readonly copiesWanted?: number;
  readonly copiesInEffect?: number;
  /** Clients attached, where this node leads; else 0. */
  readonly clients: number;
}

const nothing = () => undefined;

/** Nobody listens: tests, the simulation. */
export const noMetrics: Metrics = {
  begun: nothing,
  cut: nothing,
  stored: nothing,
  committed: nothing,
  abandoned: nothing,
  passed: nothing,
  campaigned: nothing,
  copiedFully: nothing,
  answered: nothing,
  refused: nothing,
  ticked: nothing,
};
