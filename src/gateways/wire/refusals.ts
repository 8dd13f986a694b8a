import { Refused } from '../../client/errors.ts';

/** What the wire protocol says beside what all gateways say. */
export const wireRefusals = {
  'hello-first': 'The first frame must be a hello of this protocol, whole and with its magic.',
  'version-unsupported': 'None of those versions is spoken here.',
  'frame-too-large': 'That frame is longer than any may be.',
  'unknown-frame': 'There is no such request.',
  'number-in-use': 'That number is 0, or its request has no answer yet.',
  idle: 'Nothing came for too long.',
} as const;

export function wireRefused(code: keyof typeof wireRefusals): Refused {
  return new Refused(code, wireRefusals[code]);
}
