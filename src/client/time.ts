/** Time, for whoever builds on the client. */
import { type Clock, every, within } from '../ports/clock.ts';
import { systemClock } from '../system/clock.ts';

export { type Clock, every, systemClock, within };
