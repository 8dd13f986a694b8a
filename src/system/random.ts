import { randomBytes } from 'node:crypto';
import type { Random } from '../events/ids.ts';

export const systemRandom: Random = { next: () => Math.random(), bytes: (count) => randomBytes(count) };
