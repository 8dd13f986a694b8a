/** Waiting, for whoever builds on the client. */
import { type Clock, delay, every, within } from '../ports/clock.ts';

export { type Clock, delay, every, within };
