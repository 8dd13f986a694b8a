/**
 * A session as a player sees it, or a match: what happened, and how long after its beginning. Nothing here knows where from.
 */

export interface Said {
  readonly kind: 'said';
  readonly offsetMs: number;
  readonly from: string;
  readonly text: string;
}

/** Somebody came or went, or changed a group; said by name, as everything here. */
export interface Done {
  readonly kind: 'came' | 'went' | 'opened' | 'joined' | 'left' | 'topic' | 'began' | 'scored' | 'ended';
  readonly offsetMs: number;
  readonly name: string;
  /** Of `opened` and `topic` the topic, of `joined` who was invited; of a match the score, and how it ended. */
  readonly what: string;
}

export type Happening = Said | Done;

export interface Recording {
  readonly title: string;
  /** Milliseconds since 1970: offset 0. */
  readonly startedAt: number;
  /** In the order in which they happened: offsets never fall. */
  readonly happenings: readonly Happening[];
}

/** A silence that is not played in full is told as one of these. */
export interface Silence {
  readonly kind: 'silence';
  readonly lengthMs: number;
}

/** In words, for what was done and for what is left out; what somebody said is theirs. */
export function wordsFor(happening: Done | Silence): string {
  switch (happening.kind) {
    case 'came':
      return `${happening.name} came online`;
    case 'went':
      return `${happening.name} went offline`;
    case 'opened':
      return `${happening.name} opened the group${happening.what && `: ${happening.what}`}`;
    case 'joined':
      return `${happening.name} invited ${happening.what}`;
    case 'left':
      return `${happening.name} left`;
    case 'topic':
      return happening.what
        ? `${happening.name} set the topic: ${happening.what}`
        : `${happening.name} took the topic away`;
    case 'began':
      return `${happening.name} ${happening.what}`;
    case 'scored':
      return `${happening.name} scores: ${happening.what}`;
    case 'ended':
      return happening.what;
    case 'silence':
      return `${lengthInWords(happening.lengthMs)} of silence`;
  }
}

const unitsMs: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** `38 min`, `2 h 5 min`, `12 s`: the two largest units. */
export function lengthInWords(ms: number): string {
  let restMs = Math.round(ms / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [unitMs, unit] of unitsMs) {
    const amount = Math.floor(restMs / unitMs);
    restMs %= unitMs;
    if (amount > 0) parts.push(`${amount} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}
