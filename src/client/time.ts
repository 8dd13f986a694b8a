/** Time, for whoever builds on the client. */
import { type Clock, delay, every, within } from '../ports/clock.ts';
import { systemClock } from '../system/clock.ts';

export { type Clock, delay, every, systemClock, within };
