/** What machines of a run and its conductor say on the bus, besides the messages of the model. */
import { z } from 'zod';

export const inboxOf = (run: string, id: string) => `clocks.${run}.machine.${id}`;
export const conductorOf = (run: string) => `clocks.${run}.conductor`;

/** A machine is ready to tick, or has ticked to the end. */
export const reportSchema = z.strictObject({ id: z.string(), is: z.enum(['ready', 'done']) });
export type Report = z.infer<typeof reportSchema>;

/** When all begin, in milliseconds since 1970; null while somebody is missing. */
export const answerSchema = z.strictObject({ startMs: z.number().nullable() });
