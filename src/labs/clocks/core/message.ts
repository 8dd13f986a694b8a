/** What machines say to one another, and the gate that everything else stays outside of. */
import { z } from 'zod';
import type { Vector } from './vector.ts';

export interface Message {
  readonly from: string;
  /** The number of the sender's event that it is of. */
  readonly event: number;
  readonly clock: number;
  readonly vector: Vector;
}

/** Beyond it adding one is no longer exact; a machine that took such a clock would count no further. */
export const clockMax = 2 ** 52;
const bytesMax = 10_000;

const value = z.int().min(0).max(clockMax);
const messageSchema = z.strictObject({
  from: z.string(),
  event: value.min(1),
  clock: value,
  vector: z.array(value),
});

export function encodeMessage(message: Message): string {
  return JSON.stringify(message);
}

export interface Receiver {
  /** Its place among the machines. */
  readonly own: number;
  /** Of its events so far. */
  readonly number: number;
}

/** @returns the message, or why it is none, in a few words that quote nothing of it. */
export function messageFrom(
  bytes: Uint8Array,
  machines: readonly string[],
  { own, number }: Receiver,
): Message | string {
  if (bytes.length > bytesMax) return 'a message is no longer than 10,000 bytes';
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'it is not JSON';
  }
  const parsed = messageSchema.safeParse(json);
  if (!parsed.success)
    return `no clock value: ${parsed.error.issues[0]?.path.join('.') || 'its form'} is wrong`;
  const { data } = parsed;
  const sender = machines.indexOf(data.from);
  if (sender < 0) return 'its sender is no machine of this run';
  if (sender === own) return 'its sender is this machine';
  if (data.vector.length !== machines.length) return 'its vector is for another number of machines';
  if (data.vector[sender] !== data.event) return 'its vector does not count its own event';
  if (data.vector[own]! > number) return 'it knows of events here that have not happened';
  return data;
}
